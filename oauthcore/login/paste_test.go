package login

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
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
		{"wrapped in the code", "TESTcode-\r\n0123456789#{state}\r\n", nil},
		{"wrapped in many lines", "\n\n TEST\n  code-\n\n0123\n456789\n#\n{state}\n\n", nil},
		{"carriage returns alone", "\rTESTcode-\r0123456789#{state}\r", nil},
		{"no-break spaces", "\u00a0TESTcode-\u00a00123456789#\u202f{state}\u3000", nil},
		{"invisible characters", "\ufeffTESTcode-\u200b01234\u00ad56789\u2060#\u200d{state}\u200e\ufe0f", nil},
		{"bracketed paste", "\x1b[200~" + testCode + "#{state}\x1b[201~", nil},
		{"bracketed paste over lines", "\x1b[200~TESTcode-\n0123456789#{state}\n\x1b[201~\n", nil},
		{"bracketed paste without escape", "[200~" + testCode + "#{state}[201~", nil},
		{"bracketed paste as shown", "^[[200~" + testCode + "#{state}^[[201~", nil},
		{"colors", "\x1b[1;32m" + testCode + "#{state}\x1b[0m", nil},
		{"typographic quotes", "“" + testCode + "#{state}”", nil},
		{"Markdown", "`" + testCode + "#{state}`", nil},
		{"full stop behind it", testCode + "#{state}.", nil},
		{"lines around it", "$ baton login --paste\n" + testCode + "#{state}\n$ ", nil},
		{"wrapped, a line behind it", "TESTcode-\n0123456789#{state}\nPaste this into Claude Code\n", nil},
		{"# encoded", testCode + "%23{state}", nil},
		{"address without scheme", "platform.claude.com/oauth/code/callback?code=" + testCode + "&state={state}", nil},
		{"host and port alone", "localhost:4711/callback?code=" + testCode + "&state={state}", nil},
		{"path and query", "/callback?code=" + testCode + "&state={state}", nil},
		{"query with its mark", "?code=" + testCode + "&state={state}", nil},
		{"query alone", "code=" + testCode + "&state={state}", nil},
		{"query, state first", "state={state}&code=" + testCode, nil},
		{"state first, wrapped in the code", "state={state}&code=TESTcode-\n0123456789", nil},
		{"code in the query, state behind #", "https://provider.example/cb?code=" + testCode + "#{state}", nil},
		{"address in the fragment", "https://provider.example/cb#code=" + testCode + "&state={state}", nil},
		{"address with an empty fragment", "https://provider.example/cb?code=" + testCode + "&state={state}#", nil},
		{"address from HTML", "https://provider.example/cb?code=" + testCode + "&amp;state={state}", nil},
		{"address in brackets", "<https://provider.example/cb?code=" + testCode + "&state={state}>", nil},
		{"address wrapped", "https://provider.exa\n  mple/cb?co\n  de=" + testCode + "&sta\n  te={state}", nil},
		{"quoted by a mail program", "> TESTcode-\n> 0123456789#{state}", nil},
		{"in a box of a terminal program", "│ TESTcode-      │\n│ 0123456789#{state} │", nil},
		{"behind words on one line", "Your code: " + testCode + "#{state}", nil},
		{"in a sentence", "the code is " + testCode + "#{state}, paste it", nil},
		{"twice in one line", testCode + "#{state}" + testCode + "#{state}", nil},
		{"twice in one line, with a blank", testCode + "#{state} " + testCode + "#{state}", nil},
		{"a terminal's link", "\x1b]8;;https://x.example\x1b\\" + testCode + "#{state}\x1b]8;;\x1b\\", nil},
		{"with the shell's percent sign", testCode + "#{state}%", nil},
		{"the address encoded as a whole", "https%3A%2F%2Fplatform.claude.com%2Foauth%2Fcode%2Fcallback%3Fcode%3D" + testCode + "%26state%3D{state}", nil},
		{"as a JSON string", `{"code":"` + testCode + `","state":"{state}"}`, nil},
		{"continued with a backslash", "TESTcode-\\\n0123456789#{state}", nil},
		{"with quoted-printable's breaks", "TESTcode-=\r\n0123456789#{state}", nil},
		{"a character a line", strings.Join(strings.Split(testCode, ""), "\n") + "#{state}", nil},
		{"full width number sign", testCode + "＃{state}", nil},
		{"an answer of JSON, state first", "{\n  \"state\": \"{state}\",\n  \"code\": \"" + testCode + "\"\n}", nil},
		{"lines before a sentence", "Log in\nhere is the code " + testCode + "#{state}, paste it", nil},
		{"the login address before it", "https://provider.example/oauth/authorize?code=true&code_challenge=x&state={state}\nPaste: " + testCode + "#{state} and press Enter", nil},
		{"a sentence, cut in the state", "the code is " + testCode + "#TESTstate, paste it", ErrState},
		{"a sentence, more behind the state", "the code is " + testCode + "#{state}x, paste it", ErrState},
		{"a sentence, a letter that no code has", "the code is TESTé0123456789#{state}, paste it", ErrPaste},
		{"a sentence, an arrow key", "the code is TESTc\x1b[D0123456789#{state}, paste it", ErrPaste},
		{"the login address, to be opened", "https://provider.example/oauth/authorize?code=true&response_type=code&code_challenge=x&state={state}", ErrPaste},
		{"address cut before the state", "https://provider.example/cb?code=" + testCode, ErrIncomplete},
		{"address cut in the path", "https://provider.exam", ErrIncomplete},
		{"two addresses", "https://a.example/?code=x&state=y\nhttps://a.example/?code=x&state=y", ErrPaste},
		{"a sentence before it", "Paste this into Baton:\n" + testCode + "#{state}", nil},
		{"escape alone", testCode + "\x1b#{state}", ErrPaste},
		{"arrow key", testCode + "\x1b[D#{state}", ErrPaste},
		{"backspace", testCode + "\x7f#{state}", ErrPaste},
		{"only marks", "\x1b[200~\x1b[201~", ErrIncomplete},
		{"empty", " ", ErrIncomplete},
		{"quotes alone", `""`, ErrIncomplete},
		{"code alone", testCode, ErrIncomplete},
		{"no state", testCode + "#", ErrIncomplete},
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

