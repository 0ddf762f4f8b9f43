//go:build !js

package app_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// visit is one login in the browser and what is to come of it.
type visit struct {
	name    string
	account string // the account clicked on the consent page
	button  string // allow or deny
	title   string // the last page's
	good    bool   // and whether it says so in green
	code    int    // the command's exit status
	stdout  string
	stderr  string // its last lines
	listed  string // stands in what baton list prints afterwards
}

// A login as a person makes it: the command opens the browser, the person
// picks an account and presses a button, the page and the command say how it
// went.
func TestLoginInTheBrowser(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("not run: only on Linux are addresses opened by a program that can be put in the way")
	}
	browser := chromium(t)
	for _, v := range []visit{
		{
			name: "new", account: "new@example.com", button: "allow",
			title: "Signed in as new@example.com", good: true,
			stdout: "logged in as new@example.com\n", listed: "\n  new@example.com ",
		},
		{
			name: "known", account: "ada@corp.example · Corp", button: "allow",
			title: "Signed in as ada@corp.example", good: true,
			stdout: "that is ada@corp.example again; its login is renewed\n", listed: "\n  ada@corp.example ",
		},
		{
			name: "live", account: "ada@example.com", button: "allow",
			title: "Signed in as ada@example.com", good: true,
			stdout: "that is ada@example.com again; its login is renewed; Claude Code uses it now\n", listed: "\n* ada@example.com ",
		},
		{
			name: "deny", account: "new@example.com", button: "deny",
			title: "Not signed in", code: 1,
			stderr: "baton: the login was declined in the browser\n", listed: "\n* ada@example.com ",
		},
	} {
		t.Run(v.name, func(t *testing.T) { v.play(t, browser) })
	}
}

func (v visit) play(t *testing.T, browser context.Context) {
	w := started(t)
	ctx, cancel := context.WithTimeout(browser, hangs)
	defer cancel()
	bin, opened := openedBy(t)
	cmd := exec.CommandContext(ctx, "baton", "login")
	cmd.Env, cmd.Dir = w.env("PATH="+bin+":"+os.Getenv("PATH")), w.dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address, err := opened(ctx)
	if err == nil {
		err = v.inBrowser(ctx, t, address)
	}
	if err != nil {
		cancel() // else the command waits on
	}
	_ = cmd.Wait() // its exit status is looked at below
	if err != nil {
		t.Fatalf("in the browser: %v; the command said %q", err, stderr.String())
	}
	if got := cmd.ProcessState.ExitCode(); got != v.code || stdout.String() != v.stdout {
		t.Errorf("exit status %d, stdout %q, want %d, %q", got, stdout.String(), v.code, v.stdout)
	}
	// The address stands on a line by itself, to be copied.
	// What the browser itself had to say comes before, if anything.
	_, rest, found := strings.Cut(stderr.String(), "\n"+address+"\n")
	if !found || !strings.HasPrefix(rest, v.stderr) || (v.stderr == "" && rest != "") {
		t.Errorf("stderr %q, want the address %s and then %q", stderr.String(), address, v.stderr)
	}
	if got := "\n" + w.done(t, "list"); !strings.Contains(got, v.listed) {
		t.Errorf("list:%s", got)
	}
	if got := w.active(t); got != "ada@example.com" {
		t.Errorf("a login made %s the active account", got)
	}
	w.live(t)
	w.done(t, "refresh", "--all")
}

// inBrowser clicks through the pages and looks at the last one.
func (v visit) inBrowser(ctx context.Context, t *testing.T, address string) error {
	if err := chromedp.Do(
		ctx,
		chromedp.Navigate(address),
		chromedp.Click(chromedp.Search(`//label[.//span[text()="`+v.account+`"]]`), chromedp.NodeVisible),
	); err != nil {
		return err
	}
	shot(t, ctx, v.name+"-consent")
	if err := chromedp.Do(
		ctx,
		chromedp.Click(chromedp.ID(v.button), chromedp.NodeVisible),
		chromedp.WaitNotPresent(chromedp.ID(v.button)),
		chromedp.WaitVisible(chromedp.CSS("h1")),
	); err != nil {
		return err
	}
	shot(t, ctx, v.name+"-end")
	title, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("h1")))
	if err != nil {
		return err
	}
	page, err := chromedp.Run(ctx, chromedp.OuterHTML(chromedp.CSS("html")))
	if err != nil {
		return err
	}
	at, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		return err
	}
	if title != v.title || strings.Contains(page, `class="good"`) != v.good || !strings.HasPrefix(at, "http://localhost:") {
		t.Errorf("at %s the browser shows %q, want %q:\n%s", at, title, v.title, page)
	}
	if strings.Contains(page, "sk-ant-") || strings.Contains(page, "<script") {
		t.Errorf("the page holds what it should not:\n%s", page)
	}
	return nil
}
