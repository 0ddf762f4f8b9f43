package login

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
)

func TestPaste(t *testing.T) {
	tests := []struct {
		name  string
		paste string // {state} stands for the right one
		want  error  // nil: taken
	}{
		{"as it is shown", testCode + "#{state}", nil},
		{"blanks around", "  " + testCode + "#{state}\r\n", nil},
		{"broken by a terminal", "TESTcode-\n0123456789#\n{state}", nil},
		{"quoted", "\"" + testCode + "#{state}\"", nil},
		{"the whole address", "https://platform.claude.com/oauth/code/callback?code=" + testCode + "&state={state}", nil},
		{"the loopback's address", "HTTP://localhost:4711/callback?state={state}&code=" + testCode, nil},
		{"empty", " ", ErrPaste},
		{"quotes alone", `""`, ErrPaste},
		{"code alone", testCode, ErrPaste},
		{"no state", testCode + "#", ErrPaste},
		{"no code", "#{state}", ErrPaste},
		{"too much", testCode + "#{state}#x", ErrPaste},
		{"another script", testCode + "é#{state}", ErrPaste},
		{"control characters", testCode + "\x1b#{state}", ErrPaste},
		{"too long", strings.Repeat("x", maxPaste) + "#{state}", ErrPaste},
		{"address without a code", "https://provider.example/?state={state}", ErrPaste},
		{"address that cannot be read", "https://provider.example:TESTcode-0123456789/", ErrPaste},
		{"the login address itself", "https://provider.example/oauth/authorize?code=true&response_type=code", ErrPaste},
		{"wrong state", testCode + "#wrong", ErrState},
		{"wrong state in an address", "https://provider.example/?code=" + testCode + "&state=wrong", ErrState},
		{"declined", "https://provider.example/?error=access_denied&state={state}", ErrDenied},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, _ := start(t, Options{Paste: true})
				if got := query(t, f).Get("redirect_uri"); got != "https://provider.example/oauth/code/callback" {
					t.Errorf("redirect %q", got)
				}
				err := f.Paste(strings.ReplaceAll(test.paste, "{state}", f.state))
				if errors.Is(test.want, ErrDenied) {
					if err != nil {
						t.Fatal(err)
					}
					if _, err := f.Wait(t.Context()); !errors.Is(err, ErrDenied) {
						t.Errorf("got %v", err)
					}
					return
				}
				if !errors.Is(err, test.want) {
					t.Fatalf("got %v", err)
				}
				if err != nil {
					if strings.Contains(err.Error(), testCode) || strings.Contains(err.Error(), f.state) {
						t.Errorf("the error repeats what was pasted: %v", err)
					}
					// It goes on: the next try may be right.
					if err := f.Paste(testCode + "#" + f.state); err != nil {
						t.Fatal(err)
					}
				}
				code, err := f.Wait(t.Context())
				if err != nil || code.Code.Reveal() != testCode || code.State != f.state || code.RedirectURI != "https://provider.example/oauth/code/callback" {
					t.Errorf("got %+v, %v", code, err)
				}
			})
		})
	}
}

// Every printable ASCII character may stand in a code, and a text of maxPaste
// bytes is not too long.
func TestPasteAtTheLimits(t *testing.T) {
	for _, code := range []string{"!~", strings.Repeat("x", maxPaste-len("#state"))} {
		if a, err := parsePaste(code + "#state"); err != nil || a.code.Reveal() != code || a.state != "state" {
			t.Errorf("%d bytes: %v", len(code), err)
		}
	}
}

// Where the browser cannot reach the listener, its address bar holds the code.
func TestPasteBesideTheListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, p := start(t, Options{Finish: func(context.Context, Code) (string, error) { return "a@example.com", nil }})
		address := callbackOf(t, f, "code="+testCode)
		if err := f.Paste(address); err != nil {
			t.Fatal(err)
		}
		if err := f.Paste(address); !errors.Is(err, ErrDone) {
			t.Errorf("the second gives %v", err)
		}
		code, err := f.Wait(t.Context())
		if err != nil || code.RedirectURI != base+"/callback" {
			t.Errorf("got %+v, %v", code, err)
		}
		if r := p.browse(t, "GET", address, ""); !strings.Contains(r.body, "done already") {
			t.Errorf("the browser got %s", r.body)
		}
	})
}

// Finish's error is Wait's, not Paste's.
func TestPasteFinishFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failed := errors.New("no")
		f, _ := start(t, Options{Paste: true, Finish: func(context.Context, Code) (string, error) { return "", failed }})
		if err := f.Paste(testCode + "#" + f.state); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Wait(t.Context()); !errors.Is(err, failed) {
			t.Errorf("got %v", err)
		}
		if err := f.Paste(testCode + "#" + f.state); !errors.Is(err, failed) {
			t.Errorf("pasting afterwards gives %v", err)
		}
	})
}

func FuzzPaste(f *testing.F) {
	f.Add("CODE#STATE")
	f.Add("http://localhost:1/callback?code=a&state=b")
	f.Add("https://x/?error=access_denied&state=b#c")
	f.Add("https://x/?error=access_denied&code=a&state=b")
	f.Fuzz(func(t *testing.T, text string) {
		a, err := parsePaste(text)
		if err != nil {
			if !errors.Is(err, ErrPaste) || a != (answer{}) {
				t.Fatalf("got %v, %v", a, err)
			}
			return
		}
		if a.state == "" || (a.code.Empty() == (a.denied == nil)) {
			t.Fatalf("%q gave code %q, state %q, %v", text, a.code.Reveal(), a.state, a.denied)
		}
	})
}
