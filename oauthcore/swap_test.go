package oauthcore_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/providertest"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

func TestSwapMovesOneLoginAndNothingElse(t *testing.T) {
	w := newWorld(t)
	creds, cfg := w.read(w.paths.Credentials()), w.read(w.paths.ClaudeJSON)
	done := w.swap(oauthcore.SwapRequest{To: work})
	if done.From != personal || done.To != work || done.Refreshed || done.SetAside != "" {
		t.Errorf("swapped %+v", done)
	}
	w.live(work)
	onlyMember(t, creds, w.read(w.paths.Credentials()), "claudeAiOauth")
	onlyMember(t, cfg, w.read(w.paths.ClaudeJSON), "oauthAccount")
	w.kept(personal, work, side, lab, night)
	w.private()
	if v := w.core.Snapshot(context.Background()); v.Active != work || len(v.Accounts) != 5 || len(v.Problems) != 0 {
		t.Errorf("view: active %s, %d accounts, %v", v.Active, len(v.Accounts), v.Problems)
	}
	// And back: Personal's login is the one it had.
	if done := w.swap(oauthcore.SwapRequest{To: oauthcore.SwapBack}); done.From != work || done.To != personal {
		t.Errorf("back: %+v", done)
	}
	w.live(personal)
}

func TestSwapToTheLiveAccountChecksBothFiles(t *testing.T) {
	w := newWorld(t)
	cfg := w.read(w.paths.ClaudeJSON)
	w.swap(oauthcore.SwapRequest{To: work})
	// Another tool swaps only the token: .claude.json names the wrong person.
	w.write(w.paths.ClaudeJSON, string(cfg))
	done := w.swap(oauthcore.SwapRequest{To: work})
	if done.From != work || done.To != work {
		t.Errorf("swapped %+v", done)
	}
	w.live(work)
}

// The same where the vault never saw the account's own oauthAccount: the
// provider is asked.
func TestSwapToTheLiveAccountNamesItEvenWhereItWasNeverNamed(t *testing.T) {
	w := newWorld(t)
	cfg := strings.Replace(string(w.read(w.paths.ClaudeJSON)), w.resident(personal).Person.AccountUUID, w.resident(work).Person.AccountUUID, 1)
	w.write(w.paths.ClaudeJSON, cfg)
	if done := w.swap(oauthcore.SwapRequest{To: personal}); done.From != personal || done.To != personal || done.Refreshed {
		t.Errorf("swapped %+v", done)
	}
	w.live(personal)
}

// The story other switchers lose: the client rotates a token, adds an MCP
// login and a project while B is live; then B to A to B.
func TestWhatTheClientDidMeanwhileIsKept(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: work})
	w.clientRefreshes()
	rotated := w.credential()
	w.write(w.paths.Credentials(), strings.Replace(string(w.read(w.paths.Credentials())), `"mcpOAuth":{`, `"mcpOAuth":{"new|1":{"accessToken":"mcp-TEST"},`, 1))
	w.write(w.paths.ClaudeJSON, strings.Replace(string(w.read(w.paths.ClaudeJSON)), `"projects": {`, `"projects": {"/new": {"n": 1e3},`, 1))
	w.swap(oauthcore.SwapRequest{To: personal})
	w.live(personal)
	w.swap(oauthcore.SwapRequest{To: work})
	w.live(work)
	if !w.credential().Same(rotated) {
		t.Error("the rotated login was lost")
	}
	if gjson.GetBytes(w.read(w.paths.Credentials()), `mcpOAuth.new\|1.accessToken`).String() != "mcp-TEST" {
		t.Error("the MCP login was lost")
	}
	if gjson.GetBytes(w.read(w.paths.ClaudeJSON), `projects./new.n`).Raw != "1e3" {
		t.Error("the project was lost")
	}
}

