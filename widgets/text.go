package widgets

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

const ellipsis = "…"

// line is one line of text that ends in an ellipsis where it does not fit.
// Fyne's canvas.Text runs over its box instead, and its Label wraps text in
// padding that a dense card has no room for.
type line struct {
	*canvas.Text
	base  float32 // the size unscaled
	full  string
	drawn color.Color // as last handed to the canvas
}

func newLine(size float32, bold bool, align fyne.TextAlign) *line {
	t := canvas.NewText("", color.Transparent)
	t.TextSize = size
	t.TextStyle = fyne.TextStyle{Bold: bold}
	t.Alignment = align
	return &line{Text: t, base: size}
}

// set changes words and colour; place decides how much of them is seen.
func (l *line) set(s string, c color.Color) {
	l.full = s
	l.Color = c
}

// scale makes the line scale times its usual size; place shows it.
func (l *line) scale(scale float32) {
	if size := l.base * scale; l.TextSize != size {
		l.TextSize = size
		l.drawn = nil
	}
}

// natural is the width the whole text needs.
func (l *line) natural() float32 { return measure(l.full, l.TextSize, l.TextStyle) }

// place puts the line into a box and returns the width it really takes.
func (l *line) place(x, y, w, h float32) float32 {
	before := l.Text.Text
	l.Text.Text = fit(l.full, w, l.TextSize, l.TextStyle)
	l.Move(fyne.NewPos(x, y))
	l.Resize(fyne.NewSize(w, h))
	if l.Text.Text == "" {
		l.Hide()
		return 0
	}
	if l.Hidden {
		l.Show()
	}
	if l.Text.Text != before || l.Color != l.drawn {
		l.drawn = l.Color
		l.Refresh()
	}
	return min(w, measure(l.Text.Text, l.TextSize, l.TextStyle))
}

func measure(s string, size float32, style fyne.TextStyle) float32 {
	if s == "" {
		return 0
	}
	return fyne.MeasureText(s, size, style).Width
}

// fit cuts s so that it takes at most width, ending in an ellipsis if cut; ""
// when not even one letter has room.
func fit(s string, width, size float32, style fyne.TextStyle) string {
	if width <= 0 {
		return "" // not laid out yet: nothing is worth measuring
	}
	if measure(s, size, style) <= width+0.5 {
		return s
	}
	runes := []rune(s)
	n := prefix(runes, width, func(r []rune) float32 {
		return measure(strings.TrimRight(string(r), " ")+ellipsis, size, style)
	})
	if n == 0 {
		return ""
	}
	return strings.TrimRight(string(runes[:n]), " ") + ellipsis
}

// prefix is the length of the longest beginning of runes that takes at most
// width; taking one letter more never takes less room.
func prefix(runes []rune, width float32, of func([]rune) float32) int {
	low, high := 0, len(runes)
	for low < high {
		mid := (low + high + 1) / 2
		if of(runes[:mid]) <= width+0.5 {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return low
}

// wrap breaks s at spaces into at most limit lines of at most width each; a
// word that has no room in a line by itself is broken, and what does not fit
// into the last line ends in an ellipsis.
func wrap(s string, width, size float32, style fyne.TextStyle, limit int) []string {
	if width <= 0 {
		return nil
	}
	var lines []string
	rest := strings.Join(strings.Fields(s), " ")
	for rest != "" && len(lines) < limit {
		if len(lines) == limit-1 {
			if last := fit(rest, width, size, style); last != "" {
				lines = append(lines, last)
			}
			break
		}
		// The usual case first: each beginning that is measured has to be shaped.
		if measure(rest, size, style) <= width+0.5 {
			return append(lines, rest)
		}
		runes := []rune(rest)
		n := prefix(runes, width, func(r []rune) float32 { return measure(string(r), size, style) })
		if n == 0 {
			break
		}
		if n < len(runes) && runes[n] != ' ' {
			if at := strings.LastIndexByte(string(runes[:n]), ' '); at > 0 {
				n = len([]rune(rest[:at]))
			}
		}
		lines = append(lines, strings.TrimSpace(string(runes[:n])))
		rest = strings.TrimSpace(string(runes[n:]))
	}
	return lines
}

// paragraph is a few lines of text in one colour, wrapped to its box.
type paragraph struct {
	base  float32
	size  float32 // base, scaled
	bold  bool
	lines []*canvas.Text
}

const leading = 1.4 // a line's height in text sizes

func newParagraph(size float32, bold bool, limit int) *paragraph {
	p := &paragraph{base: size, size: size, bold: bold}
	for range limit {
		t := canvas.NewText("", color.Transparent)
		t.TextSize = size
		t.TextStyle = fyne.TextStyle{Bold: bold}
		t.Hide()
		p.lines = append(p.lines, t)
	}
	return p
}

// scale makes the text scale times its usual size; place shows it.
func (p *paragraph) scale(scale float32) { p.size = p.base * scale }

func (p *paragraph) objects() []fyne.CanvasObject {
	all := make([]fyne.CanvasObject, len(p.lines))
	for i, l := range p.lines {
		all[i] = l
	}
	return all
}

func (p *paragraph) lineHeight() float32 { return p.size * leading }

// broken is s in the lines it will have at this width, limit of them at most.
func (p *paragraph) broken(s string, width float32, limit int) []string {
	return wrap(s, width, p.size, fyne.TextStyle{Bold: p.bold}, min(limit, len(p.lines)))
}

// place shows already broken lines from x, y on and returns their height.
func (p *paragraph) place(lines []string, x, y, w float32, c color.Color) float32 {
	for i, t := range p.lines {
		if i >= len(lines) {
			t.Hide()
			continue
		}
		t.Text, t.Color, t.TextSize = lines[i], c, p.size
		t.Move(fyne.NewPos(x, y+float32(i)*p.lineHeight()))
		t.Resize(fyne.NewSize(w, p.lineHeight()))
		t.Show()
		t.Refresh()
	}
	return float32(min(len(lines), len(p.lines))) * p.lineHeight()
}
