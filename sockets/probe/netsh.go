package probe

import (
	"bufio"
	"bytes"
	"strconv"
	"strings"

	"lotop/sockets"
)

// parseExcluded parses the output of "netsh interface ipv4 show excludedportrange":
// lines of a first and a last port, some with a star. The headers are translated, so
// every line that is not two ports is ignored.
func parseExcluded(b []byte) []sockets.PortRange {
	var all []sockets.PortRange
	lines := bufio.NewScanner(bytes.NewReader(b))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) == 3 && fields[2] == "*" {
			fields = fields[:2]
		}
		if len(fields) != 2 {
			continue
		}
		if r, ok := parsePortRange(fields[0], fields[1]); ok {
			all = append(all, r)
		}
	}
	return all
}

// parseDynamic parses the output of "netsh interface ipv4 show dynamicport": a line
// with the first port and one with the number of ports, each after a colon. The words
// before it are translated.
func parseDynamic(b []byte) (sockets.PortRange, bool) {
	var values []uint64
	lines := bufio.NewScanner(bytes.NewReader(b))
	for lines.Scan() {
		_, after, ok := strings.Cut(lines.Text(), ":")
		if !ok {
			continue
		}
		if n, err := strconv.ParseUint(strings.TrimSpace(after), 10, 32); err == nil {
			values = append(values, n)
		}
	}
	if len(values) != 2 || values[1] == 0 || values[0] > 65535 || values[1] > 65536-values[0] {
		return sockets.PortRange{}, false
	}
	return sockets.PortRange{First: uint16(values[0]), Last: uint16(values[0] + values[1] - 1)}, true
}
