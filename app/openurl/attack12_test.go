//go:build !js

package openurl

import "testing"

// On Windows a program's path holds a colon, and its list separator is ; there.
func TestAttackBrowserOnWindows(t *testing.T) {
	for _, value := range []string{`C:\Program Files\Mozilla Firefox\firefox.exe`, `C:\browser\b.exe`, `"C:\Program Files\b.exe" %s`} {
		o := New(func(name string) (string, bool) { return value, name == "BROWSER" })
		o.goos = "windows"
		o.lookPath = func(file string) (string, error) { return "", errNot }
		for _, argv := range o.programs(plainAddress) {
			if argv[0] == "C" || argv[0][0] == '\\' {
				t.Errorf("%s: runs %q", value, argv)
			}
		}
	}
}

var errNot = errNotFound{}

type errNotFound struct{}

func (errNotFound) Error() string { return "not found" }
