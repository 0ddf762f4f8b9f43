//go:build unix

package oauthcore_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/keychain"
	"baton/oauthcore/view"
)

// securityScript is the stand-in as a program of its own: small, since macOS's
// starts quickly, too.
const securityScript = `#!/bin/sh
value='@VALUE@'
case "$*" in
"find-generic-password -s Claude Code-credentials -a ada -w")
	[ -f "$value" ] || exit 44
	cat "$value"
	echo
	;;
-i)
	read -r line
	digits=$(printf %s "${line##* }" | sed 's/../0x& /g')
	printf %b "$(printf '\\0%03o' $digits)" >"$value.new" && mv "$value.new" "$value"
	;;
*) exit 2 ;;
esac
`

// The whole way, through a process of its own for each command.
func TestASwapThroughAProgram(t *testing.T) {
	w := newWorldOf(t, "darwin")
	program := filepath.Join(t.TempDir(), "security")
	script := strings.ReplaceAll(securityScript, "@VALUE@", w.paths.Credentials())
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	env := w.env
	env.Keychain = &keychain.Item{Service: env.Keychain.Service, Account: macUser, Run: keychain.Exec(program)}
	w.core = oauthcore.New(env)
	patiently := func(do func() error) { // a busy machine is slow to start programs
		t.Helper()
		err := do()
		for try := 1; view.CodeOf(err) == view.CodeBusy && try < 20; try++ {
			err = do()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	patiently(w.swapping(work))
	w.live(work)
	patiently(w.refreshing(work))
	patiently(w.swapping(oauthcore.SwapBack))
	w.live(personal)
	w.kept(personal, work)
	w.tidied()
}
