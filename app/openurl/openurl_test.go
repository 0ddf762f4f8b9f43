//go:build !js

package openurl

import (
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"baton/app/backend"
)

const plainAddress = "https://provider.example/help"

// machine is what an opener finds: variables, programs, and how each ends.
type machine struct {
	env      map[string]string
	programs map[string]error // by name; a missing one is not there
	system   error
	ran      []string // command lines, "system ADDRESS" for the system's opener
}

func (m *machine) opener(t *testing.T) *Opener {
	t.Helper()
	o := New(func(name string) (string, bool) { v, ok := m.env[name]; return v, ok })
	o.goos, o.life = "linux", time.Minute
	o.lookPath = func(file string) (string, error) {
		if _, ok := m.programs[file]; !ok {
			return "", &exec.Error{Name: file, Err: exec.ErrNotFound}
		}
		return "/usr/bin/" + file, nil
	}
	o.run = func(argv []string) error {
		m.ran = append(m.ran, strings.Join(argv, "|"))
		err, ok := m.programs[argv[0]]
		if !ok {
			return &exec.Error{Name: argv[0], Err: exec.ErrNotFound}
		}
		return err
	}
	o.system = func(address string) error {
		m.ran = append(m.ran, "system|"+address)
		return m.system
	}
	return o
}

// exit is the error of a program that ended so.
func exit(t *testing.T, status string) error {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("not run: there is no sh")
	}
	err := exec.Command("sh", "-c", "exit "+status).Run()
	if err == nil {
		t.Fatal("sh ended well")
	}
	return err
}

