//go:build !js

package app

import (
	"fmt"
	"html"
	"os"
	"path/filepath"

	"baton/app/openurl"
)

// openLink has the browser open the link without its secret being in anybody's
// command line, where every user of the machine could read it: what is opened
// is a file of the person's own that sends the browser on. forget takes the
// file away again.
func openLink(link string) (forget func(), err error) {
	dir, err := os.MkdirTemp(os.Getenv("XDG_RUNTIME_DIR"), "baton-link-*") // 0700
	if err != nil {
		return func() {}, err
	}
	forget = func() { _ = os.RemoveAll(dir) } // its secret is used up or the server is gone
	path := filepath.Join(dir, "open.html")
	page := fmt.Sprintf("<!doctype html>\n<meta charset=\"utf-8\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"+
		"<meta http-equiv=\"refresh\" content=\"0;url=%s\">\n<title>Baton</title>\n", html.EscapeString(link))
	if err := os.WriteFile(path, []byte(page), 0o600); err != nil {
		return forget, err
	}
	return forget, openurl.New(os.LookupEnv).OpenFile(path)
}
