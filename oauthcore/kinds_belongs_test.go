package oauthcore_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baton/oauthcore"

	"github.com/tidwall/gjson"
)

// What goes with the account and what stays with the machine, as Claude Code's
// own login and logout have it.
var (
	goesWithAccount = []string{
		"organizationUuid", "trustedDeviceToken", "trustedDeviceEnrolledAfterRefusalAtMs", "enterpriseGateway", "designOauth",
		"chatHistoryOauth", "cloudSessionsOauth", "cloudSessionsSignInEnded", "hybridOauth", "hybridGatewayAuth", "hybridGatewayIdp",
	}
	staysWithMachine = []string{
		"mcpOAuth", "mcpOAuthClientConfig", "mcpXaaIdp", "mcpXaaIdpConfig", "pluginSecrets", "coworkRemoteDevice", "gatewayTrust",
		"gatewayAllowlistEntries", "slackTag", "mcpDiscoveryCacheKey", "aMemberNobodyKnows", "",
	}
	cachesOfAccount = []string{
		"additionalModelOptionsCache", "additionalModelOptionsAnsweredAt", "additionalModelCostsCache", "modelAccessCache",
		"orgModelDefaultCache", "lastSeenOrgDefaultUpdatedAt", "autoCompactWindowsCache", "clientDataCache", "clientDataCacheSlots",
		"startupPrefetchedAt", "cachedUsageUtilization", "unusedLimitResetStatusCache", "promoCreditCheck", "firstWeek",
		"metricsStatusCache", "metricsStatusCacheByPrincipal", "cachedArtifactRoster", "artifactRosterDenied",
		"githubWebConnectionStatusCache", "connectorFileSendsAllowedV1", "managedSettingsNoticeSeenOrg", "trainingConsentSettledAt", "primaryApiKey",
	}
	filesOfOrganization = []string{
		"remote-settings.json", "remote-settings.json.signature.json", "remote-settings.json.synced-at", "remote-settings-helper-consent",
		"policy-limits.json", "policy-limits.json.signature.json", "policy-limits.json.stamp.json",
		"state/hybrid-settings.json", "state/repeat-command-days.json", "state/repeat-command-mark.json",
	}
)

// members reads a file's top level.
func (w *world) members(path string) map[string]string {
	w.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal(w.read(path), &m); err != nil {
		w.Fatal(err)
	}
	out := map[string]string{}
	for name, raw := range m {
		out[name] = string(raw)
	}
	return out
}

// siblingsOf are an account's members beside its login, all kinds of values.
func siblingsOf(who, organization string) map[string]string {
	out := map[string]string{}
	for i, name := range goesWithAccount {
		switch {
		case name == "organizationUuid":
			out[name] = fmt.Sprintf("%q", organization)
		case i%3 == 0:
			out[name] = fmt.Sprintf(`{"of":%q,"n":1.0e3}`, who)
		case i%3 == 1:
			out[name] = fmt.Sprintf("%q", who+" "+name)
		default:
			out[name] = fmt.Sprint(len(who) * 1000)
		}
	}
	return out
}

// What belongs to an account goes with it on a swap and comes back with it.
// Without the rule the next account's prompts go to this one's company gateway,
// or the account loses its side grants at its first swap.
func TestWhatBelongsToTheAccountGoesAndComesBack(t *testing.T) {
	t.Parallel()
	for _, only := range append([]string{"all of them"}, goesWithAccount...) {
		t.Run(only, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.settled()
			mine := siblingsOf("personal", w.resident(personal).Person.OrganizationUUID)
			for name := range mine {
				if only != "all of them" && name != only {
					delete(mine, name)
				}
			}
			machine := map[string]string{}
			for i, name := range staysWithMachine {
				machine[name] = fmt.Sprintf(`{ "n" : %d.0,"x":[ ] }`, i)
			}
			w.setAll(w.paths.Credentials(), machine)
			w.setAll(w.paths.Credentials(), mine)
			oneLine := func(when string) {
				t.Helper()
				if doc := strings.TrimSpace(string(w.read(w.paths.Credentials()))); strings.Contains(doc, "\n") {
					t.Errorf("%s: .credentials.json is not in one line any more", when)
				}
			}
			has := func(when string, want map[string]string) {
				t.Helper()
				got := w.members(w.paths.Credentials())
				for name, raw := range machine {
					if got[name] != raw {
						t.Errorf("%s: the machine's %q is %s, want %s", when, name, got[name], raw)
					}
				}
				for _, name := range goesWithAccount {
					if got[name] != want[name] {
						t.Errorf("%s: the account's %q is %s, want %s", when, name, got[name], want[name])
					}
				}
			}
			w.swap(oauthcore.SwapRequest{To: work})
			has("at work", nil)
			theirs := siblingsOf("work", w.resident(work).Person.OrganizationUUID)
			w.setAll(w.paths.Credentials(), theirs) // Claude Code enrolls work too
			w.swap(oauthcore.SwapRequest{To: lab})
			has("at lab, after a refresh", nil)
			w.swap(oauthcore.SwapRequest{To: personal})
			has("back at personal", mine)
			oneLine("back at personal")
			w.swap(oauthcore.SwapRequest{To: work})
			has("back at work", theirs)
			// What Claude Code changes meanwhile is what comes back.
			theirs["designOauth"] = `{"renewed":true}`
			delete(theirs, "trustedDeviceToken")
			w.set(w.paths.Credentials(), theirs["designOauth"], "designOauth")
			w.del(w.paths.Credentials(), "trustedDeviceToken")
			if _, err := w.core.Refresh(t.Context(), work); err != nil {
				t.Fatal(err)
			}
			has("after a refresh", theirs)
			w.swap(oauthcore.SwapRequest{To: personal})
			w.swap(oauthcore.SwapRequest{To: work})
			has("back again", theirs)
		})
	}
}

