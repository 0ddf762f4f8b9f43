//go:build !js

package app_test

import (
	"os"
	"slices"
	"testing"
)

// The demo as a page: made-up accounts of its own, which swap as real ones do,
// while the person's stay as they are.
func TestPageOfTheDemo(t *testing.T) {
	needPage(t)
	page := tab{chromium(t, drawing()...)}
	w := started(t)
	before := w.active(t)
	s := serveBy(t, w, []string{"demo", "--page"})
	page.visit(t, s.link)
	page.until(t, "the demo's accounts", showing("ada@example.com", 5))
	shot(t, page, "demo")
	page.press(t, "card:ada@corp.example:primary")
	page.until(t, "a swap", showing("ada@corp.example", 5))
	if got := w.active(t); got != before {
		t.Errorf("a swap in the demo made %s the active account", got)
	}
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("Ctrl-C did not end it well: %v\n%s", err, s.said())
	}
	page.until(t, "that the demo is over", func(s shown) bool {
		return s.Connection == "lost" && !slices.ContainsFunc(s.Accounts, func(a accountShown) bool { return a.Busy != "" })
	})
}
