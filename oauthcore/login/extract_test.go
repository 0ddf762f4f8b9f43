package login

import (
	"net/url"
	"strings"
	"testing"
)

func TestExtractLoginURL(t *testing.T) {
	const want = "http://localhost:3001/oauth/authorize"
	tests := []struct {
		name string
		text string
		want string // "" for none
	}{
		{"huskies' message", "OAuth token expired. Please log in: http://localhost:3001/oauth/authorize", want},
		{"another port", "Please log in: http://localhost:8765/oauth/authorize", "http://localhost:8765/oauth/authorize"},
		{"no port", "Please log in: http://localhost/oauth/authorize", "http://localhost/oauth/authorize"},
		{"https", "see https://claude.com/cai/oauth/authorize?code=true&state=a_-", "https://claude.com/cai/oauth/authorize?code=true&state=a_-"},
		{"full stop", "Log in at http://localhost:3001/oauth/authorize.", want},
		{"much punctuation", "Log in (http://localhost:3001/oauth/authorize)?!…", want},
		{"double quotes", `{"error":"log in: \"http://localhost:3001/oauth/authorize\""}`, want},
		{"single quotes", "'http://localhost:3001/oauth/authorize'", want},
		{"backquotes", "`http://localhost:3001/oauth/authorize`", want},
		{"typographic quotes", "“http://localhost:3001/oauth/authorize”", want},
		{"angle brackets", "<http://localhost:3001/oauth/authorize>", want},
		{"square brackets", "[http://localhost:3001/oauth/authorize],", want},
		{"Markdown", "[log in](http://localhost:3001/oauth/authorize) or **http://localhost:1/**", want},
		{"brackets of its own", "http://localhost/oauth/authorize?x=(1)", "http://localhost/oauth/authorize?x=(1)"},
		{"opened and left", "http://localhost:3001/oauth/authorize(", want},
		{"full-width stop", "请登录：http://localhost:3001/oauth/authorize。谢谢", want},
		{"IPv6", "http://[::1]:3001/oauth/authorize", "http://[::1]:3001/oauth/authorize"},
		{"capitals", "HTTP://localhost:3001/oauth/authorize", "HTTP://localhost:3001/oauth/authorize"},
		{"colours", "\x1b[31mlog in: \x1b[1;4mhttp://localhost:3001/oauth/authorize\x1b[0m", want},
		{"colours within", "http://\x1b[1mlocalhost:3001\x1b[22m/oauth/authorize", want},
		{"reset by tput", "\x1b(Bhttp://localhost:3001/oauth/authorize\x1b(B\x1b[m", want},
		{"hyperlink", "\x1b]8;id=1;http://localhost:3001/oauth/authorize\x1b\\log in\x1b]8;;\x1b\\", want},
		{"hyperlink ended by bells", "\x1b]8;;http://localhost:3001/oauth/authorize\alog in\x1b]8;;\a", want},
		{"title before", "\x1b]0;http://localhost:1/oauth/authorize\ahttp://localhost:3001/oauth/authorize", want},
		{"sequence never ended", "http://localhost:3001/oauth/authorize \x1b[", want},
		{"title never ended", "http://localhost:3001/oauth/authorize \x1b]0;x", want},
		{"escape at the end", "http://localhost:3001/oauth/authorize\x1b", want},
		{"title ended by the line", "\x1b]0;x\nhttp://localhost:3001/oauth/authorize", want},
		{"cursor shown before", "\x1b[?25h\x1b[2 qhttp://localhost:3001/oauth/authorize", want},
		{"sequence ended by the line", "\x1b[\nhttp://localhost:3001/oauth/authorize", want},
		{"another sequence than a hyperlink", "\x1b]52;c;http://localhost:1/oauth/authorize\ahttp://localhost:3001/oauth/authorize", want},
		{"hyperlink without an address", "\x1b]8;\ahttp://localhost:3001/oauth/authorize", want},
		{"title ended by a string terminator", "\x1b]0;x\x1b\\http://localhost:3001/oauth/authorize", want},
		{"backslash within a title", "\x1b]0;C:\\ http://localhost:1/oauth/authorize\ahttp://localhost:3001/oauth/authorize", want},
		{"escape within a title", "\x1b]0;x\x1b http://localhost:1/oauth/authorize\ahttp://localhost:3001/oauth/authorize", want},
		{"escape at the end of a title", "http://localhost:3001/oauth/authorize \x1b]0;x\x1b", want},
		{"delete character after", "http://localhost:3001/oauth/authorize\x7fx", want},
		{"first control character beyond ASCII after", "http://localhost:3001/oauth/authorize\u0080x", want},
		{"square brackets of its own", "http://localhost/oauth/authorize?x=[1]", "http://localhost/oauth/authorize?x=[1]"},
		{"digits of another script", "http://localhost:3001/oauth/authorize٣", ""},
		{"login preferred", "Docs: https://docs.example/help. Log in: http://localhost:3001/oauth/authorize", want},
		{"first login preferred", "http://localhost:3001/oauth/authorize http://localhost:1/oauth/authorize", want},
		{"in the query does not count", "https://a.example/?u=/oauth/authorize http://localhost:3001/oauth/authorize", want},
		{"any address at least", "Log in: https://a.example/login, then https://b.example", "https://a.example/login"},
		{"none", "OAuth token expired.", ""},
		{"empty", "", ""},
		{"scheme alone", "http:// https://", ""},
		{"scheme and marks", "http://...", ""},
		{"another scheme", "ftp://localhost/oauth/authorize javascript:alert(1) file:///oauth/authorize", ""},
		{"tail of another scheme", "git+https://a.example/x xhttp://a.example/oauth/authorize", ""},
		{"user name to mislead", "http://localhost:3001@evil.example/oauth/authorize", ""},
		{"look-alike letters", "http://lоcalhost/oauth/authorize", ""},
		{"port of nothing", "http://localhost:0/oauth/authorize http://localhost:99999/ http://localhost:x/", ""},
		{"no host", "http://:3001/oauth/authorize", ""},
		{"bad one, then a good one", "http://a@b/oauth/authorize http://localhost:3001/oauth/authorize", want},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := ExtractLoginURL(test.text)
			if got != test.want || ok != (test.want != "") {
				t.Errorf("got %q, %t", got, ok)
			}
		})
	}
}

