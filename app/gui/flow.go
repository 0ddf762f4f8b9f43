//go:build cgo || js

package gui

import "fyne.io/fyne/v2"

// flow lays buttons out side by side, and in further rows where a width has no
// room for all of them. Trailing rows end at the right edge.
type flow struct {
	width    func() float32
	trailing bool
}

const (
	flowGap  float32 = 10
	flowRing float32 = 8 // in line with a paragraph's words, and room for a focus ring
)

// rows are the objects that stand in one row each, and how wide they are.
func (f *flow) rows(objects []fyne.CanvasObject, width float32) (rows [][]fyne.CanvasObject, wide []float32) {
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize().Width
		last := len(rows) - 1
		if last < 0 || wide[last]+flowGap+m > width-2*flowRing {
			rows, wide = append(rows, []fyne.CanvasObject{o}), append(wide, m)
			continue
		}
		rows[last] = append(rows[last], o)
		wide[last] += flowGap + m
	}
	return rows, wide
}

// MinSize implements fyne.Layout.
func (f *flow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	rows, _ := f.rows(objects, f.width())
	high := 2 * flowRing
	for i, row := range rows {
		if i > 0 {
			high += flowGap
		}
		high += tallest(row)
	}
	return fyne.NewSize(0, high)
}

// Layout implements fyne.Layout.
func (f *flow) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	rows, wide := f.rows(objects, s.Width)
	y := flowRing
	for i, row := range rows {
		x, high := flowRing, tallest(row)
		if f.trailing {
			x = max(flowRing, s.Width-flowRing-wide[i])
		}
		for _, o := range row {
			w := min(o.MinSize().Width, s.Width-2*flowRing)
			place(o, x, y, w, high)
			x += w + flowGap
		}
		y += high + flowGap
	}
}

func tallest(objects []fyne.CanvasObject) float32 {
	high := float32(0)
	for _, o := range objects {
		high = max(high, o.MinSize().Height)
	}
	return high
}
