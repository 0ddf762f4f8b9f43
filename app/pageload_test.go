//go:build !js

package app_test

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// slowLine is a network as slow as a bad tunnel (Chrome DevTools Protocol,
// Network.emulateNetworkConditions; its successor is not in every Chromium yet).
type slowLine struct {
	Offline  bool    `json:"offline"`
	Latency  float64 `json:"latency"`            // ms
	Download float64 `json:"downloadThroughput"` // bytes a second
	Upload   float64 `json:"uploadThroughput"`
}

// call is one call of the browser's protocol.
func call[P, R any](t *testing.T, page tab, c cdp.Command[P, R], params P) {
	t.Helper()
	if _, err := chromedp.Run(page, func(ctx context.Context, to *chromedp.Target) (R, error) {
		return cdp.Call(ctx, to, c, params)
	}); err != nil {
		t.Fatal(err)
	}
}

// first has a script run in the page before its own.
func (p tab) first(t *testing.T, script string) {
	t.Helper()
	call(t, p, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: script})
}

// dress has the page believe in a desktop that is light or dark.
func (p tab) dress(t *testing.T, scheme string) {
	t.Helper()
	call(t, p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
}

// keepsWords notes everything the loading page ever says.
const keepsWords = `window.saidSoFar = [];
addEventListener("DOMContentLoaded", () => {
  const note = () => {
    const bar = document.getElementById("progress");
    const one = ["said", "hint"].map((id) => document.getElementById(id).textContent).join("|")
      + "|" + (bar.hidden ? "no bar" : bar.hasAttribute("value") ? Math.round(bar.value) : "waiting");
    if (saidSoFar.at(-1) !== one) saidSoFar.push(one);
  };
  new MutationObserver(note).observe(document.getElementById("loading"), {subtree: true, childList: true, characterData: true, attributes: true});
  note();
});`

// Who waits sees how far it is, then that it starts, then the accounts.
func TestPageLoading(t *testing.T) {
	needPage(t)
	browser := chromium(t, drawing()...)
	w := started(t)
	s := serve(t, w, "127.0.0.1:0", nil)
	page := tab{browser}
	page.first(t, keepsWords)
	page.dress(t, "dark")
	line := cdp.Command[slowLine, cdp.Empty]{Method: "Network.emulateNetworkConditions"}
	call(t, page, line, slowLine{Latency: 20, Download: 3e6, Upload: 3e6})
	page.visit(t, s.link)
	page.words(t, "#hint", " MB")
	shot(t, page, "loading-dark")
	page.dress(t, "light")
	shot(t, page, "loading-light")
	page.until(t, "the accounts", showing("ada@example.com", 5))
	all, err := chromedp.Run(page, chromedp.Evaluate[string](`saidSoFar.join("\n")`))
	if err != nil {
		t.Fatal(err)
	}
	amount := regexp.MustCompile(`^Loading…\|(\d+\.\d) of (\d+\.\d) MB\|(\d+)$`)
	var done, bar float64
	steps, started := 0, false
	for said := range strings.SplitSeq(all, "\n") {
		if started = started || said == "Starting…||waiting"; started {
			continue
		}
		m := amount.FindStringSubmatch(said)
		if m == nil {
			continue
		}
		now, total, at := number(t, m[1]), number(t, m[2]), number(t, m[3])
		if now < done || at < bar || now > total || at > 100 {
			t.Errorf("after %v MB and %v %% it says %q", done, bar, said)
		}
		if want := 100 * now / total; at < want-2 || at > want+2 {
			t.Errorf("the bar and the words differ: %q", said)
		}
		done, bar = now, at
		steps++
	}
	if steps < 10 || !started || bar < 99 {
		t.Errorf("%d steps up to %v %%, started: %v; it said\n%s", steps, bar, started, all)
	}
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A browser that lacks what the page needs is told so, and the person what to
// do: nothing spins for ever.
func TestPageCannot(t *testing.T) {
	needPage(t)
	w := started(t)
	s := serve(t, w, "127.0.0.1:0", nil)
	for _, c := range []struct {
		name       string
		flags      []chromedp.ExecAllocatorOption
		before     string
		said, hint string
	}{
		{
			"no-webassembly", drawing(), `delete window.WebAssembly`,
			"This browser cannot run WebAssembly, which Baton's page is made of.", "Use a newer browser",
		},
		{
			"no-webgl",
			[]chromedp.ExecAllocatorOption{chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-software-rasterizer", true), chromedp.Flag("disable-3d-apis", true)},
			"",
			"This browser cannot draw with WebGL, which Baton's page needs.", "Turn graphics acceleration on",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			page := tab{chromium(t, c.flags...)}
			if c.before != "" {
				page.first(t, c.before)
			}
			page.visit(t, s.link)
			page.words(t, "#said", c.said)
			page.words(t, "#hint", c.hint)
			page.words(t, "#hint", "The command line does everything as well.")
			shot(t, page, c.name)
			hidden, err := chromedp.Run(page, chromedp.Evaluate[bool](`document.getElementById("progress").hidden`))
			if err != nil || !hidden {
				t.Errorf("the bar goes on: %v", err)
			}
			// The link was not used up by a browser that has no use for it.
			if said := s.said(); said != "" {
				t.Errorf("the link was used: %s", said)
			}
		})
	}
	t.Run("no-script", func(t *testing.T) {
		page := tab{chromium(t)}
		call(t, page, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		page.visit(t, s.link)
		page.words(t, "main", "it needs JavaScript, WebAssembly and WebGL. The command line does everything as well.")
		shot(t, page, "no-script")
	})
}

// The browser may take its drawing away under the page, as after a sleep.
func TestPageStopsDrawing(t *testing.T) {
	needPage(t)
	w := started(t)
	s := serve(t, w, "127.0.0.1:0", nil)
	page := tab{chromium(t, drawing()...)}
	page.visit(t, s.link)
	page.until(t, "the accounts", showing("ada@example.com", 5))
	lose := `(() => { const c = document.querySelector("canvas"); const g = c.getContext("webgl") || c.getContext("webgl2"); g.getExtension("WEBGL_lose_context").loseContext(); return true; })()`
	if done, err := chromedp.Run(page, chromedp.Evaluate[bool](lose)); err != nil || !done {
		t.Fatalf("the drawing cannot be taken away: %v", err)
	}
	page.words(t, "#said", "The browser has stopped drawing this page.")
	page.words(t, "#hint", "Reload it. Nothing is lost.")
	shot(t, page, "stopped")
	inFront := `document.elementFromPoint(innerWidth / 2, innerHeight / 2).closest("main") !== null`
	if seen, err := chromedp.Run(page, chromedp.Evaluate[bool](inFront)); err != nil || !seen {
		t.Errorf("something stands before the words: %v", err)
	}
	if err := chromedp.Do(page, chromedp.Reload()); err != nil {
		t.Fatal(err)
	}
	page.until(t, "the accounts again", showing("ada@example.com", 5))
}
