//go:build !js

package app_test

import (
	"context"
	"os"
	"path/filepath"
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
		return string(body), err
	}
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
