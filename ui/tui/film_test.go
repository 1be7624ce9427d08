package tui

import (
	"fmt"
	"html"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The measures of the picture. A letter is three fifths of its size wide, as in
// most fonts of fixed width; where it is not, textLength makes it so.
const (
	letterSize  = 14.0
	cellWidth   = 8.4
	cellHeight  = 18.0
	filmMargin  = 14.0
	filmCaption = 34.0
)

const (
	filmGround = "#171a20"
	filmText   = "#d5d9e0"
)

// look is how a cell is drawn.
type look struct {
	color   string // empty for the plain text's
	ground  string // empty for the picture's
	bold    bool
	faint   bool
	reverse bool
}

// stretch is text of one look, from a column on.
type stretch struct {
	at   int
	text []rune
	look look
}

// stretches takes a line of the screen apart.
func stretches(t testing.TB, styled string) []stretch {
	var all []stretch
	var now look
	column := 0
	for len(styled) > 0 {
		if rest, ok := strings.CutPrefix(styled, "\x1b["); ok {
			codes, after, ok := strings.Cut(rest, "m")
			if !ok {
				t.Fatalf("no end of the look in %q", styled)
			}
			now = now.after(t, codes)
			styled = after
			continue
		}
		text, rest, _ := strings.Cut(styled, "\x1b")
		if len(rest) > 0 {
			rest = "\x1b" + rest
		}
		s := stretch{column, []rune(text), now}
		column += len(s.text)
		all, styled = append(all, s), rest
	}
	return all
}

// after is the look behind the codes of an escape sequence, as in ECMA-48.
func (l look) after(t testing.TB, codes string) look {
	parts := strings.Split(codes, ";")
	for i := 0; i < len(parts); i++ {
		switch parts[i] {
		case "", "0":
			l = look{}
		case "1":
			l.bold = true
		case "2":
			l.faint = true
		case "7":
			l.reverse = true
		case "37": // white, of the filter's cursor
			l.color = ""
		case "38":
			l.color = shade(t, parts[i+1:])
			i += 4
		case "48":
			l.ground = shade(t, parts[i+1:])
			i += 4
		default:
			t.Fatalf("a look that cannot be drawn: %q", codes)
		}
	}
	return l
}

// shade is the color behind 38 or 48.
func shade(t testing.TB, parts []string) string {
	if len(parts) < 4 || parts[0] != "2" {
		t.Fatalf("a color that cannot be drawn: %q", parts)
	}
	color := "#"
	for _, part := range parts[1:4] {
		n, _ := strconv.Atoi(part)
		color += fmt.Sprintf("%02x", n)
	}
	return color
}

// picture is under way to be a file.
type picture struct {
	t       testing.TB
	classes map[look]string
	styles  strings.Builder
	lines   map[string]string // a line of the screen, and its name in defs
	defs    strings.Builder
	body    strings.Builder
}

// class names a look.
func (p *picture) class(l look) string {
	l.ground = "" // it is drawn apart
	if l == (look{}) {
		return ""
	}
	name, ok := p.classes[l]
	if !ok {
		name = "c" + strconv.Itoa(len(p.classes))
		p.classes[l] = name
		fill := l.color
		if fill == "" {
			fill = filmText
		}
		if l.reverse {
			fill = filmGround
		}
		fmt.Fprintf(&p.styles, ".%s{fill:%s", name, fill)
		if l.bold {
			p.styles.WriteString(";font-weight:bold")
		}
		if l.faint {
			p.styles.WriteString(";opacity:.7")
		}
		p.styles.WriteString("}\n")
	}
	return fmt.Sprintf(` class="%s"`, name)
}

// line names a line of the screen, which is drawn once for all the frames and
// places that show it.
func (p *picture) line(styled string) string {
	name, ok := p.lines[styled]
	if !ok {
		name = "l" + strconv.FormatInt(int64(len(p.lines)), 36)
		p.lines[styled] = name
		fmt.Fprintf(&p.defs, `<g id="%s">`, name)
		for _, s := range stretches(p.t, styled) {
			p.stretch(s)
		}
		p.defs.WriteString("</g>\n")
	}
	return name
}

func (p *picture) stretch(s stretch) {
	ground := s.look.ground
	if s.look.reverse {
		if ground = s.look.color; ground == "" {
			ground = filmText
		}
	}
	if ground != "" {
		fmt.Fprintf(&p.defs, `<rect x="%.4g" y="-13.5" width="%.4g" height="18" fill="%s"/>`, float64(s.at)*cellWidth, float64(len(s.text))*cellWidth, ground)
	}
	for _, w := range pieces(s) {
		text := html.EscapeString(string(w.text))
		if text == "⚠" {
			text += "\ufe0e" // not as a colored emoji
		}
		fmt.Fprintf(&p.defs, `<text x="%.4g"%s textLength="%.4g">%s</text>`,
			float64(w.at)*cellWidth, p.class(w.look), float64(len(w.text))*cellWidth, text)
	}
}

// pieces splits a stretch where a font could lose the grid: at gaps, and around what
// another font may have to draw.
func pieces(s stretch) []stretch {
	var all []stretch
	for i, r := range s.text {
		last := len(all) - 1
		switch {
		case r == ' ':
		case last >= 0 && all[last].at+len(all[last].text) == s.at+i && (r < 0x80 && all[last].text[0] < 0x80 || r == all[last].text[0]):
			all[last].text = append(all[last].text, r)
		case last >= 0 && all[last].at+len(all[last].text) == s.at+i-1 && r < 0x80 && s.text[i-1] == ' ' && all[last].text[0] < 0x80:
			all[last].text = append(all[last].text, ' ', r)
		default:
			all = append(all, stretch{s.at + i, []rune{r}, s.look})
		}
	}
	return all
}

// drawFilm writes the frames as one SVG, which moves by CSS alone. Who wants no
// motion, and what knows none, sees one frame from the middle.
func drawFilm(t testing.TB, frames []frame) string {
	p := &picture{t: t, classes: map[look]string{}, lines: map[string]string{}}
	var whole, at time.Duration
	for _, f := range frames {
		whole += f.stays
	}
	part := func(d time.Duration) float64 { return 100 * float64(d) / float64(whole) }
	for i, f := range frames {
		before := "0%{visibility:hidden}"
		if i == 0 {
			before = ""
		}
		fmt.Fprintf(&p.styles, "@keyframes k%d{%s%.3f%%{visibility:visible}%.3f%%{visibility:hidden}}#f%d{animation-name:k%d}\n",
			i, before, part(at), part(at+f.stays), i, i)
		at += f.stays
		p.frame(i, f)
	}
	width, height := demoWidth*cellWidth+2*filmMargin, demoHeight*cellHeight+filmMargin+filmCaption
	still := len(frames) / 2
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.5g %.5g" width="%.5g" height="%.5g" role="img">
<title>lotop plays a recorded session: the table, a filter, details, events, debuggers</title>
<style>
text{font:%gpx ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;fill:%s;white-space:pre}
.f{visibility:hidden;animation:%gs step-end infinite}
#f%d{visibility:visible}
@media (prefers-reduced-motion:reduce){.f{animation:none}}
%s</style>
<rect width="100%%" height="100%%" rx="9" fill="%s"/>
<defs>
%s</defs>
%s</svg>
`, width, height, width, height, letterSize, filmText, whole.Seconds(), still, p.styles.String(), filmGround, p.defs.String(), p.body.String())
}

func (p *picture) frame(i int, f frame) {
	fmt.Fprintf(&p.body, `<g id="f%d" class="f">`, i)
	for y, line := range strings.Split(f.screen, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		fmt.Fprintf(&p.body, `<use href="#%s" x="%g" y="%g"/>`, p.line(line), filmMargin, filmMargin+float64(y)*cellHeight+14)
	}
	p.caption(f)
	p.body.WriteString("</g>\n")
}

// caption says below the screen what happens, and which key did it.
func (p *picture) caption(f frame) {
	quiet := look{color: "#8b93a1"}
	y := filmMargin + demoHeight*cellHeight + 17
	fmt.Fprintf(&p.body, `<text x="%g" y="%g"%s>%s</text>`, filmMargin+cellWidth, y, p.class(quiet), html.EscapeString(f.says))
	if f.key == "" {
		return
	}
	wide := float64(len(f.key))*cellWidth + 14
	x := filmMargin + demoWidth*cellWidth - wide - cellWidth
	fmt.Fprintf(&p.body, `<rect x="%.5g" y="%g" width="%.5g" height="20" rx="4" fill="none" stroke="#8b93a1"/><text x="%.5g" y="%g">%s</text>`,
		x, y-14.5, wide, x+7, y, html.EscapeString(f.key))
}
