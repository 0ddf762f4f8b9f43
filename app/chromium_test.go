//go:build !js

package app_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// chromium starts a browser without a window, with a new profile, that reaches
// nothing but this machine, and gives the context to drive it with. It ends
// with the test.
func chromium(t *testing.T, more ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	need(t, "chromium")
	options := append(
		chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("chromium"),
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"),
		chromedp.WindowSize(1000, 900),
	)
	options = append(options, more...)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	// The browser lives as long as the context of its first action.
	ctx, cancel := context.WithTimeout(context.Background(), 3*hangs)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("the browser does not start: %v", err)
	}
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Errorf("the browser did not end: %v", err)
		}
	})
	return ctx
}

// openedBy makes a folder with a program by which pkg/browser opens addresses
// on this system; it puts the address into a file instead. It gives the
// folder, for the search path, and a function that waits for the address.
func openedBy(t *testing.T) (bin string, address func(context.Context) (string, error)) {
	t.Helper()
	bin = t.TempDir()
	out := filepath.Join(bin, "address")
	script := "#!/bin/sh\necho 'noise of a browser'\nprintf %s \"$1\" >'" + out + ".part' && mv '" + out + ".part' '" + out + "'\n"
	if err := os.WriteFile(filepath.Join(bin, "xdg-open"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return bin, func(ctx context.Context) (string, error) {
		var body []byte
		err := until(ctx, func() (there bool) {
			var err error
			body, err = os.ReadFile(out)
			return err == nil
		})
		if err != nil {
			return "", err
		}
		return sentOn(ctx, string(body))
	}
}

// sentOn is where the link on an opener's command line leads on its one visit;
// a file's address stays.
func sentOn(ctx context.Context, link string) (string, error) {
	if !strings.HasPrefix(link, "http://127.0.0.1:") || strings.Contains(link, "?") {
		return link, nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultTransport.RoundTrip(req) // follows nothing
	if err != nil {
		return "", err
	}
	return resp.Header.Get("Location"), resp.Body.Close()
}

// shot saves what the page looks like, for people (go test -artifacts).
func shot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Errorf("no picture of %s: %v", name, err)
		return
	}
	if err := os.WriteFile(filepath.Join(t.ArtifactDir(), name+".png"), png, 0o600); err != nil {
		t.Error(err)
	}
}
