package login

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// hardened checks what every answer of the listener must say.
func hardened(t *testing.T, r reply) {
	t.Helper()
	for name, want := range map[string]string{
		"Cache-Control":                "no-store",
		"Referrer-Policy":              "no-referrer",
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
	} {
		if r.header.Get(name) != want {
			t.Errorf("%s is %q", name, r.header.Get(name))
		}
	}
	kind := "text/plain; charset=utf-8"
	if strings.HasPrefix(r.body, "<!doctype html>") {
		kind = "text/html; charset=utf-8"
	}
	if got := r.header.Get("Content-Type"); got != kind {
		t.Errorf("Content-Type %q, want %q", got, kind)
	}
	if !strings.HasPrefix(r.header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("policy %q", r.header.Get("Content-Security-Policy"))
	}
	if !r.closed {
		t.Error("the connection is kept")
	}
}

// The page brings all it needs: no script, no image, no other address.
func TestPageIsSelfContained(t *testing.T) {
	w := httptest.NewRecorder()
	page{Good: true, Title: "Signed in", Next: "Close it."}.write(w, 200)
	body := w.Body.String()
	for _, banned := range []string{"<script", "<img", "<link", "src=", "href=", "url(", "http:", "https:", " style=", " on"} {
		if strings.Contains(strings.ReplaceAll(body, " only", ""), banned) {
			t.Errorf("the page holds %q", banned)
		}
	}
	for _, wanted := range []string{"color-scheme:light dark", "prefers-color-scheme:dark", `lang="en"`, "viewport", "<title>Signed in – Baton</title>"} {
		if !strings.Contains(body, wanted) {
			t.Errorf("the page lacks %q", wanted)
		}
	}
}

// The policy's hash is that of the style as the browser reads it.
func TestPolicyFitsTheStyle(t *testing.T) {
	w := httptest.NewRecorder()
	page{Title: "x"}.write(w, 200)
	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(w.Body.String())
	if len(style) != 2 || style[1] != pageStyle {
		t.Fatalf("the style was changed on its way: %q", style)
	}
	if strings.Contains(pageStyle, "\r") {
		t.Error("browsers read line ends otherwise than the hash does")
	}
}

func TestPresentable(t *testing.T) {
	tests := []struct{ give, want string }{
		{"", ""},
		{" a \n b\tc ", "a b c"},
		{"a\x00b\u202ec\xff", "abc"},
		{"got SK-ANT-oat01-TEST", ""},
		{strings.Repeat("é", 300), strings.Repeat("é", 300)},
		{strings.Repeat("é", 301), strings.Repeat("é", 299) + "…"},
		{strings.Repeat("é", 400), strings.Repeat("é", 299) + "…"},
	}
	for _, test := range tests {
		if got := presentable(test.give); got != test.want {
			t.Errorf("%q gives %q", test.give, got)
		}
	}
}

func TestSentence(t *testing.T) {
	tests := []struct{ give, want string }{
		{"", ""},
		{"it failed", "It failed."},
		{"Done.", "Done."},
		{"why?", "Why?"},
		{"élan", "Élan."},
	}
	for _, test := range tests {
		if got := sentence(test.give); got != test.want || !utf8.ValidString(got) {
			t.Errorf("%q gives %q", test.give, got)
		}
	}
}
