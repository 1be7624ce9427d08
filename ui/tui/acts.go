package tui

import (
	"net/netip"
	"slices"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/model"
	"lotop/sockets"
	"lotop/ui"
)

func (m *Model) turnTo(v view) tea.Cmd {
	m.view = v
	m.rows.forget()
	m.rows.offset = 0
	return m.rearrange()
}

func (m *Model) toggleAll() tea.Cmd {
	m.shape.All = !m.shape.All
	m.rows.forget()
	return m.rearrange()
}

func (m *Model) toggleUnfold() tea.Cmd {
	m.shape.Unfold = !m.shape.Unfold
	m.say(plain, "pairs are one row each")
	if m.shape.Unfold {
		m.say(plain, "both ends of a connection are rows of their own")
	}
	return m.rearrange()
}

func (m *Model) reverse() tea.Cmd {
	m.shape.Order.Reverse = !m.shape.Order.Reverse
	return m.rearrange()
}

// sortNext orders by the next column on the screen that can be ordered by.
func (m *Model) sortNext(step int) tea.Cmd {
	var drawn []int
	for _, p := range m.rows.layout {
		if by := m.rows.columns[p.index].sort; by >= 0 {
			drawn = append(drawn, by)
		}
	}
	if len(drawn) == 0 {
		return nil
	}
	at := slices.Index(drawn, int(m.shape.Order.Column))
	return m.sortBy(drawn[(at+step+len(drawn))%len(drawn)])
}

// sortBy orders by a column; by the same one again, the other way round.
func (m *Model) sortBy(column int) tea.Cmd {
	if m.shape.Order.Column == model.Column(column) {
		return m.reverse()
	}
	m.shape.Order = model.Order{Column: model.Column(column)}
	return m.rearrange()
}

// pace changes the interval by a step of the ladder.
func (m *Model) pace(step int) tea.Cmd {
	i, _ := slices.BinarySearch(intervals, m.interval)
	m.interval = intervals[min(max(i+step, 0), len(intervals)-1)]
	m.say(plain, "refresh every "+m.interval.String())
	if m.paused {
		return nil
	}
	return m.tick()
}

func (m *Model) pause() tea.Cmd {
	m.paused = !m.paused
	if m.paused {
		return nil
	}
	return m.refresh()
}

// back takes one step: it closes what was opened last, then lifts the filter.
func (m *Model) back() tea.Cmd {
	switch {
	case m.details != nil:
		m.details = nil
		return nil
	case m.filter.Value() != "":
		return m.clearFilter()
	}
	return nil
}

// copyAddress puts the row's address on the clipboard, by way of the terminal,
// so that it works over SSH.
func (m *Model) copyAddress() tea.Cmd {
	r := m.selectedRow()
	if r == nil {
		return nil
	}
	address := ui.Addr(reachable(r.Socket))
	m.say(good, "copied "+address)
	return tea.SetClipboard(address)
}

// reachable is an address at which this machine reaches the socket: a wildcard
// is none.
func reachable(s *sockets.Socket) netip.AddrPort {
	a := s.Local.Addr()
	switch {
	case !a.IsUnspecified():
	case a.Is4() || s.DualStack():
		a = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	default:
		a = netip.IPv6Loopback()
	}
	return netip.AddrPortFrom(a, s.Local.Port())
}

// browse opens the row's port in the browser.
func (m *Model) browse() tea.Cmd {
	r := m.selectedRow()
	if r == nil {
		return nil
	}
	if r.Socket.Protocol != sockets.TCP {
		m.say(notice, "only TCP ports can be opened in a browser")
		return nil
	}
	address := reachable(r.Socket)
	scheme := "http"
	if address.Port() == 443 || address.Port() == 8443 {
		scheme = "https"
	}
	url := scheme + "://" + ui.Addr(address)
	if address.Addr().IsLoopback() {
		url = scheme + "://localhost:" + strconv.Itoa(int(address.Port()))
		if address.Addr().Is6() || address.Addr() != netip.AddrFrom4([4]byte{127, 0, 0, 1}) {
			url = scheme + "://" + ui.Addr(address)
		}
	}
	return func() tea.Msg {
		if err := openURL(url); err != nil {
			return statusMsg(styled(notice, "no browser to be opened here: "+err.Error()+"; the address is "+url))
		}
		return statusMsg(styled(good, "opened "+url))
	}
}

func (m *Model) say(r role, s string) { m.status = styled(r, s) }

// clock is the moment that ages are counted from: that of the newest look.
func (m *Model) clock() time.Time {
	if m.last.at.IsZero() {
		return m.now()
	}
	return m.last.at
}
