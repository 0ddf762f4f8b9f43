package setup

import (
	"path/filepath"
	"testing"
)

// Of several managed files the last one that sets a member counts, as it does for
// disableAllHooks.
func TestAttackALaterDropInAllowsHooks(t *testing.T) {
	for _, first := range []string{"managed-settings.json", filepath.Join("managed-settings.d", "10.json")} {
		h := newHome(t)
		h.paths.Managed = filepath.Join(h.dir, "etc")
		h.setup = h.on(h.setup.store.FS)
		h.write(filepath.Join(h.paths.Managed, first), `{"allowManagedHooksOnly":true}`)
		h.write(filepath.Join(h.paths.ManagedDropIns(), "50-team.json"), `{"allowManagedHooksOnly":false}`)
		if off := h.setup.Off(); off.Any() {
			t.Errorf("%s: said to be off: %+v", first, off)
		}
	}
}

// Where the company itself puts Baton's commands into the managed settings,
// allowManagedHooksOnly lets them run.
func TestAttackManagedSettingsThatRunBaton(t *testing.T) {
	h := newHome(t)
	h.paths.Managed = filepath.Join(h.dir, "etc")
	h.setup = h.on(h.setup.store.FS)
	h.write(h.paths.ManagedSettings(), `{"allowManagedHooksOnly":true,"statusLine":{"type":"command","command":"baton statusline"},
		"hooks":{"StopFailure":[{"hooks":[{"type":"command","command":"baton hook"}]}]}}`)
	if off := h.setup.Off(); off.Any() {
		t.Errorf("said to be off: %+v", off)
	}
}

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
