package provider

import (
	"net/http"
	"strings"
	"testing"

	"baton/oauthcore/secret"

	"github.com/tidwall/gjson"
)

// RFC 6750 §2.1: only visible ASCII stands in the header.
func TestWhichTokensAreSent(t *testing.T) {
	for token, want := range map[string]bool{"!": true, "~": true, "a!~": true, "": false, "a b": false, "a\x7f": false, "a\n": false, "é": false} {
		if got := sendableBearer(secret.New(token)); got != want {
			t.Errorf("%q: %v", token, got)
		}
	}
}

// An answer may be as long as maxBody, and not longer.
func TestTheLongestAnswer(t *testing.T) {
	object := func(length int) []byte { return []byte(`{"x":"` + strings.Repeat("x", length-len(`{"x":""}`)) + `"}`) }
	if _, ok := jsonObject(object(maxBody)); !ok {
		t.Error("an answer of maxBody is refused")
	}
	if _, ok := jsonObject(object(maxBody + 1)); ok {
		t.Error("a longer one is taken")
	}
}

// What its label or its first character says is a page.
func TestPages(t *testing.T) {
	for _, tt := range []struct {
		label, body string
		want        bool
	}{
		{"text/html", "", true},
		{"text/html; charset=utf-8", "x", true},
		{"text/html; charset", "x", false}, // no such label
		{"application/json", "{}", false},
		{"application/json", " \n<p>", true},
		{"", "", false},
	} {
		resp := &http.Response{Header: http.Header{"Content-Type": {tt.label}}}
		if got := isPage(resp, []byte(tt.body)); got != tt.want {
			t.Errorf("%q, %q: %v", tt.label, tt.body, got)
		}
	}
}

// Every answer outside 200 to 299 is a refusal.
func TestStatusesOfAnAnswer(t *testing.T) {
	for code, taken := range map[int]bool{200: true, 299: true, 300: false, 400: false} {
		r := serve(t, status(code, nil, "{}"))
		if err := clientOf(t, r.URL, Options{}).Revoke(t.Context(), secret.New(testRefresh)); (err == nil) != taken {
			t.Errorf("%d: %v", code, err)
		}
	}
}

// A number is a Unix time in seconds or, from the year 5138 on, in milliseconds.
func TestMomentsAtTheLimits(t *testing.T) {
	for raw, want := range map[string]int64{ // in milliseconds, 0 for none
		"0": 0, "-1": 0, "0.5": 500, "99999999999": 99999999999000, "100000000000": 100000000000, "99999999999999": 99999999999999, "100000000000000": 0,
	} {
		got := moment(gjson.Parse(raw))
		if want == 0 && !got.IsZero() || want != 0 && got.UnixMilli() != want {
			t.Errorf("%s: %v", raw, got)
		}
	}
}