func TestSwapRefreshesALapsedAccount(t *testing.T) {
	w := newWorld(t)
	before := w.resident(lab).Credentials
	done := w.swap(oauthcore.SwapRequest{To: lab})
	if !done.Refreshed {
		t.Error("not refreshed")
	}
	w.live(lab)
	if w.credential().RefreshToken.Equal(before.RefreshToken) || !w.credential().FreshAt(w.clock.Now(), time.Hour) {
		t.Error("the old login is live")
	}
	if !w.vault().Spent(before.RefreshToken) || w.unsure(lab) {
		t.Errorf("spent %v, unsure %v", w.vault().Spent(before.RefreshToken), w.unsure(lab))
	}
}

// The Rust original's rule: the one that is spent is marked with its reset,
// another is chosen, limited ones are skipped.
func TestRotationMarksTheSpentAndTakesTheNext(t *testing.T) {
	w := newWorld(t)
	until := w.clock.Now().Add(97 * time.Minute)
	done := w.swap(oauthcore.SwapRequest{LimitedUntil: until})
	if done.From != personal || (done.To != work && done.To != lab) {
		t.Errorf("swapped %+v", done)
	}
	if got := w.view(personal).LimitedUntil; !got.Equal(until) {
		t.Errorf("Personal is limited until %v, want %v", got, until)
	}
	entry := gjson.GetBytes(w.read(w.paths.Pool()), `accounts.ada@example\.com`)
	if !entry.Get("rateLimited").Bool() || entry.Get("rateLimitResetAt").Int() != until.UnixMilli() {
		t.Errorf("the pool says %v until %v", entry.Get("rateLimited"), entry.Get("rateLimitResetAt"))
	}
	// Its time over, the mark is gone, in the pool too.
	w.clock.Add(98 * time.Minute)
	w.swap(oauthcore.SwapRequest{To: personal})
	if gjson.GetBytes(w.read(w.paths.Pool()), `accounts.ada@example\.com.rateLimited`).Bool() {
		t.Error("the pool still says limited")
	}
}

func TestAllLimited(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	for key, d := range map[string]time.Duration{work: 3 * time.Hour, lab: 4 * time.Hour, side: 52 * time.Minute} {
		if _, err := w.core.Limit(ctx, key, w.clock.Now().Add(d)); err != nil {
			t.Fatal(err)
		}
	}
	creds := w.read(w.paths.Credentials())
	until := w.clock.Now().Add(2 * time.Hour)
	_, err := w.core.Swap(ctx, oauthcore.SwapRequest{LimitedUntil: until})
	e := wantCode(t, err, view.CodeAllLimited)
	if e.Message != "All OAuth accounts are rate-limited. Earliest reset in 52 minutes (at 14:05 UTC)." {
		t.Errorf("message %q", e.Message)
	}
	if got := w.view(personal).LimitedUntil; !got.Equal(until) {
		t.Errorf("the mark was not saved: %v", got)
	}
	if string(creds) != string(w.read(w.paths.Credentials())) {
		t.Error("the live login changed")
	}
}

