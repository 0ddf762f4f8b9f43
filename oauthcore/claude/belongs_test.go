package claude_test

import (
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/files/filestest"
)

func TestDropOrganizationFiles(t *testing.T) {
	p := newPlace(t)
	gone := []string{
		"remote-settings.json", "remote-settings.json.signature.json", "remote-settings.json.synced-at", "remote-settings.signature.json",
		"remote-settings.synced-at", "remote-settings-helper-consent", "policy-limits.json", "policy-limits.json.signature.json",
		"policy-limits.json.stamp.json", "policy-limits.signature.json", "policy-limits.stamp.json",
		"state/hybrid-settings.json", "state/repeat-command-days.json", "state/repeat-command-mark.json",
	}
	stays := []string{"settings.json", "oauth_pool.json", "state/other.json", "CLAUDE.md"}
	for _, name := range append(slices.Clone(gone), stays...) {
		p.write(filepath.Join(p.Paths.Config, name), "x")
	}
	if err := p.DropOrganizationFiles(); err != nil {
		t.Fatal(err)
	}
	for _, name := range gone {
		if p.read(filepath.Join(p.Paths.Config, name)) != "" {
			t.Errorf("%s is still there", name)
		}
	}
	for _, name := range stays {
		if p.read(filepath.Join(p.Paths.Config, name)) != "x" {
			t.Errorf("%s is gone", name)
		}
	}
	if err := p.DropOrganizationFiles(); err != nil {
		t.Errorf("without them: %v", err)
	}
	p.fs.Before = filestest.Fail("remove", filepath.Join(p.Paths.Config, "policy-limits.json"), syscall.EACCES)
	p.write(filepath.Join(p.Paths.Config, "state/hybrid-settings.json"), "x")
	err := p.DropOrganizationFiles()
	if err == nil || !strings.Contains(err.Error(), "policy-limits.json") || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("%v", err)
	}
	if p.read(filepath.Join(p.Paths.Config, "state/hybrid-settings.json")) != "" {
		t.Error("one that cannot be removed stops the others")
	}
}

func TestForeign(t *testing.T) {
	a := &accounts.Account{Key: "a", OrganizationUUID: "org-a", Siblings: []byte(`{"organizationUuid":"org-a","designOauth":1}`)}
	b := &accounts.Account{Key: "b", OrganizationUUID: "org-b", Siblings: []byte(`{"designOauth":2}`)}
	all := []*accounts.Account{a, b, {Key: "c"}}
	for siblings, want := range map[string]bool{
		"": false,
		`{"organizationUuid":"org-a", "designOauth":1}`: false,
		`{"organizationUuid":"org-a","designOauth":9}`:  false,
		`{"organizationUuid":"org-b"}`:                  true,
		`{"designOauth": 2}`:                            true,
		`{"designOauth":3}`:                             false,
		`{}`:                                            false,
	} {
		var raw []byte
		if siblings != "" {
			raw = []byte(siblings)
		}
		if got := claude.Foreign(raw, a, all, nil); got != want {
			t.Errorf("%s: %v", siblings, got)
		}
	}
	if claude.Foreign([]byte(`{"organizationUuid":"org-b"}`), &accounts.Account{Key: "new"}, all, nil) {
		t.Error("an account whose organization is not known")
	}
	twin := &accounts.Account{Key: "d", Siblings: b.Siblings}
	if claude.Foreign(b.Siblings, b, append(all, twin), nil) {
		t.Error("its own, which another account has, too")
	}
}

// Another program that puts in a login and leaves what stands beside it.
func TestForeignGoesOnFromTheAccountBefore(t *testing.T) {
	before := &accounts.Account{Key: "b", Siblings: []byte(`{"enterpriseGateway":{"url":"https://one.example","token":"1","n":5},"designOauth":{"n":5}}`)}
	a := &accounts.Account{Key: "a"}
	for siblings, want := range map[string]bool{
		`{"enterpriseGateway":{"url":"https://one.example","token":"2"}}`: true,
		`{"enterpriseGateway":{"url":"https://two.example","token":"2"}}`: false,
		`{"designOauth":{"n":5}}`:         true,
		`{"designOauth":{"n":5,"m":"x"}}`: false,
		`{"hybridOauth":{"token":"1"}}`:   false,
	} {
		if got := claude.Foreign([]byte(siblings), a, nil, before); got != want {
			t.Errorf("%s: %v", siblings, got)
		}
		if claude.Foreign([]byte(siblings), a, nil, a) || claude.Foreign([]byte(siblings), a, nil, nil) {
			t.Errorf("%s: another account's, though no other was live", siblings)
		}
	}
}
