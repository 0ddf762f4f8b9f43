//go:build unix

package oauthcore_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"baton/app/demo"
	"baton/oauthcore"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/provider"
	"baton/oauthcore/providertest"
)

const (
	raceBatons  = 5
	raceTwofold = "baton-5" // acts for a window and for a page at the same time
	raceNew     = "client-new"
	raceOld     = "client-old"
	raceHuskies = "huskies"
	raceJudge   = "baton-judge"
	// raceMore is how much longer the race goes on where every sync of the disk
	// takes so long that no Claude Code got to refresh yet.
	raceMore = 60 * time.Second
	// raceGrace is how long the last call of a child may take: one swap waits
	// up to four times for a lock of nine seconds.
	raceGrace = 60 * time.Second
)

// raceTime is how long the race goes on.
func raceTime(t *testing.T) time.Duration {
	t.Helper()
	seconds := 8.0
	if testing.Short() {
		seconds = 3
	}
	if s := os.Getenv("BATON_RACE_SECONDS"); s != "" {
		var err error
		if seconds, err = strconv.ParseFloat(s, 64); err != nil || seconds <= 0 {
			t.Fatalf("BATON_RACE_SECONDS=%q", s)
		}
	}
	return time.Duration(seconds * float64(time.Second))
}

// TestRace lets five Batons, now and then suspended for a moment, swap and
// refresh two accounts in one home while
// two Claude Codes refresh the login they find there and huskies writes back
// old logins, against a provider that ends a login whose spent refresh token
// it sees again. Afterwards every login is still there.
func TestRace(t *testing.T) {
	span := raceTime(t)
	r := newRace(t)
	tallies := r.run(span)
	r.report(tallies)
	r.judge(span, tallies)
}

// race is the home, the provider, and what was there at the start.
type race struct {
	*testing.T
	provider *providertest.Provider
	front    *raceFront
	home     demo.Home
	paths    claude.Paths
	core     *oauthcore.Core
	config   []byte // .claude.json at the start
}

func newRace(t *testing.T) *race {
	t.Helper()
	r := &race{T: t}
	// A client refreshes five minutes before the end, a Baton ten before a
	// swap: with this all of them have something to do all the time.
	r.provider = providertest.NewProvider(providertest.Options{AccessLifetime: 5*time.Minute + 600*time.Millisecond})
	if _, err := r.provider.Start(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.provider.Close(); err != nil {
			t.Error(err)
		}
	})
	r.front = newRaceFront(t, r.provider)
	var err error
	if r.home, err = demo.NewHome(filepath.Join(t.TempDir(), "home"), r.provider, time.Now()); err != nil {
		t.Fatal(err)
	}
	env := r.home.Setenv()
	if r.paths, err = claude.PathsFrom(lookupIn(env), func() (string, error) { return r.home.Dir, nil }); err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile(r.paths.ClaudeJSON)
	if err != nil {
		t.Fatal(err)
	}
	r.config = bytes.Replace(doc, []byte("{"), []byte("{\n  \"raceTouches\": 0,"), 1)
	if err := os.WriteFile(r.paths.ClaudeJSON, r.config, 0o600); err != nil {
		t.Fatal(err)
	}
	endpoints, err := provider.FromBase(r.front.base)
	if err != nil {
		t.Fatal(err)
	}
	r.core = oauthcore.New(oauthcore.Env{
		Paths: r.paths, FS: files.OS{}, Locks: &files.Locks{}, Now: time.Now, GOOS: "linux",
		Provider: provider.New(endpoints, provider.Options{UserAgent: raceJudge}),
	})
	return r
}

// raceEnv is a child's environment: the home's, and nothing that makes it wait
// for or write to anything of the parent's.
func (r *race) raceEnv(role, stop string, seed uint64, report string) []string {
	env := r.home.EnvFrom([]string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir(), "GORACE=" + os.Getenv("GORACE")})
	return append(env,
		"BATON_PROVIDER="+r.front.base, envRaceRole+"="+role, envRaceReport+"="+report,
		envRaceStop+"="+stop, envRaceSeed+"="+strconv.FormatUint(seed, 10))
}

// run starts all processes and waits until each has ended by itself.
func (r *race) run(span time.Duration) map[string]*raceTally {
	r.Helper()
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv(envRaceSeed); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			r.Fatal(err)
		}
	}
	r.Logf("%s=%d, %v", envRaceSeed, seed, span)
	roles := []string{raceNew, raceOld, raceHuskies}
	for i := range raceBatons {
		roles = append(roles, fmt.Sprintf("baton-%d", i+1))
	}
	ctx, cancel := context.WithTimeout(r.Context(), span+raceMore+raceGrace)
	defer cancel()
	dir := r.TempDir()
	stop := filepath.Join(dir, "stop")
	type child struct {
		*exec.Cmd
		out    bytes.Buffer
		report string
	}
	children := map[string]*child{}
	for _, role := range roles {
		c := &child{report: filepath.Join(dir, role+".json")}
		c.Cmd = exec.CommandContext(ctx, os.Args[0], "-test.run=^TestRaceChild$", "-test.count=1")
		c.Env = r.raceEnv(role, stop, seed, c.report)
		c.Stdout, c.Stderr = &c.out, &c.out
		// One that hangs says where before it ends.
		c.Cancel = func() error { return c.Process.Signal(syscall.SIGQUIT) }
		c.WaitDelay = 10 * time.Second
		if err := c.Start(); err != nil {
			r.Fatal(err)
		}
		children[role] = c
	}
	napping, wake := context.WithCancel(ctx)
	var naps sync.WaitGroup
	for role, c := range children {
		if strings.HasPrefix(role, "baton") {
			naps.Go(func() { nap(napping, c.Process) })
		}
	}
	r.goesOn(ctx, span)
	wake()
	naps.Wait()
	if err := os.WriteFile(stop, nil, 0o600); err != nil {
		r.Fatal(err)
	}
	tallies := map[string]*raceTally{}
	for role, c := range children {
		if err := c.Wait(); err != nil {
			r.Errorf("%s: %v\n%s", role, err, c.out.String())
			continue
		}
		tally := &raceTally{}
		doc, err := os.ReadFile(c.report)
		if err == nil {
			err = json.Unmarshal(doc, tally)
		}
		if err != nil {
			r.Errorf("%s reports nothing: %v", role, err)
		}
		tallies[role] = tally
	}
	return tallies
}

// raceNap is the longest a Baton is suspended. It is shorter than anything of
// Claude Code's waits for a lock that a suspended Baton may hold: what a longer
// sleep costs is a matter of its own.
const raceNap = 800 * time.Millisecond

// nap suspends a process now and then, wherever it is, as a busy machine does.
// At the end it is awake.
func nap(ctx context.Context, p *os.Process) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Duration(500+rand.IntN(2500)) * time.Millisecond):
		}
		if p.Signal(syscall.SIGSTOP) != nil {
			return // it has ended; its report is missing and says so
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(rand.Int64N(int64(raceNap)))):
		}
		if p.Signal(syscall.SIGCONT) != nil {
			return
		}
	}
}

// goesOn returns when the race is over: after the time given, or later where
// too little has happened by then to tell anything.
func (r *race) goesOn(ctx context.Context, span time.Duration) {
	began := time.Now()
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		took := time.Since(began)
		if took >= span+raceMore || took >= span && r.front.presented("client") && r.front.presented("baton") {
			return
		}
	}
}
