//go:build cgo || js

package gui

import (
	"regexp"
	"unicode/utf8"

	"baton/widgets"
)

// address finds email addresses in a text, also the way links write them.
var address = regexp.MustCompile(`[\p{L}\p{N}._%+\-]+?(?:@|%40)[\p{L}\p{N}\-]+(?:\.[\p{L}\p{N}\-]+)*`)

// veil hides the email addresses in a text where the person asked for it: of
// each it leaves the first letter, so that one can tell two of them apart.
type veil bool

func (hidden veil) over(s string) string {
	if !hidden || s == "" {
		return s
	}
	return address.ReplaceAllStringFunc(s, func(found string) string {
		_, size := utf8.DecodeRuneInString(found)
		return found[:size] + "•••"
	})
}

func (hidden veil) card(v widgets.CardView) widgets.CardView {
	for _, s := range []*string{&v.Name, &v.Detail, &v.Problem, &v.Hint, &v.State, &v.Second} {
		*s = hidden.over(*s)
	}
	return v
}

func (hidden veil) head(v widgets.HeadView) widgets.HeadView {
	v.Title, v.Detail, v.Next = hidden.over(v.Title), hidden.over(v.Detail), hidden.over(v.Next)
	return v
}

func (hidden veil) foot(v widgets.FootView) widgets.FootView {
	v.Left, v.Right = hidden.over(v.Left), hidden.over(v.Right)
	return v
}

func (hidden veil) banner(v widgets.BannerView) widgets.BannerView {
	v.Message, v.Hint = hidden.over(v.Message), hidden.over(v.Hint)
	return v
}
