package provider

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"baton/oauthcore/secret"
)

func TestRefusals(t *testing.T) {
	invalidGrant := `{"error":"invalid_grant","error_description":"Refresh token not found or invalid"}`
	disabled := `{"error":"access_denied","error_description":"This organization has been disabled."}`
	tokenOps, queryOps := []string{opExchange, opRefresh, opRevoke}, []string{opProfile, opUsage}
	all := append(append([]string{}, tokenOps...), queryOps...)
	tests := []struct {
		name   string
		ops    []string
		code   int
		body   string
		kind   Kind
		sent   bool // for token operations
		suffix string
	}{
		{"dead login", tokenOps, 400, invalidGrant, ErrInvalidGrant, false, ": Refresh token not found or invalid"},
		{"dead login, 401", tokenOps, 401, invalidGrant, ErrInvalidGrant, false, ""},
		{"dead login in the API's own form", tokenOps, 400, `{"type":"error","error":{"type":"invalid_grant","message":"No."}}`, ErrInvalidGrant, false, ": No"},
		{"client refused", tokenOps, 401, `{"error":"invalid_client"}`, ErrInvalidClient, false, "(HTTP 401)"},
		{"client not allowed this", tokenOps, 400, `{"error":"unauthorized_client"}`, ErrInvalidClient, false, ""},
		{"scope refused", tokenOps, 400, `{"error":"invalid_scope"}`, ErrRefused, false, "(HTTP 400)"},
		{"400 without a reason", tokenOps, 400, ``, ErrRefused, false, "(HTTP 400)"},
		{"400 of a firewall", tokenOps, 400, `<html>`, ErrRejected, false, "(HTTP 400)"},
		{"403 of a firewall", tokenOps, 403, "\n<html>invalid_grant</html>", ErrRejected, false, "(HTTP 403)"},
		{"code of the wrong type", tokenOps, 400, `{"error":["invalid_grant"]}`, ErrRefused, false, "(HTTP 400)"},
		{"organization disabled, 400", tokenOps, 400, `{"error":"invalid_request","error_description":"This organization has been disabled."}`, ErrRefused, false, "(HTTP 400): This organization has been disabled"},
		{"organization disabled, 401", tokenOps, 401, disabled, ErrRefused, false, "(HTTP 401): This organization has been disabled"},
		{"organization disabled, 403", tokenOps, 403, disabled, ErrRefused, false, "(HTTP 403): This organization has been disabled"},
		{"organization disabled, 404", tokenOps, 404, disabled, ErrRefused, false, "(HTTP 404): This organization has been disabled"},
		{"refused in the API's own form", tokenOps, 403, `{"type":"error","error":{"type":"permission_error","message":"Not here."}}`, ErrRefused, false, "(HTTP 403): Not here"},
		{"refused in plain text", tokenOps, 403, "\r\n Not here.\nRay 7", ErrRefused, false, "(HTTP 403): Not here"},
		{"JSON cut short", tokenOps, 403, `{"error":"access_den`, ErrRefused, false, "(HTTP 403)"},
		{"a token in plain text", tokenOps, 403, "no " + testRefresh, ErrRefused, false, "(HTTP 403)"},
		{"not found", tokenOps, 404, `{}`, ErrRefused, false, "(HTTP 404)"},
		{"query not found", queryOps, 404, `{}`, ErrRejected, false, ""},
		{"payment required", all, 402, `{}`, ErrRejected, false, ""},
		{"method not allowed", all, 405, `{}`, ErrRejected, false, ""},
		{"other refusal", all, 422, `{}`, ErrRejected, false, ""},
		{"slow down", all, 429, invalidGrant, ErrRateLimited, false, ""},
		{"server error", all, 500, ``, ErrServer, false, ""},
		{"a gateway's word on grants proves nothing", all, 502, invalidGrant, ErrServer, true, ""},
		{"unavailable", all, 503, `x`, ErrServer, false, ""},
		{"a gateway that gave up waiting", all, 504, ``, ErrServer, true, ""},
		{"just below the unregistered gateway statuses", all, 519, ``, ErrServer, false, ""},
		{"a gateway without a usable answer", all, 520, "error code: 520", ErrServer, true, "(HTTP 520): error code: 520"},
		{"a gateway whose server is down", all, 521, ``, ErrServer, true, ""},
		{"a gateway whose connection timed out", all, 522, ``, ErrServer, true, ""},
		{"a gateway without a route", all, 523, ``, ErrServer, true, ""},
		{"a gateway whose server took too long", all, 524, `<html>`, ErrServer, true, "(HTTP 524)"},
		{"a gateway that agreed on no TLS", all, 525, ``, ErrServer, false, ""},
		{"overloaded", all, 529, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`, ErrServer, false, ": Overloaded"},
		{"access token refused", queryOps, 401, `{"type":"error","error":{"type":"authentication_error","message":"OAuth token has expired."}}`, ErrUnauthorized, false, ": OAuth token has expired"},
		{"access token not enough", queryOps, 403, ``, ErrUnauthorized, false, "(HTTP 403)"},
		{"account refused, query", queryOps, 403, disabled, ErrUnauthorized, false, "(HTTP 403): This organization has been disabled"},
		{"account refused, query, the API's own form", queryOps, 403, `{"type":"error","error":{"type":"permission_error","message":"This organization has been disabled."}}`, ErrUnauthorized, false, ": This organization has been disabled"},
		{"no grants on queries", queryOps, 400, invalidGrant, ErrRejected, false, ""},
		{"a proxy's own refusal", all, 407, ``, ErrNetwork, false, ""},
		{"request came too slowly", all, 408, ``, ErrLost, true, ""},
		{"not modified", all, 304, ``, ErrLost, true, ""},
	}
	for _, test := range tests {
		for _, op := range test.ops {
			t.Run(test.name+"/"+op, func(t *testing.T) {
				server := serve(t, status(test.code, nil, test.body))
				err := operations(clientOf(t, server.URL, Options{}))[op](t.Context())
				wantKind(t, err, test.kind, test.code)
				if !strings.HasPrefix(err.Error(), op+": ") || !strings.HasSuffix(err.Error(), test.suffix) {
					t.Errorf("says %q", err)
				}
				if want := test.sent && op != opProfile && op != opUsage; Sent(err) != want {
					t.Errorf("Sent is %t", Sent(err))
				}
				if n := len(server.requests()); n != 1 {
					t.Errorf("%d requests", n)
				}
			})
		}
	}
}

func TestRedirectsAreRefused(t *testing.T) {
	for _, code := range []int{301, 302, 303, 307, 308} {
		elsewhere := serve(t, status(http.StatusOK, nil, `{"access_token":"TEST"}`))
		server := serve(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+"/v1/oauth/token", code)
		})
		for op, do := range operations(clientOf(t, server.URL, Options{})) {
			wantKind(t, do(t.Context()), ErrLost, code)
			if n := len(elsewhere.requests()); n != 0 {
				t.Fatalf("%s followed a %d", op, code)
			}
		}
	}
}

func TestRetryAfter(t *testing.T) {
	tests := []struct {
		header string
		want   time.Duration
	}{
		{"", 0},
		{"0", 0},
		{"120", 2 * time.Minute},
		{" 7 ", 7 * time.Second},
		{"-5", 0},
		{"99999999999999999999999", maxRetryAfter},
		{"-99999999999999999999999", 0},
		{"9223372036854775807", maxRetryAfter},
		{"soon", 0},
		{"1.5", 0},
		{fixedNow().Add(90 * time.Second).Format(http.TimeFormat), 90 * time.Second},
		{fixedNow().Add(-time.Hour).Format(http.TimeFormat), 0},
		{fixedNow().Add(100 * 365 * 24 * time.Hour).Format(http.TimeFormat), maxRetryAfter},
	}
	for _, test := range tests {
		for _, code := range []int{429, 503} {
			t.Run(fmt.Sprint(code, " ", test.header), func(t *testing.T) {
				server := serve(t, status(code, map[string]string{"Retry-After": test.header}, `{}`))
				_, err := clientOf(t, server.URL, Options{Now: fixedNow}).Usage(t.Context(), secret.New(testAccess))
				if e := err.(*Error); e.RetryAfter != test.want {
					t.Errorf("got %v, want %v", e.RetryAfter, test.want)
				}
			})
		}
	}
}

func TestDescriptions(t *testing.T) {
	tests := []struct {
		name string
		says string
		want string
	}{
		{"plain", "Invalid code", "Invalid code"},
		{"one line, no full stop", " Invalid\r\n\tcode. ", "Invalid code"},
		{"colours and bells", "a\x1b[31mb\ac\u009bd", "a[31mbcd"},
		{"bidirectional marks", "a\u202eb\u2066c\u200d", "abc"},
		{"a token", "token " + testRefresh + " is spent", ""},
		{"a token in capitals", "SK-ANT-ORT01-TEST", ""},
		{"a token kept apart by what is dropped", "sk-\u200bant-ort01-TEST", ""},
		{"the code", "no such code: " + testCode, ""},
		{"the verifier's beginning", "verifier " + testVerifier[:20] + "… does not match", ""},
		{"long", strings.Repeat("é", 500), strings.Repeat("é", 199) + "…"},
		{"just fits", strings.Repeat("é", 200), strings.Repeat("é", 200)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			body := fmt.Sprintf(`{"error":"invalid_grant","error_description":%s}`, quote(test.says))
			server := serve(t, status(400, nil, body))
			_, err := clientOf(t, server.URL, Options{}).Exchange(t.Context(), testExchange())
			wantKind(t, err, ErrInvalidGrant, 400)
			if e := err.(*Error); e.Description != test.want {
				t.Errorf("got %q, want %q", e.Description, test.want)
			}
		})
	}
}

func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// shown checks what any description must be.
func shown(t *testing.T, s string) {
	t.Helper()
	if utf8.RuneCountInString(s) > maxDescription || strings.Contains(strings.ToLower(s), tokenMark) || !utf8.ValidString(s) {
		t.Fatalf("unfit: %q", s)
	}
	for _, r := range s {
		if !unicode.IsPrint(r) {
			t.Fatalf("unfit: %q", s)
		}
	}
}

func FuzzDescribe(f *testing.F) {
	f.Add("sk-\u200bant-x", "secret")
	f.Add(strings.Repeat("x", 300), "")
	f.Fuzz(func(t *testing.T, says, hidden string) {
		got := Words(says, []secret.Secret{secret.New(hidden)})
		shown(t, got)
		if hidden != "" && strings.Contains(got, hidden) {
			t.Fatalf("%q repeats %q", got, hidden)
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("120")
	f.Add("Sun, 17 May 2026 12:01:00 GMT")
	f.Fuzz(func(t *testing.T, header string) {
		if got := retryAfter(header, fixedNow()); got < 0 || got > maxRetryAfter {
			t.Fatalf("%q gave %v", header, got)
		}
	})
}
