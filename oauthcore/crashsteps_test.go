//go:build unix

package oauthcore_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/doctor"
	"baton/oauthcore/providertest"

	"github.com/tidwall/gjson"
)

// maxSteps bounds the search for an operation's last step.
const maxSteps = 500

// recoveryTime is how long the first look after a crash may take.
const recoveryTime = time.Second

// stepWorld is a world with a child to cut off.
type stepWorld struct {
	*world
	order   stepOrder
	granted string // fingerprint of the login the child is to save
}

func newStepWorld(t *testing.T, name string, op stepOp) *stepWorld {
	t.Helper()
	return newStepWorldOf(t, systemOf(t), name, op)
}

func newStepWorldOf(t *testing.T, goos, name string, op stepOp) *stepWorld {
	t.Helper()
	w := &stepWorld{world: newWorldOf(t, goos)}
	w.core = w.newCore(quickFS())
	w.order = stepOrder{Op: name, URL: w.provider.URL(), GOOS: w.goos, Paths: w.paths, Now: w.clock.Now()}
	if !op.first {
		if err := w.core.Settle(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if op.seed != nil {
		op.seed(w)
	}
	return w
}

// A process that is killed before any step of any operation costs no login:
// the next one finds all there is to know in the files, within a second. Only
// an answer that was not on disk yet is gone with the process that held it.
func TestKilledAtEveryStep(t *testing.T) {
	t.Parallel()
	var (
		mu      sync.Mutex
		slowest time.Duration
		lines   []string
	)
	t.Run("operations", func(t *testing.T) {
		for name, op := range stepOps() {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				tally := killEverywhere(t, name, op)
				mu.Lock()
				defer mu.Unlock()
				slowest = max(slowest, tally.slowest)
				lines = append(lines, fmt.Sprintf("%-34s %3d steps, an answer gone at %d, slowest recovery %v",
					name, tally.steps, len(tally.gone), tally.slowest.Round(time.Millisecond)))
				for _, step := range tally.gone {
					lines = append(lines, fmt.Sprintf("%-34s   gone before: %s", name, step))
				}
			})
		}
	})
	slices.Sort(lines)
	t.Logf("measured: the slowest recovery after a kill took %v", slowest.Round(time.Millisecond))
	t.Logf("what was killed:\n%s", strings.Join(lines, "\n"))
}

// notOn says that a step is not taken on a system: on a Mac those of writing
// the live login to a file, on Windows those of syncing a folder.
func notOn(goos, step string) bool {
	switch goos {
	case "darwin":
		return step != liveStep && strings.HasSuffix(step, " .credentials.json")
	case "windows":
		return strings.HasPrefix(step, "syncdir ")
	}
	return false
}

type killTally struct {
	steps   int
	gone    []string // the steps before which an answer is gone
	slowest time.Duration
}

// killEverywhere kills the operation before its first step, its second, … until
// it ends by itself.
func killEverywhere(t *testing.T, name string, op stepOp) killTally {
	t.Helper()
	var tally killTally
	var whole stepRun
	stride := 1
	switch elsewhere := systemOf(t) != "linux"; {
	case elsewhere && (testing.Short() || watched):
		stride = 16
	case elsewhere:
		stride = 4
	case testing.Short() || watched:
		stride = 7
	}
	for n := 1; !whole.done; n += stride {
		if n > maxSteps || t.Failed() && n > 3*op.least {
			t.Fatalf("no end after %d steps", n-1)
		}
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			w := newStepWorld(t, name, op)
			w.order.At = n
			run := w.order.killed(t)
			if run.done {
				whole = run
				if run.code != "" {
					t.Errorf("left alone it ends with %s", run.code)
				}
			}
			gone := op.window != nil && op.window(run.taken())
			if gone {
				tally.gone = append(tally.gone, run.last())
			}
			took := w.recovers(op, gone)
			if took > recoveryTime { // a busy machine, or really slow?
				w = newStepWorld(t, name, op)
				w.order.At = n
				took = w.recovers(op, op.window != nil && op.window(w.order.killed(t).taken()))
			}
			if took > recoveryTime {
				t.Errorf("recovery took %v", took)
			}
			tally.slowest = max(tally.slowest, took)
			if t.Failed() {
				t.Logf("killed before %q", run.last())
			}
		})
	}
	tally.steps = len(whole.steps)
	if tally.steps < op.least && systemOf(t) != "windows" {
		t.Errorf("only %d steps, there were %d at least", tally.steps, op.least)
	}
	for _, step := range op.needs {
		if notOn(systemOf(t), step) {
			continue
		}
		if !slices.Contains(whole.steps, step) {
			t.Errorf("it never stopped at %q", step)
		}
	}
	if op.window != nil && len(tally.gone) == 0 && stride == 1 {
		t.Error("it never stopped with an answer in hand")
	}
	return tally
}

// oneMore is an account the home has not seen.
var oneMore = providertest.Person{
	AccountUUID: "b0a7c1de-5f2e-4d83-9c1b-0e8f6a2d7c41", OrganizationUUID: "c1b8d2ef-603f-4e94-8d2c-1f907b3e8d52",
	Email: "one.more@example.com", OrganizationType: "claude_pro",
}

