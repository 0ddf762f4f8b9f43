//go:build !js

package app_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"

	"baton/app/web/server"

	"github.com/chromedp/chromedp"
)

// needPage leaves out a test of the page in a browser where that is not looked
// for, and in a build that has no page in it.
func needPage(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		leaveOut(t, "the browser is found on Linux only")
	}
	if !server.Built() {
		leaveOut(t, "the page is not built (make build builds it)")
	}
}

// served is a `baton serve` under way.
type served struct {
	cmd    *exec.Cmd
	link   string
	mu     sync.Mutex
	stderr bytes.Buffer
}

// Write collects what it says beside the link.
func (s *served) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stderr.Write(p)
}

func (s *served) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stderr.String()
}

// next waits for the link that took the place of one that was used.
func (s *served) next(ctx context.Context) (link string, err error) {
	err = until(ctx, func() bool {
		lines := strings.Split(strings.TrimSpace(s.said()), "\n")
		link = lines[len(lines)-1]
		return strings.HasPrefix(link, "http://localhost:") && link != s.link
	})
	return link, err
}

// serve starts `baton serve` and reads the link it prints.
func serve(t *testing.T, w *world, addr string, more []string, env ...string) *served {
	t.Helper()
	return serveBy(t, w, append([]string{"serve", "--addr", addr}, more...), env...)
}

// serveBy is the same by any command that serves the page.
func serveBy(t *testing.T, w *world, args []string, env ...string) *served {
	t.Helper()
	s := &served{cmd: exec.CommandContext(t.Context(), "baton", args...)}
	s.cmd.Env, s.cmd.Dir, s.cmd.Stderr = w.env(env...), w.dir, s
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	background(t, s.cmd)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	if s.link = strings.TrimSuffix(line, "\n"); !strings.HasPrefix(s.link, "http://localhost:") {
		t.Fatalf("the first line is %q, not a link; stderr: %s", line, s.said())
	}
	return s
}

// addr is where it listens, for another one at the same place.
func (s *served) addr() string {
	at, _, _ := strings.Cut(strings.TrimPrefix(s.link, "http://localhost:"), "/")
	return "127.0.0.1:" + at
}

// tab is Baton's page in a browser's tab.
type tab struct{ context.Context }

// shown is what batonState tells.
type shown struct {
	Connection string
	Active     string
	Accounts   []accountShown
	Places     map[string]struct{ X, Y float64 }
}

type accountShown struct{ Key, State, Busy, Trouble string }

// state asks the page what it shows.
func (p tab) state() (s shown, err error) {
	doc, err := chromedp.Run(p, chromedp.Evaluate[string](`window.batonState ? batonState() : Promise.resolve("")`, chromedp.EvalAwaitPromise))
	if err != nil || doc == "" {
		return s, err
	}
	return s, json.Unmarshal([]byte(doc), &s)
}

// until waits for the page to show something.
func (p tab) until(t *testing.T, what string, holds func(shown) bool) shown {
	t.Helper()
	ctx, cancel := context.WithTimeout(p, hangs)
	defer cancel()
	var last shown
	var problem error
	if err := until(ctx, func() bool {
		last, problem = tab{ctx}.state()
		return problem == nil && holds(last)
	}); err != nil {
		said, _ := chromedp.Run(p, chromedp.Evaluate[string](`document.body.innerText`)) // "" says as much
		shot(t, p, "in-vain")
		t.Fatalf("the page never showed %s: %v, %v; it shows %+v; in words %q", what, err, problem, last, said)
	}
	return last
}

// press clicks on what has a name, once it is where it stays.
func (p tab) press(t *testing.T, name string) {
	t.Helper()
	before := p.until(t, name, func(s shown) bool { _, ok := s.Places[name]; return ok }).Places[name]
	at := p.until(t, name, func(s shown) bool {
		same := s.Places[name] == before
		before = s.Places[name]
		return same
	}).Places[name]
	if err := chromedp.Do(p, chromedp.MouseEvent(chromedp.MouseMoved, at.X, at.Y), chromedp.MouseClickXY(at.X, at.Y)); err != nil {
		t.Fatalf("cannot press %s: %v", name, err)
	}
}

// showing says that an account is the active one and how many there are.
func showing(active string, accounts int) func(shown) bool {
	return func(s shown) bool {
		_, drawn := s.Places["card:"+active]
		return s.Active == active && len(s.Accounts) == accounts && drawn
	}
}

// words are those of the page itself, outside of what the program draws.
func (p tab) words(t *testing.T, selector, want string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(p, hangs)
	defer cancel()
	got := ""
	if err := until(ctx, func() bool {
		var err error
		got, err = chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector(%q).innerText`, selector)))
		return err == nil && strings.Contains(got, want)
	}); err != nil {
		t.Fatalf("%s says %q, want %q", selector, got, want)
	}
}

// another opens a further tab of the same browser; apart makes it one that
// shares nothing with it.
func (p tab) another(t *testing.T, apart bool) tab {
	t.Helper()
	var options []chromedp.ContextOption
	if apart {
		options = append(options, chromedp.WithNewBrowserContext())
	}
	ctx, cancel := chromedp.NewContext(p, options...)
	t.Cleanup(cancel)
	return tab{ctx}
}

func (p tab) visit(t *testing.T, address string) {
	t.Helper()
	if err := chromedp.Do(p, chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
}
