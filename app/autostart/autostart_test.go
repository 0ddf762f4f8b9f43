package autostart

import (
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// odd is a path with everything in it that has a meaning somewhere.
const odd = `/opt/50% off/a"b\c` + "`d`" + `$HOME/bat on&<>'`

func entry(t *testing.T, goos string) Entry {
	t.Helper()
	home := t.TempDir()
	return Entry{ID: "app.baton.Baton", Name: "Baton", Args: []string{odd, "--hidden"}, GOOS: goos, Home: home}
}

func TestOnAndOff(t *testing.T) {
	for goos, place := range map[string]string{
		"linux":   ".config/autostart/app.baton.Baton.desktop",
		"freebsd": ".config/autostart/app.baton.Baton.desktop",
		"darwin":  "Library/LaunchAgents/app.baton.Baton.plist",
	} {
		t.Run(goos, func(t *testing.T) {
			e := entry(t, goos)
			path := filepath.Join(e.Home, filepath.FromSlash(place))
			check := func(want bool) {
				t.Helper()
				if on, err := e.On(); err != nil || on != want {
					t.Fatalf("on is %v (%v), want %v", on, err, want)
				}
			}
			check(false)
			if err := e.Set(false); err != nil {
				t.Fatalf("off without having been on: %v", err)
			}
			if err := e.Set(true); err != nil {
				t.Fatal(err)
			}
			check(true)
			before, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := e.Set(true); err != nil {
				t.Fatal(err)
			}
			if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) {
				t.Errorf("written again though nothing changed (%v)", err)
			}
			e.Args[0] = "/elsewhere/baton"
			if err := e.Set(true); err != nil {
				t.Fatal(err)
			}
			if doc, err := os.ReadFile(path); err != nil || !strings.Contains(string(doc), "/elsewhere/baton") {
				t.Errorf("the entry still names the old place: %s (%v)", doc, err)
			}
			if err := e.Set(false); err != nil {
				t.Fatal(err)
			}
			check(false)
			left, err := os.ReadDir(filepath.Dir(path))
			if err != nil || len(left) != 0 {
				t.Errorf("left behind: %v (%v)", left, err)
			}
		})
	}
}

func TestElsewhere(t *testing.T) {
	e := entry(t, "linux")
	e.ConfigHome = filepath.Join(e.Home, "conf")
	if err := e.Set(true); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(e.ConfigHome, "autostart", "app.baton.Baton.desktop")); err != nil {
		t.Error(err)
	}
	e.ConfigHome = "conf" // relative: does not count
	if on, err := e.On(); on || err != nil {
		t.Errorf("a relative XDG_CONFIG_HOME counts (%v, %v)", on, err)
	}
	if on, err := entry(t, "js").On(); on || err == nil {
		t.Error("a browser starts nothing at login")
	}
}

// A desktop's own list of such programs turns an entry off without deleting it.
func TestSwitchedOffByTheDesktop(t *testing.T) {
	e := entry(t, "linux")
	if err := e.Set(true); err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile(e.path())
	if err != nil {
		t.Fatal(err)
	}
	for _, off := range []string{string(doc) + "Hidden=true\n", strings.Replace(string(doc), "enabled=true", "enabled=false", 1)} {
		if err := os.WriteFile(e.path(), []byte(off), 0o600); err != nil {
			t.Fatal(err)
		}
		if on, err := e.On(); on || err != nil {
			t.Errorf("on though it says\n%s (%v)", off, err)
		}
		if err := e.Set(true); err != nil {
			t.Fatal(err)
		}
		if on, err := e.On(); !on || err != nil {
			t.Errorf("off though it was switched on again (%v)", err)
		}
	}
}

// readExec reads the command of a desktop file back, by the rules of its
// specification: first those of a string, then those of Exec.
func readExec(t *testing.T, doc string) (args []string) {
	t.Helper()
	_, rest, ok := strings.Cut(doc, "\nExec=")
	if !ok {
		t.Fatal("no Exec")
	}
	line, _, _ := strings.Cut(rest, "\n")
	line = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\t`, "\t", `\r`, "\r", `\s`, " ").Replace(line)
	arg, quoted := "", false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
			arg += line[i : i+1]
		case c == '%':
			i++
			if line[i] != '%' {
				t.Fatalf("a field code in %s", line)
			}
			arg += "%"
		case c == ' ' && !quoted:
			args, arg = append(args, arg), ""
		default:
			arg += line[i : i+1]
		}
	}
	return append(args, arg)
}

func TestDesktopFileNamesTheExactFile(t *testing.T) {
	for _, path := range []string{odd, "/usr/bin/baton", "/home/ada lovelace/baton", "/opt/a\tb\\", `/opt/100%`} {
		e := Entry{Args: []string{path, "--hidden"}}
		got := readExec(t, e.desktopFile())
		if len(got) != 2 || got[0] != path || got[1] != "--hidden" {
			t.Errorf("%q comes back as %q", path, got)
		}
	}
}

func FuzzDesktopFile(f *testing.F) {
	f.Add(odd)
	f.Add("/usr/bin/baton")
	f.Fuzz(func(t *testing.T, path string) {
		if path == "" {
			t.Skip()
		}
		if got := readExec(t, Entry{Args: []string{path, "--hidden"}}.desktopFile()); len(got) != 2 || got[0] != path {
			t.Errorf("%q comes back as %q", path, got)
		}
	})
}

// The file has to please the desktops' own checker, where there is one.
func TestDesktopFileIsValid(t *testing.T) {
	validate, err := exec.LookPath("desktop-file-validate")
	if err != nil {
		t.Skip("desktop-file-validate is not here")
	}
	e := entry(t, "linux")
	e.Args[0] = "/usr/bin/baton"
	if err := e.Set(true); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), validate, e.path()).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func TestLaunchAgentNamesTheExactFile(t *testing.T) {
	var doc struct {
		Label string   `xml:"dict>string"`
		Args  []string `xml:"dict>array>string"`
	}
	e := entry(t, "darwin")
	if err := xml.Unmarshal([]byte(e.launchAgent()), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Args) != 2 || doc.Args[0] != odd || doc.Args[1] != "--hidden" {
		t.Errorf("the agent starts %q", doc.Args)
	}
}

func TestCommandLine(t *testing.T) {
	for want, args := range map[string][]string{
		`C:\Baton\batonw.exe --hidden`:                 {`C:\Baton\batonw.exe`, "--hidden"},
		`"C:\Program Files\Baton\batonw.exe" --hidden`: {`C:\Program Files\Baton\batonw.exe`, "--hidden"},
		`"a b\\" ""`: {`a b\`, ""},
		`"a\\\"b"`:   {`a\"b`},
	} {
		if got := commandLine(args); got != want {
			t.Errorf("%q: %s, want %s", args, got, want)
		}
	}
}
