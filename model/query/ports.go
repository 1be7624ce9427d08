package query

import (
	"strconv"
	"strings"

	"lotop/model"
	"lotop/sockets"
)

// parsePorts parses port:, lport: and rport:.
func parsePorts(p *parser, key string, values []rawValue) (term, error) {
	ranges := make([]sockets.PortRange, 0, len(values))
	for _, v := range values {
		r, err := p.parsePortRange(v)
		if err != nil {
			return term{}, err
		}
		ranges = append(ranges, r)
	}
	return portTerm(key, ranges), nil
}

// portTerm returns the term for local, remote or both ports, as key selects.
func portTerm(key string, ranges []sockets.PortRange) term {
	texts := make([]string, len(ranges))
	for i, r := range ranges {
		texts[i] = formatRange(r)
	}
	text := key + ":" + strings.Join(texts, ",")
	if key == "port" && len(ranges) == 1 {
		text = texts[0]
	}
	local, remote := key != "rport", key != "lport"
	return term{
		text:  text,
		ports: ranges,
		match: func(_ *model.Row, s *sockets.Socket) bool {
			return local && inRanges(ranges, s.Local.Port()) ||
				remote && s.Remote.IsValid() && inRanges(ranges, s.Remote.Port())
		},
	}
}

func inRanges(ranges []sockets.PortRange, port uint16) bool {
	for i := range ranges {
		if ranges[i].Contains(port) {
			return true
		}
	}
	return false
}

func formatRange(r sockets.PortRange) string {
	first := strconv.Itoa(int(r.First))
	if r.First == r.Last {
		return first
	}
	return first + "-" + strconv.Itoa(int(r.Last))
}

// parsePortRange parses 3000 or 3000-3999.
func (p *parser) parsePortRange(v rawValue) (sockets.PortRange, error) {
	from, to, isRange := strings.Cut(v.text, "-")
	first, err := p.parsePortNumber(v, from)
	if err != nil || !isRange {
		return sockets.PortRange{First: first, Last: first}, err
	}
	if to == "" {
		return sockets.PortRange{}, p.fail(v.at, v.end, "missing end of range", "for example "+from+"-65535")
	}
	last, err := p.parsePortNumber(v, to)
	if err != nil {
		return sockets.PortRange{}, err
	}
	if first > last {
		return sockets.PortRange{}, p.fail(v.at, v.end, "range is reversed", "did you mean "+to+"-"+from+"?")
	}
	return sockets.PortRange{First: first, Last: last}, nil
}

// parsePortNumber parses one port, which is part of v or all of it.
func (p *parser) parsePortNumber(v rawValue, text string) (uint16, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		if text == "" {
			text = v.text
		}
		return 0, p.fail(v.at, v.end, text+" is not a port", "ports range from 0 to 65535")
	}
	return uint16(n), nil
}

// isPortList reports whether a bare word is meant as ports: 3000, 3000-3999 or
// 3000,8000-8100. A broken range is meant as one too.
func isPortList(s string) bool {
	for part := range strings.SplitSeq(s, ",") {
		from, to, _ := strings.Cut(part, "-")
		if from == "" || !isDigits(from) || !isDigits(to) {
			return false
		}
	}
	return true
}

// isDigits reports whether s has only digits; it may be empty.
func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