// heal is the next process: the next operation, baton doctor --fix, or the login
// of one more account. Where an answer is gone the doctor is spared: it would
// present the token that is used up, to find that out. So it is where there is no
// vault yet: it makes none.
func (w *stepWorld) heal(op stepOp, gone bool) error {
	ctx := context.Background()
	switch way := w.order.At % 3; {
	case way == 1 && !gone && !op.first:
		_, err := doctor.New(w.core, nil).Examine(ctx, doctor.Request{Fix: true, Home: w.home.Dir, Lookup: lookupIn(w.home.Setenv())})
		return err
	case way == 2:
		w.provider.ClearFaults()
		w.provider.AddAccount(oneMore)
		_, err := save(ctx, w.core, w.grant(oneMore.Email))
		return err
	}
	return w.core.Settle(ctx)
}

// recovers opens the home as the next process does and checks all that must
// hold. gone says that one answer was lost with the process.
func (w *stepWorld) recovers(op stepOp, gone bool) time.Duration {
	w.Helper()
	w.core = w.newCore(quickFS())
	began := time.Now()
	if err := w.heal(op, gone); err != nil {
		w.Fatalf("the next process: %v", err)
	}
	took := time.Since(began)
	if w.order.At%3 == 1 {
		took = 0 // the doctor watches locks for a while before it takes them for abandoned
	}
	w.sound()
	missing := w.missing(op)
	if want := map[bool]int{true: 1}[gone]; len(missing) != want {
		w.Errorf("logins found nowhere: %d, want %d: %q", len(missing), want, missing)
	}
	switch {
	case gone:
		w.admits()
	case w.order.At%6 == 0: // the time for both at every step is not worth it
		before := w.snapshot()
		if err := w.core.Settle(context.Background()); err != nil {
			w.Fatalf("once more: %v", err)
		}
		if !bytes.Equal(before, w.snapshot()) {
			w.Error("the second look changed something again")
		}
	default:
		op.again(w)
	}
	return took
}

// admits looks that Baton knows of the answer it never got, so that nobody
// presents the used-up token unasked.
func (w *stepWorld) admits() {
	w.Helper()
	if w.granted != "" {
		return // a login nobody ever had
	}
	alive := w.alive()
	for _, a := range w.vault().Accounts() {
		if !alive[a.Credential.Fingerprint()] && !w.unsure(a.Key) {
			w.Errorf("the login of %s is used up and Baton does not know", a.Key)
		}
	}
}

// alive are the logins the provider takes, by their refresh token.
func (w *stepWorld) alive() map[string]bool {
	out := map[string]bool{}
	for _, l := range w.provider.State().Logins {
		out[l.RefreshFingerprint] = true
	}
	return out
}

// missing lists the living logins that are neither in the vault, nor live, nor
// waiting, nor set aside.
func (w *stepWorld) missing(op stepOp) []string {
	w.Helper()
	have := map[string]bool{}
	for _, a := range w.vault().Accounts() {
		have[a.Credential.Fingerprint()] = true
	}
	aside, err := filepath.Glob(filepath.Join(w.paths.SetAside(), "*.json"))
	if err != nil {
		w.Fatal(err)
	}
	for _, path := range append(append(aside, w.waitingLogins()...), w.paths.Credentials()) {
		doc, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		if cr, err := accounts.ParseCredential([]byte(gjson.GetBytes(doc, "claudeAiOauth").Raw)); err == nil {
			have[cr.Fingerprint()] = true
		}
	}
	var out []string
	for _, l := range w.provider.State().Logins {
		if !have[l.RefreshFingerprint] && (op.forgets == nil || !op.forgets(w, l.RefreshFingerprint)) {
			out = append(out, l.Email)
		}
	}
	return out
}

// sound checks that every file is whole, that Claude Code's two files name one
// account, and that nothing is left lying about.
func (w *stepWorld) sound() {
	w.Helper()
	err := filepath.WalkDir(w.home.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch name := d.Name(); {
		case strings.Contains(name, ".baton-"), d.IsDir() && strings.HasSuffix(name, ".lock"):
			w.Errorf("left behind: %s", path)
		case filepath.Ext(name) == ".json" && !gjson.ValidBytes(w.read(path)):
			w.Errorf("not whole: %s", path)
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	if v := w.core.Snapshot(context.Background()); len(v.Problems) > 0 {
		w.Errorf("problems: %v", v.Problems)
	}
	if _, err := w.core.Activities(); err != nil {
		w.Error(err)
	}
	doc, err := os.ReadFile(w.paths.Credentials())
	if err != nil {
		return // nobody is logged in
	}
	inside := gjson.GetBytes(doc, "claudeAiOauth")
	named := gjson.GetBytes(w.read(w.paths.ClaudeJSON), "oauthAccount")
	for _, member := range []string{"accountUuid", "organizationUuid"} {
		if got := inside.Get(member).String(); got != "" && got != named.Get(member).String() {
			w.Errorf("%s: the login is %s's, .claude.json names %s", member, got, named.Get(member))
		}
	}
	w.private()
}

// snapshot is what a second look must not change.
func (w *stepWorld) snapshot() []byte {
	w.Helper()
	var all []byte
	for _, path := range []string{w.paths.Vault(), w.paths.Pool(), w.paths.Usage(), w.paths.Credentials(), w.paths.ClaudeJSON} {
		doc, err := os.ReadFile(path)
		if err != nil && !os.IsNotExist(err) {
			w.Fatal(err)
		}
		all = append(all, doc...)
	}
	return all
}
