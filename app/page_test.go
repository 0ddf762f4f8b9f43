//go:build !js

package app_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// drawing lets a browser without a graphics card draw the page.
func drawing() []chromedp.ExecAllocatorOption {
	return []chromedp.ExecAllocatorOption{
		chromedp.Flag("disable-gpu", false),
		chromedp.Flag("use-gl", "angle"),
		chromedp.Flag("use-angle", "swiftshader"),
		chromedp.Flag("enable-unsafe-swiftshader", true),
	}
}

// The page as a person has it: the program, its server and the files are the
// real ones. The steps follow on one another, as they do on one evening.
func TestPage(t *testing.T) {
	needPage(t)
	browser := chromium(t, drawing()...)
	w := started(t)
	s := serve(t, w, "127.0.0.1:0", nil)
	page := tab{browser}
	const first, second = "ada@example.com", "ada@corp.example"

	t.Run("link", func(t *testing.T) {
		page.visit(t, s.link)
		page.until(t, "the accounts", showing(first, 5))
		shot(t, page, "list")
		if at, err := chromedp.Run(page, chromedp.Location()); err != nil || strings.Contains(at, "#") {
			t.Errorf("the address still is %s: %v", at, err)
		}
		if _, err := s.next(page); err != nil {
			t.Error("no other link took the place of the one that was used:", s.said())
		}
	})
	t.Run("swap", func(t *testing.T) {
		page.press(t, "card:"+second+":primary")
		page.until(t, "the swap", showing(second, 5))
		if got := w.active(t); got != second {
			t.Errorf("the page shows a swap, the files say %s", got)
		}
		w.live(t)
	})
	t.Run("outside", func(t *testing.T) {
		other := page.another(t, false)
		other.visit(t, s.link) // used, but this browser is known
		other.until(t, "the accounts", showing(second, 5))
		w.done(t, "swap", first)
		since := time.Now()
		page.until(t, "what a command did", showing(first, 5))
		other.until(t, "what a command did", showing(first, 5))
		t.Logf("measured: two pages showed a command's swap after %v", time.Since(since).Round(time.Millisecond))
		if err := chromedp.Cancel(other); err != nil {
			t.Error(err)
		}
	})
	t.Run("copy", func(t *testing.T) { copyFromThePage(t, page) })
	t.Run("login", func(t *testing.T) { loginFromThePage(t, page, w) })
	t.Run("used link", func(t *testing.T) {
		stranger := page.another(t, true)
		stranger.visit(t, s.link)
		stranger.words(t, "#said", "This link was used already.")
		stranger.words(t, "#hint", "Use the link the terminal prints now.")
		shot(t, stranger, "used")
	})
	t.Run("foreign page", func(t *testing.T) { foreign(t, page, s) })
	t.Run("restart", func(t *testing.T) { restart(t, page, w, s) })
}

// copyFromThePage starts a login whose code is pasted, copies its address, and
// gives up.
func copyFromThePage(t *testing.T, page tab) {
	page.press(t, "add")
	page.press(t, "sheet:1")
	page.until(t, "the field for the code", func(s shown) bool { _, ok := s.Places["sheet:4"]; return ok })
	page.press(t, "sheet:2")
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		if _, err := chromedp.Run(page, grant(name)); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(page, hangs)
	defer cancel()
	got := ""
	if err := until(ctx, func() bool {
		var err error
		got, err = chromedp.Run(ctx, chromedp.Evaluate[string](`navigator.clipboard.readText()`, chromedp.EvalAwaitPromise))
		return err == nil && strings.Contains(got, "/oauth/authorize?")
	}); err != nil {
		t.Errorf("the clipboard holds %q", got)
	}
	page.press(t, "sheet:1")
	page.until(t, "no sheet any more", func(s shown) bool { _, ok := s.Places["sheet:0"]; return !ok })
}

// grant lets the test use the clipboard: there is nobody to ask.
func grant(name string) chromedp.Action[cdp.Empty] {
	return func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted,
		})
	}
}

// loginFromThePage logs an account in, in a tab the page opens.
func loginFromThePage(t *testing.T, page tab, w *world) {
	page.press(t, "add")
	opened := chromedp.WaitNewTarget(page, func(i *target.Info) bool { return strings.Contains(i.URL, "/oauth/authorize") })
	page.press(t, "sheet:0")
	var id target.ID
	select {
	case id = <-opened:
	case <-time.After(hangs):
		shot(t, page, "no-tab")
		t.Fatal("no tab was opened for the login")
	}
	ctx, cancel := chromedp.NewContext(page, chromedp.WithTargetID(id))
	defer cancel()
	if err := chromedp.Do(ctx,
		chromedp.Click(chromedp.Search(`//label[.//span[text()="new@example.com"]]`), chromedp.NodeVisible),
		chromedp.Click(chromedp.ID("allow"), chromedp.NodeVisible),
		chromedp.WaitNotPresent(chromedp.ID("allow")),
		chromedp.WaitVisible(chromedp.CSS("h1")),
	); err != nil {
		t.Fatal(err)
	}
	tab{ctx}.words(t, "h1", "Signed in as new@example.com")
	if back, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`window.opener !== null`)); err != nil || back {
		t.Errorf("the provider's page can reach back into Baton's: %v, %v", back, err)
	}
	// A tab that is not in front draws nothing.
	if err := chromedp.Cancel(ctx); err != nil {
		t.Fatal(err)
	}
	page.until(t, "the new account", showing("ada@example.com", 6))
	if got := w.done(t, "list"); !strings.Contains(got, "new@example.com") {
		t.Errorf("the page shows a login that list does not:\n%s", got)
	}
}

