package setup

import "testing"

// Other spellings in which a command runs Baton.
func TestAttackSpellingsOfBaton(t *testing.T) {
	for _, command := range []string{
		`B=/usr/local/bin/baton; $B statusline`,
		`export X=1; env -S "baton statusline"`,
		`bash -lc 'exec baton   statusline'`,
		`cmd /c "C:\Program Files\Baton\baton.exe" statusline`,
		`powershell -Command "& 'C:\Program Files\Baton\baton.exe' statusline"`,
		`eval "$(echo baton statusline)"`,
		`/opt/Baton-1.2-x86_64.AppImage statusline`,
		`~/bin/baton-linux-amd64 statusline`,
		`go run baton statusline`,
	} {
		if !runs(command, statusWord, nil) {
			t.Errorf("not known: %s", command)
		}
	}
}