// Every character of a code is taken, and a text of maxPaste bytes is not too long.
func TestPasteAtTheLimits(t *testing.T) {
	for _, code := range []string{"a-._~+/=|*Z", strings.Repeat("x", maxPaste-len("#state"))} {
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

// A state that is cut may go on in the next line; a wrong one may not.
func TestPasteCutState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, _ := start(t, Options{Paste: true})
		defer f.Cancel()
		for cut := 1; cut < len(f.state); cut++ {
			if err := f.Paste(testCode + "#" + f.state[:cut]); !errors.Is(err, ErrIncomplete) {
				t.Fatalf("cut after %d: %v", cut, err)
			}
		}
		for _, text := range []string{testCode + "#x" + f.state[1:], testCode + "#" + f.state + "x"} {
			if err := f.Paste(text); !errors.Is(err, ErrState) || errors.Is(err, ErrIncomplete) {
				t.Errorf("got %v", err)
			}
		}
	})
}

// A pasted code the provider does not accept may have lost a character; the
// right one still counts.
func TestPasteAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []string
		f, p := start(t, Options{Timeout: time.Minute, Finish: func(_ context.Context, c Code) (string, error) {
			seen = append(seen, c.Code.Reveal())
			if c.Code.Reveal() != testCode {
				return "", errors.Join(ErrCode, errors.New("sorry"))
			}
			return "a@example.com", nil
		}})
		for range 3 {
			if err := f.Paste("x" + testCode + "#" + f.state); !errors.Is(err, ErrCode) {
				t.Fatalf("got %v", err)
			}
		}
		if r := p.browse(t, "GET", callbackOf(t, f, "code="+testCode), ""); !strings.Contains(r.body, "Signed in as a@example.com") {
			t.Errorf("the browser got %s", r.body)
		}
		if code, err := f.Wait(t.Context()); err != nil || code.Code.Reveal() != testCode || len(seen) != 4 {
			t.Errorf("got %v, %v", err, seen)
		}
	})
}

