//go:build cgo || js

package gui

import (
	"baton/app/backend"
	"baton/widgets"
)

// veil hides the email addresses in a text where the person asked for it: of
// each it leaves the first letter, so that one can tell two of them apart.
type veil bool

func (hidden veil) over(s string) string {
	if !hidden || s == "" {
		return s
	}
	return backend.HideAddresses(s)
}

// Cover hides the email addresses in a text, if the person asked for that, as
// what is outside the window needs it: the tray, notifications. It belongs on
// the UI goroutine.
func (v *View) Cover(text string) string { return v.prefs.hide.over(text) }

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