// foreign has a page of another origin try what such a page can.
func foreign(t *testing.T, page tab, s *served) {
	base, _, _ := strings.Cut(s.link, "#")
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(strings.ReplaceAll(foreignPage, "BASE", base)))
	}))
	defer elsewhere.Close()
	evil := page.another(t, false) // the same browser, cookies and all
	evil.visit(t, elsewhere.URL)
	ctx, cancel := context.WithTimeout(evil, hangs)
	defer cancel()
	got := ""
	if err := until(ctx, func() bool {
		var err error
		got, err = chromedp.Run(ctx, chromedp.Evaluate[string](`document.title`))
		return err == nil && strings.HasPrefix(got, "done")
	}); err != nil {
		t.Fatalf("the foreign page did not end: %q", got)
	}
	if got != "done" {
		t.Errorf("a foreign page got through: %s", got)
	}
	page.until(t, "what it showed before", showing("ada@example.com", 6))
	if err := chromedp.Cancel(evil); err != nil {
		t.Error(err)
	}
}

const foreignPage = `<!doctype html><title>trying</title><iframe id=f src="BASE"></iframe>
<form id=g method=post target=h enctype="text/plain" action="BASEapi/v1/swap"><input name='{"Key":"ada@corp.example","x":"' value='"}'></form><iframe name=h></iframe>
<script>(async () => {
  const got = [];
  const swap = JSON.stringify({Key: "ada@corp.example"});
  const tries = {
    page: () => fetch("BASE"), snapshot: () => fetch("BASEapi/v1/snapshot", {credentials: "include"}),
    token: () => fetch("BASEapi/v1/snapshot", {credentials: "include", headers: {"X-Baton-Token": "x"}}),
    swap: () => fetch("BASEapi/v1/swap", {method: "POST", credentials: "include", headers: {"Content-Type": "application/json"}, body: swap}),
    session: () => fetch("BASEapi/v1/session", {method: "POST", body: '{"secret":"x"}'}),
  };
  for (const [name, t] of Object.entries(tries)) {
    try { const r = await t(); got.push(name + " " + r.status); } catch { /* kept out */ }
  }
  try { await fetch("BASEapi/v1/swap", {method: "POST", mode: "no-cors", credentials: "include", body: swap}); } catch { /* opaque either way */ }
  await new Promise((ok) => { const e = new EventSource("BASEapi/v1/events", {withCredentials: true}); e.onerror = ok; e.onopen = () => { got.push("events"); ok(); }; });
  await new Promise((ok) => { const s = document.createElement("script"); s.onerror = ok; s.onload = () => { got.push("script"); ok(); }; s.src = "BASEapi/v1/snapshot"; document.head.append(s); });
  document.getElementById("g").submit();
  await new Promise((ok) => { document.getElementsByName("h")[0].onload = ok; });
  try { if (document.getElementById("f").contentWindow.document.body.dataset.wasm) got.push("frame"); } catch { /* kept out */ }
  document.title = got.length ? "done: " + got.join(", ") : "done";
})();</script>`

// restart kills the server under the open page and starts another one.
func restart(t *testing.T, page tab, w *world, s *served) {
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = s.cmd.Wait() // killed: that is no news
	page.until(t, "the loss of the connection", func(s shown) bool { return s.Connection == "lost" })
	page.words(t, "#strip", "The connection to Baton is lost.")
	page.until(t, "what it showed before", showing("ada@example.com", 6))
	page.press(t, "card:ada@corp.example:primary")
	page.until(t, "that a click did nothing", func(s shown) bool {
		for _, a := range s.Accounts {
			if a.Key == "ada@corp.example" {
				return strings.HasPrefix(a.Trouble, "Baton cannot be reached") && a.Busy == ""
			}
		}
		return false
	})
	shot(t, page, "lost")
	if got := w.active(t); got != "ada@example.com" {
		t.Errorf("a click that was refused made %s the active account", got)
	}
	anew := serve(t, w, s.addr(), nil)
	page.until(t, "that it is not known any more", func(s shown) bool { return s.Connection == "ended" })
	page.words(t, "#strip", "Use the link the terminal prints now.")
	// A new link in the same browser lets the open page in again as well.
	second := page.another(t, false)
	second.visit(t, anew.link)
	second.until(t, "the accounts", showing("ada@example.com", 6))
	page.until(t, "that it is back", func(s shown) bool { return s.Connection == "connected" })
	if err := chromedp.Cancel(second); err != nil {
		t.Error(err)
	}
	page.press(t, "card:ada@corp.example:primary")
	page.until(t, "a swap after it is back", showing("ada@corp.example", 6))
	if err := anew.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := anew.cmd.Wait(); err != nil {
		t.Errorf("Ctrl-C did not end it well: %v\n%s", err, anew.said())
	}
}