// A scheme is not one where a character before it belongs to it too (RFC 3986
// §3.1), and is one after any other.
func TestSchemeAfterACharacter(t *testing.T) {
	const address = "http://localhost:3001/oauth/authorize"
	for _, before := range "+-.09AZaz" {
		if got, ok := ExtractLoginURL(string(before) + address); ok {
			t.Errorf("after %q: %q", before, got)
		}
	}
	for _, before := range "*,/:@[`{|~_" {
		if got, _ := ExtractLoginURL(string(before) + address); got != address {
			t.Errorf("after %q: %q", before, got)
		}
	}
}

func FuzzExtractLoginURL(f *testing.F) {
	for _, text := range []string{
		"Please log in: http://localhost:3001/oauth/authorize",
		"\x1b]8;;https://a.example\x1b\\x\x1b]8;;\x1b\\ \x1b(B",
		"(http://[::1]:1/)...] https://é http://u@h",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := ExtractLoginURL(text)
		if ok != (got != "") {
			t.Fatalf("%q, %t", got, ok)
		}
		if !ok {
			return
		}
		u, err := url.Parse(got)
		if err != nil || u.Hostname() == "" || u.User != nil || (u.Scheme != "http" && u.Scheme != "https") {
			t.Fatalf("%q is no address: %v", got, err)
		}
		for _, b := range []byte(got) {
			if b <= ' ' || b > '~' {
				t.Fatalf("%q holds %#x", got, b)
			}
		}
		if again, _ := ExtractLoginURL(got); again != got {
			t.Fatalf("%q found in %q", again, got)
		}
		if again, _ := ExtractLoginURL("log in: " + got + "."); again != got {
			t.Fatalf("%q found in a sentence with %q", again, got)
		}
		if !strings.Contains(stripEscapes(text), got) {
			t.Fatalf("%q is not in %q", got, text)
		}
	})
}
