package provider

import (
	"net/http"
	"testing"

	"baton/oauthcore/secret"
)

// A web page that a hotel network or a firewall answers with is no proof that a
// login was ended, however it is labelled.
func TestAWebPageEndsNoLogin(t *testing.T) {
	for name, header := range map[string]string{
		"html":       "text/html; charset=utf-8",
		"xhtml":      "application/xhtml+xml",
		"plain text": "text/plain",
		"no type":    "",
		"broken":     "text/html; charset",
	} {
		r := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = nil
			if header != "" {
				w.Header().Set("Content-Type", header)
			}
			_, _ = w.Write([]byte("<!DOCTYPE html><html><body>Please sign in to the hotel's network</body></html>"))
		})
		if err := clientOf(t, r.URL, Options{}).Revoke(t.Context(), secret.New(testRefresh)); err == nil {
			t.Errorf("%s: a web page counts as a revocation", name)
		}
	}
}
