package oauthcore_test

import (
	"slices"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/mirror"
)

// Everything of Baton's comes back from a backup, and the keyring has the newest
// logins: the doctor takes those, and presents none that was used up.
func TestDoctorAfterABackupTakesTheKeyringsCopies(t *testing.T) {
	w := mirrored(t)
	p := patientOf(w)
	p.swap(oauthcore.SwapRequest{To: personal})
	vault, pool := string(p.read(p.paths.Vault())), string(p.read(p.paths.Pool()))
	for range 2 {
		if _, err := p.core.Refresh(t.Context(), work); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.copies().Push(t.Context(), mirror.PushRequest{}); err != nil {
		t.Fatal(err)
	}
	p.write(p.paths.Vault(), vault)
	p.write(p.paths.Pool(), pool)
	got := summary(p.doctor(true))
	if !slices.Contains(got, "fixed vault_restored accounts.json") || slices.Contains(got, "info needs_login") {
		t.Errorf("%q", got)
	}
	p.kept(work, lab, night)
}
