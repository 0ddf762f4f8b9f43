//go:build linux && cgo

package app_test

import (
	"context"
	"testing"

	"fyne.io/fyne/v2/theme"
)

// A window and a page on one state stay in step, whichever is clicked.
func TestWindowAndPage(t *testing.T) {
	needPage(t)
	browser := chromium(t, drawing()...)
	d := newDisplay(t)
	w := started(t)
	ctx, cancel := context.WithTimeout(t.Context(), hangs)
	defer cancel()
	o := open(ctx, t, w, d, "dark")
	found := o.showing(ctx, t, "window", theme.VariantDark, activeOnly(0))
	s := serve(t, w, "127.0.0.1:0", nil)
	page := tab{browser}
	page.visit(t, s.link)
	page.until(t, "the accounts", showing("ada@example.com", 5))
	page.press(t, "card:ada@corp.example:primary")
	page.until(t, "the swap", showing("ada@corp.example", 5))
	o.showing(ctx, t, "after-the-page", theme.VariantDark, activeOnly(1))
	if err := o.Click(ctx, found[0].button()); err != nil {
		t.Fatal(err)
	}
	page.until(t, "the window's swap", showing("ada@example.com", 5))
	if err := o.Close(ctx); err != nil {
		t.Fatal(err)
	}
	o.ended(t)
}
