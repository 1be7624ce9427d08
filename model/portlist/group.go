package portlist

import "hash/maphash"

// headingBit is set in the keys of headings, which have programBit as well.
const headingBit = 1 << 62

// seed makes the keys of headings, which live as long as this process.
var seed = maphash.MakeSeed()

// HeadingKey returns the key of the heading with that title.
func HeadingKey(title string) uint64 { return maphash.String(seed, title) | programBit | headingBit }

// Group puts rows that have a title in common below a heading, and keeps the connections
// below their rows. Groups stand in the order of their first rows, those without a title
// last and below no heading. The rows of folded headings are left out.
func Group(rows []Row, title func(*Row) string, folded map[uint64]bool) []Row {
	type span struct{ first, end int }
	var titles []string
	groups := map[string][]span{}
	for first := 0; first < len(rows); {
		end := first + 1
		for end < len(rows) && rows[end].Kind == Connection && !rows[end].Alone && rows[first].Kind != Connection {
			end++
		}
		name := ""
		if rows[first].Kind != Connection {
			name = title(&rows[first])
		}
		if groups[name] == nil && name != "" {
			titles = append(titles, name)
		}
		groups[name] = append(groups[name], span{first, end})
		first = end
	}
	all := make([]Row, 0, len(rows)+len(titles))
	for _, name := range append(titles, "") {
		spans := groups[name]
		if name != "" {
			head := Row{Row: rows[spans[0].first].Row, Kind: Heading, Title: name, Ports: len(spans)}
			head.Mark, head.Debugger = 0, ""
			for _, s := range spans {
				head.Connections += rows[s.first].Connections
			}
			head.Opened = !folded[HeadingKey(name)]
			if all = append(all, head); !head.Opened {
				continue
			}
		}
		for _, s := range spans {
			all = append(all, rows[s.first:s.end]...)
		}
	}
	return all
}