func TestOpen(t *testing.T) {
	missing := &exec.Error{Name: "xdg-open,x-www-browser,www-browser", Err: exec.ErrNotFound}
	ssh := map[string]string{"SSH_CONNECTION": "192.0.2.1 5000 192.0.2.2 22"}
	with := func(env map[string]string, more ...string) map[string]string {
		out := map[string]string{}
		for k, v := range env {
			out[k] = v
		}
		for i := 0; i < len(more); i += 2 {
			out[more[i]] = more[i+1]
		}
		return out
	}
	for _, c := range []struct {
		name string
		m    machine
		ran  []string
		says string // "" for a browser that was started
	}{
		{"the system's", machine{}, []string{"system|A"}, ""},
		{"no opener", machine{system: missing}, []string{"system|A"}, "there is no program xdg-open"},
		{"opener fails", machine{system: exit(t, "3"), programs: map[string]error{"xdg-open": nil}}, []string{"system|A"}, "xdg-open ended with exit status 3"},
		{"second opener fails", machine{system: exit(t, "4"), programs: map[string]error{"www-browser": nil}}, []string{"system|A"}, "www-browser ended with exit status 4"},
		{"BROWSER first", machine{env: map[string]string{"BROWSER": "firefox"}, programs: map[string]error{"firefox": nil}}, []string{"firefox|A"}, ""},
		{"BROWSER set but empty", machine{env: map[string]string{"BROWSER": ""}}, []string{"system|A"}, ""},
		{"BROWSER of colons", machine{env: map[string]string{"BROWSER": ":: :"}}, []string{"system|A"}, ""},
		{"BROWSER's second", machine{
			env: map[string]string{"BROWSER": "gone:lame %s:works --new-window %s"}, programs: map[string]error{"lame": exit(t, "1"), "works": nil},
		}, []string{"gone|A", "lame|A", "works|--new-window|A"}, ""},
		{"BROWSER, then the system", machine{env: map[string]string{"BROWSER": "gone"}}, []string{"gone|A", "system|A"}, ""},
		{"nothing works", machine{
			env: map[string]string{"BROWSER": "/opt/gone --x"}, system: missing,
		}, []string{"/opt/gone|--x|A", "system|A"}, "there is no program gone; there is no program xdg-open"},
		{"SSH", machine{env: ssh}, nil, "this is an SSH session without a display"},
		{"SSH by its terminal", machine{env: map[string]string{"SSH_TTY": "/dev/pts/3"}}, nil, "this is an SSH session without a display"},
		{"SSH with X forwarded", machine{env: with(ssh, "DISPLAY", "localhost:10.0")}, []string{"system|A"}, ""},
		{"SSH with Wayland", machine{env: with(ssh, "WAYLAND_DISPLAY", "wayland-0")}, []string{"system|A"}, ""},
		{"SSH, DISPLAY empty", machine{env: with(ssh, "DISPLAY", "")}, nil, "this is an SSH session without a display"},
		{"remote editor", machine{env: with(ssh, "BROWSER", "/srv/editor/browser.sh"), programs: map[string]error{"/srv/editor/browser.sh": nil}}, []string{"/srv/editor/browser.sh|A"}, ""},
		{"remote editor gone", machine{env: with(ssh, "BROWSER", "/srv/editor/browser.sh")}, []string{"/srv/editor/browser.sh|A"}, "there is no program browser.sh; this is an SSH session without a display"},
		{"WSL", machine{env: map[string]string{"WSL_DISTRO_NAME": "Debian"}, programs: map[string]error{"wslview": nil}}, []string{"wslview|A"}, ""},
		{"WSL without wslview", machine{env: map[string]string{"WSL_INTEROP": "/run/WSL/8"}}, []string{"system|A"}, ""},
		{"WSL with BROWSER", machine{env: map[string]string{"WSL_DISTRO_NAME": "Debian", "BROWSER": "chrome"}, programs: map[string]error{"wslview": nil, "chrome": nil}}, []string{"chrome|A"}, ""},
		{"not WSL", machine{programs: map[string]error{"wslview": nil}}, []string{"system|A"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.m.opener(t).Open(plainAddress)
			for i, line := range c.m.ran {
				c.m.ran[i] = strings.ReplaceAll(line, plainAddress, "A")
			}
			if !reflect.DeepEqual(c.m.ran, c.ran) {
				t.Errorf("ran %q, want %q", c.m.ran, c.ran)
			}
			if c.says == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.Is(err, backend.ErrNoBrowser) || err.Error() != "no browser could be opened here: "+c.says || strings.Contains(err.Error(), plainAddress) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A browser that runs on is not waited for.
func TestOpenDoesNotWait(t *testing.T) {
	m := machine{}
	o := m.opener(t)
	end := make(chan struct{})
	defer close(end)
	o.grace = 10 * time.Millisecond
	o.system = func(string) error {
		<-end
		return nil
	}
	if err := o.Open(plainAddress); err != nil {
		t.Error(err)
	}
}

// An address with a query never stands on a command line; the link that does is
// good for one visit.
func TestPrivateAddress(t *testing.T) {
	const address = "https://provider.example/oauth/authorize?code=true&state=TESTstate"
	for _, browserVariable := range []string{"", "firefox %s"} {
		m := machine{env: map[string]string{"BROWSER": browserVariable}, programs: map[string]error{"firefox": nil}}
		if err := m.opener(t).Open(address); err != nil {
			t.Fatal(err)
		}
		_, link, _ := strings.Cut(m.ran[0], "|")
		if strings.Contains(m.ran[0], "TEST") || strings.Contains(m.ran[0], "provider.example") || !strings.HasPrefix(link, "http://127.0.0.1:") {
			t.Fatalf("the command line is %q", m.ran[0])
		}
		for _, step := range []struct {
			name, method, link, host string
			status                   int
		}{
			{"another path", "GET", link[:strings.LastIndex(link, "/")] + "/x", "", 404},
			{"another host", "GET", link, "rebound.example", 404},
			{"HEAD", "HEAD", link, "", 405},
			{"POST", "POST", link, "", 405},
			{"first", "GET", link, "", 303},
			{"second", "GET", link, "", 410},
		} {
			req, err := http.NewRequestWithContext(t.Context(), step.method, step.link, nil)
			if err != nil {
				t.Fatal(err)
			}
			if step.host != "" {
				req.Host = step.host
			}
			resp, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode != step.status || (resp.Header.Get("Location") == address) != (step.status == 303) {
				t.Errorf("%s: %d, sent to %q", step.name, resp.StatusCode, resp.Header.Get("Location"))
			}
			if step.status != 303 && strings.Contains(string(body), "TEST") {
				t.Errorf("%s shows the address: %s", step.name, body)
			}
		}
	}
}

// The link ends by itself.
func TestLinkEnds(t *testing.T) {
	link, err := onceLink("https://provider.example/", time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodHead, link, nil)
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			return
		}
		_ = resp.Body.Close()
		if time.Now().After(deadline) {
			t.Fatal("it still answers")
		}
	}
}

// With real programs: a path with a blank in it, and what they print.
func TestOpenFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("not run: there is no sh")
	}
	dir := filepath.Join(t.TempDir(), "with a blank")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	program := filepath.Join(dir, "browser")
	if err := os.WriteFile(program, []byte("#!/bin/sh\nprintf %s \"$*\" >\""+out+"\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"BROWSER": "/nowhere/browser:" + program, "SSH_TTY": "/dev/pts/1"}
	o := New(func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	o.grace = time.Minute
	if err := o.OpenFile(out); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(out); err != nil || string(got) != "file://"+out {
		t.Errorf("it was called with %q, %v", got, err)
	}
}

func TestCommands(t *testing.T) {
	there := func(file string) (string, error) {
		if file == "/Program Files/Browser" {
			return file, nil
		}
		return "", exec.ErrNotFound
	}
	for _, c := range []struct {
		value string
		want  []string // command lines with | between the words
	}{
		{"", nil},
		{"a", []string{"a|URL"}},
		{"a:b", []string{"a|URL", "b|URL"}},
		{"a %s", []string{"a|URL"}},
		{"a --tab=%s -x", []string{"a|--tab=URL|-x"}},
		{"a %s %s", []string{"a|URL|URL"}},
		{"a 100%%", []string{"a|100%|URL"}},
		{"a %%s", []string{"a|%s|URL"}},
		{`a "b c" 'd "e' f\ g`, []string{`a|b c|d "e|f g|URL`}},
		{`a ""`, []string{"a||URL"}},
		{"a '%s'", []string{"a|URL"}},
		{"a %s &", []string{"a|URL"}},
		{"a; rm -r x", []string{"a;|rm|-r|x|URL"}},
		{"a $(b)", []string{"a|$(b)|URL"}},
		{"/Program Files/Browser", []string{"/Program Files/Browser|URL"}},
		{"/Program Files/Other", []string{"/Program|Files/Other|URL"}},
		{`"/Program Files/Other" %s`, []string{"/Program Files/Other|URL"}},
		{`a "unfinished`, []string{"a|unfinished|URL"}},
	} {
		var got []string
		for _, words := range commands(c.value, false, there) {
			got = append(got, strings.Join(insert(words, "URL"), "|"))
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q gives %q, want %q", c.value, got, c.want)
		}
	}
}

// On Windows a path holds a colon, so the list's separator is the semicolon.
func TestCommandsOnWindows(t *testing.T) {
	const firefox = `C:\Program Files\Mozilla Firefox\firefox.exe`
	there := func(file string) (string, error) {
		if file == firefox {
			return file, nil
		}
		return "", exec.ErrNotFound
	}
	for value, want := range map[string][]string{
		firefox:                               {firefox + "|URL"},
		firefox + `;C:\b\c.exe -new %s`:       {firefox + "|URL", `C:\b\c.exe|-new|URL`},
		`"C:\Program Files\b.exe" %s; ;b.exe`: {`C:\Program Files\b.exe|URL`, "b.exe|URL"},
		`\\server\b.exe`:                      {`\\server\b.exe|URL`},
	} {
		o := New(func(name string) (string, bool) { return value, name == "BROWSER" })
		o.goos, o.lookPath = "windows", there
		var got []string
		for _, argv := range o.programs("URL") {
			got = append(got, strings.Join(argv, "|"))
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s gives %q, want %q", value, got, want)
		}
	}
}

func FuzzCommands(f *testing.F) {
	f.Add("a %s:b 'c", false)
	f.Add(`C:\b.exe;"C:\c d.exe" %s`, true)
	f.Fuzz(func(t *testing.T, value string, windows bool) {
		for _, words := range commands(value, windows, func(string) (string, error) { return "", exec.ErrNotFound }) {
			got := insert(words, "http://127.0.0.1:1/TEST")
			if !strings.Contains(strings.Join(got[1:], " "), "http://127.0.0.1:1/TEST") {
				t.Errorf("%q loses the address: %q", value, got)
			}
		}
	})
}