// What Claude Code learned of one account leaves .claude.json with it, and not a
// byte else. Without the rule /model offers the other organisation's models.
func TestASwapTakesTheAccountsCachesOutOfTheConfigAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, layout := range []string{"as it is", "compact", "BOM", "CRLF"} {
		t.Run(layout, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.settled()
			w.swap(oauthcore.SwapRequest{To: work})
			w.swap(oauthcore.SwapRequest{To: personal}) // both names are known from here on
			plain := string(w.read(w.paths.ClaudeJSON))
			shape := func(doc string) string {
				switch layout {
				case "BOM":
					return "\ufeff" + doc
				case "CRLF":
					return strings.ReplaceAll(doc, "\n", "\r\n")
				case "compact":
					var m map[string]json.RawMessage
					if err := json.Unmarshal([]byte(doc), &m); err != nil {
						t.Fatal(err)
					}
					out, err := json.Marshal(m)
					if err != nil {
						t.Fatal(err)
					}
					return string(out)
				}
				return doc
			}
			w.write(w.paths.ClaudeJSON, shape(plain))
			// Numbers and escapes nobody may rewrite.
			body := strings.TrimPrefix(string(w.read(w.paths.ClaudeJSON)), "\ufeff")
			at := strings.LastIndex(body, "}")
			odd := `"odd" : [ 1.0, 1e3,12345678901234567890, "\u00e9\/" ]`
			caches := ""
			for _, name := range cachesOfAccount {
				if strings.Contains(body, `"`+name+`"`) || name == "managedSettingsNoticeSeenOrg" {
					continue
				}
				caches += fmt.Sprintf(`, %q: {"of": [1, {"x":"}"}]}`, name)
			}
			prefix := strings.TrimSuffix(string(w.read(w.paths.ClaudeJSON)), body)
			w.write(w.paths.ClaudeJSON, prefix+body[:at]+","+odd+caches+body[at:])
			w.swap(oauthcore.SwapRequest{To: work})
			got := string(w.read(w.paths.ClaudeJSON))
			for _, name := range cachesOfAccount {
				if gjson.Get(strings.TrimPrefix(got, "\ufeff"), name).Exists() {
					t.Errorf("%s is still there", name)
				}
			}
			if !strings.Contains(got, odd) {
				t.Error("a member nobody knows was rewritten")
			}
			if layout == "BOM" && !strings.HasPrefix(got, "\ufeff") {
				t.Error("the byte order mark is gone")
			}
			// But for them and the name it is the same document, byte for byte.
			want := body[:at] + "," + odd + body[at:]
			onlyMember(t, []byte(want), []byte(strings.TrimPrefix(got, prefix)), "oauthAccount")
		})
	}
}

// An organisation's policy files go at a change of organisation, and only then.
// Without the rule the old organisation's hooks run for the next account.
func TestPolicyFilesGoOnlyAtAChangeOfOrganization(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settled()
	w.swap(oauthcore.SwapRequest{To: personal})
	fill := func() {
		for _, name := range filesOfOrganization {
			w.write(filepath.Join(w.paths.Config, filepath.FromSlash(name)), "{}")
		}
	}
	there := func() (out []string) {
		for _, name := range filesOfOrganization {
			if _, err := os.Stat(filepath.Join(w.paths.Config, filepath.FromSlash(name))); err == nil {
				out = append(out, name)
			}
		}
		return out
	}
	fill()
	others := filepath.Join(w.paths.Config, "state", "other.json")
	w.write(others, "{}")
	w.swap(oauthcore.SwapRequest{To: personal}) // onto itself
	if _, err := w.core.Refresh(t.Context(), personal); err != nil {
		t.Fatal(err)
	}
	w.settled()
	if got := there(); len(got) != len(filesOfOrganization) {
		t.Errorf("without a change of organization only %q are left", got)
	}
	w.swap(oauthcore.SwapRequest{To: work})
	if got := there(); len(got) != 0 {
		t.Errorf("at a change of organization %q are left", got)
	}
	if _, err := os.Stat(others); err != nil {
		t.Error("a file that is no policy is gone")
	}
}