func TestARefusedLoginIsSkippedUnlessNamed(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	for _, key := range []string{lab, work} {
		if err := w.home.Kill(key); err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.core.Swap(ctx, oauthcore.SwapRequest{To: lab})
	wantCode(t, err, view.CodeNeedsLogin)
	w.live(personal)
	if !w.account(lab).NeedsLogin {
		t.Error("Lab is not marked")
	}
	// Night runs is limited; free it so that the automatic choice has one left.
	if _, err := w.core.Unlimit(ctx, night); err != nil {
		t.Fatal(err)
	}
	w.clock.Add(170 * time.Minute) // Work's access token is about to lapse
	done := w.swap(oauthcore.SwapRequest{})
	if done.To != night && done.To != side {
		t.Errorf("swapped to %s", done.To)
	}
	w.live(done.To)
}

func TestPausedAndUnknownNames(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	if _, err := w.core.Pause(ctx, work); err != nil {
		t.Fatal(err)
	}
	_, err := w.core.Swap(ctx, oauthcore.SwapRequest{To: work})
	if e := wantCode(t, err, view.CodePaused); !strings.Contains(e.Hint, "resume") {
		t.Errorf("hint %q", e.Hint)
	}
	_, err = w.core.Swap(ctx, oauthcore.SwapRequest{To: "nobody"})
	wantCode(t, err, view.CodeNotFound)
	_, err = w.core.Swap(ctx, oauthcore.SwapRequest{To: oauthcore.SwapBack})
	wantCode(t, err, view.CodeNoOther)
	if _, err := w.core.Resume(ctx, work); err != nil {
		t.Fatal(err)
	}
	w.swap(oauthcore.SwapRequest{To: work})
	w.live(work)
}

func TestASwapToALimitedAccountIsDoneWithAWarning(t *testing.T) {
	w := newWorld(t)
	done := w.swap(oauthcore.SwapRequest{To: side})
	if len(done.Notes) != 1 || !strings.Contains(done.Notes[0], "limited until") {
		t.Errorf("notes %q", done.Notes)
	}
	w.live(side)
}

// unknown makes the live login one of an account nobody pooled, by an older
// client that writes no identifiers.
func (w *world) unknown() providertest.Credentials {
	w.Helper()
	who := providertest.Person{AccountUUID: "11111111-2222-4333-8444-555555555555", OrganizationUUID: "66666666-7777-4888-8999-000000000000", Email: "stranger@example.com", OrganizationType: "claude_pro"}
	w.provider.AddAccount(who)
	cr, err := w.provider.Issue(who.AccountUUID, who.OrganizationUUID)
	if err != nil {
		w.Fatal(err)
	}
	w.write(w.paths.Credentials(), `{"claudeAiOauth":{"accessToken":"`+cr.AccessToken.Reveal()+`","refreshToken":"`+cr.RefreshToken.Reveal()+
		`","expiresAt":`+millis(cr.ExpiresAt)+`,"scopes":["user:inference"]},"mcpOAuth":{"x":1}}`)
	return cr
}

func TestAnUnknownLoginIsAddedOnceItsOwnerIsProved(t *testing.T) {
	w := newWorld(t)
	w.unknown()
	got, err := w.core.Import(context.Background())
	if err != nil || got.Key != "stranger@example.com" || !got.Added {
		t.Fatalf("import = %+v, %v", got, err)
	}
	if gjson.GetBytes(w.read(w.paths.ClaudeJSON), "oauthAccount.emailAddress").String() != "stranger@example.com" {
		t.Error(".claude.json does not name the owner")
	}
	w.swap(oauthcore.SwapRequest{To: work})
	w.kept(personal, work, "stranger@example.com")
}

func TestAnUnprovedLoginIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	w.settled()
	w.swap(oauthcore.SwapRequest{To: personal}) // the pool is adopted
	w.unknown()
	if err := w.provider.Fail(providertest.Fault{Endpoint: providertest.EndpointProfile, Kind: providertest.FaultUnavailable, Times: -1}); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	before := string(w.read(w.paths.Credentials()))
	_, err := w.core.Swap(ctx, oauthcore.SwapRequest{To: work})
	if e := wantCode(t, err, view.CodeUnknownLive); !strings.Contains(e.Hint, "--set-aside") {
		t.Errorf("hint %q", e.Hint)
	}
	_, err = w.core.Refresh(ctx, lab)
	wantCode(t, err, view.CodeUnknownLive)
	_, err = w.core.Import(ctx)
	wantCode(t, err, view.CodeUnknownLive)
	if before != string(w.read(w.paths.Credentials())) {
		t.Fatal("the unknown login was touched")
	}
	if v := w.core.Snapshot(ctx); v.Live.Reason != "unknown" || !v.Live.Present || v.Active != "" {
		t.Errorf("live %+v, active %q", v.Live, v.Active)
	}
	stranger := w.credential()
	done := w.swap(oauthcore.SwapRequest{To: work, SetAside: true})
	if filepath.Dir(done.SetAside) != w.paths.SetAside() || done.From != "" {
		t.Errorf("swapped %+v", done)
	}
	info, err := os.Stat(done.SetAside)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if gjson.GetBytes(w.read(done.SetAside), "claudeAiOauth.refreshToken").String() != stranger.RefreshToken.Reveal() {
		t.Error("the login was not kept")
	}
	w.live(work)
	if gjson.GetBytes(w.read(w.paths.Credentials()), "mcpOAuth.x").Int() != 1 {
		t.Error("a sibling was lost")
	}
	if !w.view(personal).Unsure {
		t.Error("the account that was live last is not unsure")
	}
}

