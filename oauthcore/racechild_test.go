//go:build unix

package oauthcore_test

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/provider"
	"baton/oauthcore/view"
)

// The child processes of the race are this test binary, told by these what to
// be, where the provider is, which file tells them to stop and where to say how
// it went.
const (
	envRaceRole   = "BATON_RACE_ROLE"
	envRaceStop   = "BATON_RACE_STOP"
	envRaceReport = "BATON_RACE_REPORT"
	envRaceSeed   = "BATON_RACE_SEED"
)

// raceTally is what a child reports.
type raceTally struct {
	mu      sync.Mutex
	Role    string           `json:"role"`
	Counts  map[string]int   `json:"counts"`
	Errors  map[string]int   `json:"errors"`  // of the doubles, and what no Baton should say
	Longest map[string]int64 `json:"longest"` // ms
}

func (r *raceTally) count(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Counts[what]++
}

func (r *raceTally) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.Errors) < 20 {
		r.Errors[err.Error()]++
	}
}

func (r *raceTally) took(what string, d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Longest[what] = max(r.Longest[what], d.Milliseconds())
}

// TestRaceChild is one process of the race. By itself it does nothing.
func TestRaceChild(t *testing.T) {
	role := os.Getenv(envRaceRole)
	if role == "" {
		return
	}
	seed, err := strconv.ParseUint(os.Getenv(envRaceSeed), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	paths, err := claude.PathsFrom(os.LookupEnv, os.UserHomeDir)
	if err != nil {
		t.Fatal(err)
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(role))
	tally := &raceTally{Role: role, Counts: map[string]int{}, Errors: map[string]int{}, Longest: map[string]int64{}}
	stop := os.Getenv(envRaceStop)
	stopped := func() bool {
		_, err := os.Stat(stop)
		return err == nil || t.Context().Err() != nil
	}
	turns := raceTurns(t, role, paths, rand.NewPCG(seed, h.Sum64()), tally)
	var wg sync.WaitGroup
	for _, turn := range turns {
		wg.Go(func() {
			for !stopped() {
				turn(t.Context())
			}
		})
	}
	wg.Wait()
	doc, err := json.Marshal(tally)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(os.Getenv(envRaceReport), doc, 0o600); err != nil {
		t.Fatal(err)
	}
}

// raceTurns gives what a child does again and again, side by side where it is
// more than one thing.
func raceTurns(t *testing.T, role string, paths claude.Paths, seed *rand.PCG, tally *raceTally) []func(context.Context) {
	t.Helper()
	r := rand.New(seed)
	pause := func(r *rand.Rand, upTo int) { <-time.After(time.Duration(5+r.IntN(upTo)) * time.Millisecond) }
	do := func(what string, pauseUpTo int, fn func(context.Context) error) []func(context.Context) {
		return []func(context.Context){func(ctx context.Context) {
			start := time.Now()
			if err := fn(ctx); err != nil {
				tally.fail(err)
			}
			tally.took(what, time.Since(start))
			pause(r, pauseUpTo)
		}}
	}
	base := os.Getenv("BATON_PROVIDER")
	switch {
	case strings.HasPrefix(role, "client"):
		d := &doubleClient{old: role == raceOld, name: role, paths: paths, base: base, rand: r, tally: tally}
		return do("prompt", 80, d.prompt)
	case role == raceHuskies:
		d := &doubleHuskies{paths.Pool(), r, tally}
		return do("rewrite", 150, func(context.Context) error { return d.rewrite() })
	}
	endpoints, err := provider.FromBase(base)
	if err != nil {
		t.Fatal(err)
	}
	core := oauthcore.New(oauthcore.Env{
		Paths: paths, FS: files.OS{}, Locks: &files.Locks{}, Now: time.Now, GOOS: "linux",
		Provider: provider.New(endpoints, provider.Options{UserAgent: role}),
	})
	one := func(r *rand.Rand) func(context.Context) {
		return func(ctx context.Context) {
			batonTurn(ctx, core, r, tally)
			pause(r, 120)
		}
	}
	if role != raceTwofold {
		return []func(context.Context){one(r)}
	}
	return []func(context.Context){one(r), one(rand.New(rand.NewPCG(r.Uint64(), r.Uint64())))}
}

// batonTurn is one call of a Baton and what came of it.
func batonTurn(ctx context.Context, core *oauthcore.Core, r *rand.Rand, tally *raceTally) {
	key := []string{personal, work}[r.IntN(2)]
	what, start := "", time.Now()
	var err error
	switch n := r.IntN(100); {
	case n < 45:
		what = "swap"
		_, err = core.Swap(ctx, oauthcore.SwapRequest{To: key})
	case n < 80:
		what = "refresh"
		_, err = core.Refresh(ctx, key)
	case n < 85:
		what = "import"
		_, err = core.Import(ctx)
	case n < 90:
		what = "settle"
		err = core.Settle(ctx)
	default:
		tally.count("views")
		for _, p := range core.Snapshot(ctx).Problems {
			if tornPool(p) {
				tally.count("views of a torn pool")
				continue
			}
			tally.fail(fmt.Errorf("view: %w", p))
		}
		return
	}
	tally.took(what, time.Since(start))
	tally.count("calls")
	switch code := view.CodeOf(err); {
	case err == nil:
		tally.count("ok")
		tally.count(what + " ok")
	case code == view.CodeBusy:
		tally.count("busy")
	case tornPool(err):
		tally.count("torn pool")
	default:
		tally.count("other")
		tally.fail(fmt.Errorf("%s: %s: %w", what, code, err))
	}
}

// tornPool says that huskies took longer over writing the pool in place than
// Baton looked at it: then a call refuses, and nothing is changed.
func tornPool(err error) bool {
	return view.CodeOf(err) == view.CodeDamaged && strings.Contains(err.Error(), "oauth_pool.json")
}

// raceTouches is the member of .claude.json the clients count in.
var raceTouches = regexp.MustCompile(`"raceTouches": (\d+)`)

// bumpConfig counts one up and leaves every other byte as it was.
func bumpConfig(doc []byte) ([]byte, error) {
	at := raceTouches.FindSubmatchIndex(doc)
	if at == nil {
		return nil, fmt.Errorf(".claude.json has lost its counter, or is torn (%d bytes)", len(doc))
	}
	n, err := strconv.Atoi(string(doc[at[2]:at[3]]))
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "%s%d%s", doc[:at[2]], n+1, doc[at[3]:]), nil
}
