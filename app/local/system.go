//go:build !js

package local

import (
	"os/user"

	"baton/oauthcore/claude"
	"baton/oauthcore/keychain"
)

// system gives the system whose rules hold, and on macOS the Keychain item in
// which Claude Code keeps its login, under the person's user name. Another
// provider's logins are the demo's or a test's: they are kept in files, as on
// Linux, and the person's Keychain is left alone.
func (c Config) system() (goos string, item *keychain.Item) {
	if c.GOOS != "darwin" {
		return c.GOOS, nil
	}
	run := c.Security
	if run == nil {
		if c.Getenv("BATON_PROVIDER") != "" {
			return "linux", nil
		}
		run = keychain.Exec(keychain.Program)
	}
	name := c.Getenv("USER")
	if name == "" {
		if u, err := user.Current(); err == nil {
			name = u.Username
		}
	}
	return c.GOOS, claude.Item(c.Lookup, name, run)
}
