//go:build !js

package cli

import (
	"io"
	"strings"
)

// cell is one field of a table: its text and how it is coloured.
type cell struct {
	text   string
	colour colour
}

// colour is an SGR parameter of ECMA-48, "" for none.
type colour string

const (
	plainly colour = ""
	green   colour = "32"
	yellow  colour = "33"
	red     colour = "31"
	faint   colour = "2"
)

// writeTable aligns the rows in columns two blanks apart, by what characters
// take on a terminal, and prints them in one write. No line ends in blanks.
func writeTable(w io.Writer, rows [][]cell, coloured bool) error {
	var widths []int
	for _, row := range rows {
		for i, c := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], width(c.text))
		}
	}
	var out strings.Builder
	for _, row := range rows {
		pending := 0 // blanks owed, paid only when more text follows
		for i, c := range row {
			if c.text != "" {
				out.WriteString(strings.Repeat(" ", pending))
				pending = 0
				out.WriteString(paint(c, coloured))
			}
			pending += widths[i] - width(c.text) + 2
		}
		out.WriteByte('\n')
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func paint(c cell, coloured bool) string {
	if !coloured || c.colour == plainly {
		return c.text
	}
	return "\x1b[" + string(c.colour) + "m" + c.text + "\x1b[0m"
}

// coloured says whether the answer may hold colours: on a terminal that takes
// them, unless the person asked for none (no-color.org).
func (r *runner) coloured() bool {
	if !r.StdoutTTY || r.Getenv("NO_COLOR") != "" {
		return false
	}
	// The old Windows console sets neither and prints the codes.
	terminal := r.Getenv("TERM")
	return terminal != "dumb" && (terminal != "" || r.Getenv("WT_SESSION") != "")
}
