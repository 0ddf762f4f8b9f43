package claude

import (
	"path/filepath"
	"slices"

	"baton/oauthcore/accounts"
	"baton/oauthcore/jsonedit"

	"github.com/tidwall/gjson"
)

// What goes with an account and what stays with the machine, as observed of
// Claude Code's own login and logout; see docs/claude-code.md.

// siblingNames are the members of .credentials.json that belong to the account
// beside its login. Every other member stays with the machine, also one that
// is not known.
var siblingNames = []string{
	"organizationUuid", "trustedDeviceToken", "trustedDeviceEnrolledAfterRefusalAtMs", "enterpriseGateway",
	"designOauth", "chatHistoryOauth", "cloudSessionsOauth", "cloudSessionsSignInEnded",
	"hybridOauth", "hybridGatewayAuth", "hybridGatewayIdp",
}

// accountCaches are the members of .claude.json that hold what Claude Code
// learned of one account. They need not be kept: it learns them again.
var accountCaches = []string{
	"additionalModelOptionsCache", "additionalModelOptionsAnsweredAt", "additionalModelCostsCache", "modelAccessCache",
	"orgModelDefaultCache", "lastSeenOrgDefaultUpdatedAt", "autoCompactWindowsCache", "clientDataCache", "clientDataCacheSlots",
	"startupPrefetchedAt", "cachedUsageUtilization", "unusedLimitResetStatusCache", "promoCreditCheck", "firstWeek",
	"metricsStatusCache", "metricsStatusCacheByPrincipal", "cachedArtifactRoster", "artifactRosterDenied",
	"githubWebConnectionStatusCache", "connectorFileSendsAllowedV1", "managedSettingsNoticeSeenOrg", "trainingConsentSettledAt",
	"primaryApiKey",
}

// organizationFiles are the files in the configuration directory that hold an
// organisation's policy.
func (p Paths) organizationFiles() []string {
	names := []string{
		"remote-settings.json", "remote-settings.json.signature.json", "remote-settings.json.synced-at", "remote-settings.signature.json", "remote-settings.synced-at",
		"remote-settings-helper-consent",
		"policy-limits.json", "policy-limits.json.signature.json", "policy-limits.json.stamp.json", "policy-limits.signature.json", "policy-limits.stamp.json",
		"state/hybrid-settings.json", "state/repeat-command-days.json", "state/repeat-command-mark.json",
	}
	for i, name := range names {
		names[i] = filepath.Join(p.Config, filepath.FromSlash(name))
	}
	return names
}

// siblingsIn gives the account's members of a credentials document as one
// object, nil where there are none.
func siblingsIn(members []jsonedit.Member) []byte {
	var edits []jsonedit.Edit
	for _, m := range members {
		if slices.Contains(siblingNames, m.Key) {
			edits = append(edits, jsonedit.Edit{Name: m.Key, Raw: m.Raw})
		}
	}
	if len(edits) == 0 {
		return nil
	}
	raw, err := jsonedit.Apply([]byte("{}"), edits)
	if err != nil {
		return nil
	}
	return raw
}

// Foreign says that siblings are another account's than a: they name another
// organisation, are exactly what the vault keeps of another account and not of
// this one, or go on from what it keeps of the account that was live before, nil
// for none. Claude Code takes them out at a login; another program may not.
func Foreign(siblings []byte, a *accounts.Account, all []*accounts.Account, before *accounts.Account) bool {
	if org := accounts.SiblingsOrganization(siblings); org != "" && a.OrganizationUUID != "" {
		return org != a.OrganizationUUID
	}
	if siblings == nil || jsonedit.Equal2(siblings, a.Siblings) {
		return false
	}
	if before != nil && before != a && goesOn(siblings, before.Siblings) {
		return true
	}
	return slices.ContainsFunc(all, func(o *accounts.Account) bool {
		return jsonedit.Equal2(o.Siblings, siblings)
	})
}

// goesOn says that a member of siblings is one of those before, or an object
// that has a member in common with it: a renewed token of the same gateway.
func goesOn(siblings, before []byte) bool {
	was := gjson.ParseBytes(before)
	same := func(a, b gjson.Result) bool { return b.Exists() && a.Raw == b.Raw }
	found := false
	gjson.ParseBytes(siblings).ForEach(func(name, now gjson.Result) bool {
		old := was.Get(gjson.Escape(name.Str))
		found = same(now, old)
		if now.IsObject() && old.IsObject() && !found {
			now.ForEach(func(name, v gjson.Result) bool {
				found = v.Type == gjson.String && same(v, old.Get(gjson.Escape(name.Str)))
				return !found
			})
		}
		return !found
	})
	return found
}