func TestTombstonesAndAbsentFilesMayBeReplaced(t *testing.T) {
	for name, doc := range map[string]string{
		"tombstone": `{"claudeAiOauth":{"accessToken":"","refreshToken":"","expiresAt":0,"scopes":["user:inference"]},"mcpOAuth":{"x":1}}`,
		"no login":  `{"mcpOAuth":{"x":1}}`,
		"null":      `null`,
		"absent":    "",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.swap(oauthcore.SwapRequest{To: personal})
			w.write(w.paths.Credentials(), doc)
			if doc == "" {
				if err := os.Remove(w.paths.Credentials()); err != nil {
					t.Fatal(err)
				}
			}
			want := "none"
			if name == "tombstone" {
				want = "tombstone"
			}
			if v := w.core.Snapshot(context.Background()); v.Live.Reason != want || v.Live.Present {
				t.Errorf("live %+v", v.Live)
			}
			_, err := w.core.Import(context.Background())
			wantCode(t, err, view.CodeFailed)
			done := w.swap(oauthcore.SwapRequest{To: personal})
			if done.From != "" {
				t.Errorf("swapped %+v", done)
			}
			w.live(personal)
			w.kept(personal)
		})
	}
}

func TestDamagedFilesStopEverySwapAndAreNotTouched(t *testing.T) {
	for _, bad := range []string{`{"accounts":`, `[]`, `{"accounts":[],"claudeAiOauth":7,"oauthAccount":"x"}`, `{"accounts":{"a":7},"claudeAiOauth":{"expiresAt":"soon"},"oauthAccount":[]}`, `{"a":1,"a":2}`} {
		for _, which := range []string{"pool", "vault", "credentials", "config", "book"} {
			w := newWorld(t)
			if strings.HasPrefix(bad, `{"a"`) && (which == "credentials" || which == "config") {
				continue // as for Claude Code, of a member named twice the last counts
			}
			path := map[string]string{
				"pool": w.paths.Pool(), "vault": w.paths.Vault(), "credentials": w.paths.Credentials(), "config": w.paths.ClaudeJSON, "book": w.paths.Usage(),
			}[which]
			w.write(path, bad)
			_, err := w.core.Swap(context.Background(), oauthcore.SwapRequest{To: work})
			e := wantCode(t, err, view.CodeDamaged)
			if !strings.Contains(e.Message, path) {
				t.Errorf("%s: %q does not name the file", which, e.Message)
			}
			if got := string(w.read(path)); got != bad {
				t.Errorf("%s was overwritten: %s", which, got)
			}
			v := w.core.Snapshot(context.Background())
			if len(v.Problems) == 0 {
				t.Errorf("%s %s: nothing is said", which, bad)
			}
		}
	}
}

func TestSymlinksAreFollowed(t *testing.T) {
	w := newWorld(t)
	dotfiles := t.TempDir()
	for name, path := range map[string]string{"creds": w.paths.Credentials(), "config": w.paths.ClaudeJSON, "pool": w.paths.Pool()} {
		to := filepath.Join(dotfiles, name)
		if err := os.Rename(path, to); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, path); err != nil {
			t.Fatal(err)
		}
	}
	w.swap(oauthcore.SwapRequest{To: work})
	w.live(work)
	for _, path := range []string{w.paths.Credentials(), w.paths.ClaudeJSON, w.paths.Pool()} {
		if info, err := os.Lstat(path); err != nil || info.Mode()&os.ModeSymlink == 0 {
			t.Errorf("%s is no link any more", path)
		}
	}
}

func TestDarwinRefusesRatherThanPretends(t *testing.T) {
	w := newWorld(t)
	w.core.GOOS = "darwin"
	_, err := w.core.Swap(context.Background(), oauthcore.SwapRequest{To: work})
	wantCode(t, err, view.CodeUnsupported)
	_, err = w.core.Refresh(context.Background(), personal)
	wantCode(t, err, view.CodeUnsupported)
	w.live(personal)
}