// A refused code that the browser brought ends the login: the browser was told.
func TestRefusedCallbackEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, p := start(t, Options{Finish: func(context.Context, Code) (string, error) { return "", ErrCode }})
		if r := p.browse(t, "GET", callbackOf(t, f, "code="+testCode), ""); !strings.Contains(r.body, "Not signed in") {
			t.Errorf("the browser got %s", r.body)
		}
		if _, err := f.Wait(t.Context()); !errors.Is(err, ErrCode) || f.Waiting() {
			t.Errorf("got %v", err)
		}
	})
}

// Waiting for another paste ends as any waiting does.
func TestPasteAgainEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		slow time.Duration // what Finish takes
		end  func(*Flow)
		want error
	}{
		{"time", 0, func(*Flow) { time.Sleep(2 * time.Minute) }, ErrTimeout},
		{"cancel", 0, (*Flow).Cancel, ErrCanceled},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, _ := start(t, Options{Paste: true, Timeout: time.Minute, Finish: func(context.Context, Code) (string, error) { return "", ErrCode }})
				if err := f.Paste("x#" + f.state); !errors.Is(err, ErrCode) {
					t.Fatalf("got %v", err)
				}
				c.end(f)
				if _, err := f.Wait(t.Context()); !errors.Is(err, c.want) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
	for _, late := range []time.Duration{0, 2 * time.Minute} { // canceled, or late, while the code is with the provider
		synctest.Test(t, func(t *testing.T) {
			var f *Flow
			f, _ = start(t, Options{Paste: true, Timeout: time.Minute, Finish: func(context.Context, Code) (string, error) {
				if late == 0 {
					f.Cancel()
				}
				time.Sleep(late)
				return "", ErrCode
			}})
			_ = f.Paste("x#" + f.state)
			if _, err := f.Wait(t.Context()); !errors.Is(err, ErrCode) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A browser that comes while a pasted code is with the provider waits, and is
// taken if that code is refused.
func TestBrowserDuringRefusedPaste(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		f, p := start(t, Options{Finish: func(_ context.Context, c Code) (string, error) {
			if c.Code.Reveal() != testCode {
				<-gate
				return "", ErrCode
			}
			return "a@example.com", nil
		}})
		go func() { _ = f.Paste("x#" + f.state) }()
		synctest.Wait()
		go func() {
			synctest.Wait()
			close(gate)
		}()
		if r := p.browse(t, "GET", callbackOf(t, f, "code="+testCode), ""); !strings.Contains(r.body, "Signed in as a@example.com") {
			t.Errorf("the browser got %s", r.body)
		}
	})
}

// Whatever a terminal or a mail program does to a code, it is read as it was.
func TestPasteDecorated(t *testing.T) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	invisible := []string{"", "", "", "", " ", "\t", "\n", "\r\n", "\u00a0", "\u200b", "\u2028", "\ufeff", "\u00ad", "\u034f", "\x1b[200~", "\x1b[201~", "\x1b[0m"}
	shapes := []string{"C#S", "https://p.example/cb?code=C&state=S", "p.example/cb?state=S&code=C", "code=C&state=S", "localhost:1/callback?code=C&state=S#"}
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.StringOfN(rapid.SampledFrom([]rune(alphabet)), 8, 60, -1).Draw(t, "code")
		state := rapid.StringOfN(rapid.SampledFrom([]rune(alphabet)), 43, 43, -1).Draw(t, "state")
		shape := rapid.SampledFrom(shapes).Draw(t, "shape")
		plain := strings.NewReplacer("C", code, "S", state).Replace(shape)
		var text strings.Builder
		for _, r := range plain {
			text.WriteString(rapid.SampledFrom(invisible).Draw(t, "between"))
			text.WriteRune(r)
		}
		f := &Flow{state: state}
		a, err := f.answerIn(text.String())
		if err != nil || a.code.Reveal() != code || a.state != state {
			t.Fatalf("%q gave %q, %v", text.String(), a.code.Reveal(), err)
		}
	})
}

func FuzzPaste(f *testing.F) {
	f.Add("CODE#STATE")
	f.Add("http://localhost:1/callback?code=a&state=b")
	f.Add("https://x/?error=access_denied&state=b#c")
	f.Add("https://x/?error=access_denied&code=a&state=b")
	f.Add("\x1b[200~co\nde=a#b\u200b\x1b[201~\n")
	f.Add("state=a&amp;code=%23b")
	f.Add("0#  !")
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
