//go:build unix

package oauthcore_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"baton/oauthcore/providertest"

	"pgregory.net/rapid"
)

// historiesVariable says how many random histories to run.
const historiesVariable = "BATON_HISTORIES"

// keptSeed makes the histories of every run of all tests the same ones. Where
// another number of them is asked for they are new ones, unless -rapid.seed says
// which.
const keptSeed = 20261127

// defaultHistories take about ten seconds on two cores.
const defaultHistories = 100

// averageSteps is how many actions a history has on average.
const averageSteps = 20

// Whatever two Batons, Claude Code, huskies, another switcher, the network, the
// disk and kills do to one home, in whatever order: no login is lost, none is
// used up twice, and Claude Code's files name one account. See judge, superseded
// and settleLedger for what cannot be prevented.
func TestHistories(t *testing.T) {
	n := defaultHistories
	if s := os.Getenv(historiesVariable); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	} else if testing.Short() || watched {
		n /= 10
	}
	const workers = 2
	flags := map[string]int{"rapid.checks": max(1, n/workers), "rapid.steps": averageSteps}
	if os.Getenv(historiesVariable) == "" {
		flags["rapid.seed"] = keptSeed
	}
	for name, value := range flags {
		f := flag.Lookup(name)
		was := f.Value.String()
		if err := f.Value.Set(strconv.Itoa(value)); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Value.Set(was) }()
	}
	var histories, steps atomic.Int64
	start := time.Now()
	t.Run("of", func(t *testing.T) {
		for i := range workers {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				rapid.Check(t, func(t *rapid.T) {
					rapid.SliceOfN(rapid.Uint64(), i, i).Draw(t, "worker") // else all workers have the same histories
					h := newHistory(t)
					h.play()
					histories.Add(1)
					steps.Add(int64(h.step))
				})
			})
		}
	})
	took := time.Since(start)
	t.Logf("%d histories, %d steps in %v: %.0f a second", histories.Load(), steps.Load(), took.Round(time.Second), float64(histories.Load())/took.Seconds())
}

// play is one history.
func (h *history) play() {
	actions := map[string]func(*rapid.T){"": func(*rapid.T) { h.check() }}
	for name, make := range batonActions() {
		actions[name] = func(*rapid.T) { h.carryOut(make) }
	}
	for name, run := range otherActions() {
		actions[name] = func(*rapid.T) {
			h.step++
			p := h.picks()
			h.others(name, func() { run(h, p) })
		}
	}
	maps.Copy(actions, h.surroundings())
	h.Repeat(actions)
	h.finish()
}

// surroundings is what happens to clock, provider and disk.
func (h *history) surroundings() map[string]func(*rapid.T) {
	pass := func(t *rapid.T) {
		h.step++
		d := rapid.SampledFrom([]time.Duration{time.Minute, 20 * time.Minute, 3 * time.Hour, 9 * time.Hour, 26 * time.Hour, 72 * time.Hour}).Draw(t, "time")
		h.Logf("%3d   %v pass", h.step, d)
		h.clock.Add(d)
	}
	return map[string]func(*rapid.T){
		"time passes":   pass,
		"time passes 2": pass,
		"the provider fails": func(t *rapid.T) {
			h.step++
			f := faultOf(
				rapid.SampledFrom([]providertest.FaultKind{
					providertest.FaultServerError, providertest.FaultLostBefore, providertest.FaultLostAfter, providertest.FaultTruncated,
					providertest.FaultStatus, providertest.FaultNoRefresh, providertest.FaultIncomplete,
				}).Draw(t, "fault"),
				providertest.EndpointRefresh, rapid.IntRange(1, 2).Draw(t, "times"),
			)
			h.Logf("%3d   the next %d refreshes: %s", h.step, f.Times, f.Kind)
			h.must(h.provider.Fail(f))
		},
		"nobody is told the owner": func(t *rapid.T) {
			h.step++
			f := faultOf(providertest.FaultUnavailable, providertest.EndpointProfile, rapid.IntRange(1, 6).Draw(t, "times"))
			h.Logf("%3d   the next %d profiles: %s", h.step, f.Times, f.Kind)
			h.must(h.provider.Fail(f))
		},
		"the network goes or comes": func(*rapid.T) {
			h.step++
			h.offline = !h.offline
			h.Logf("%3d   offline: %v", h.step, h.offline)
		},
		"the live file is mounted or not": func(*rapid.T) {
			h.step++
			h.mounted = !h.mounted
			h.Logf("%3d   mounted: %v", h.step, h.mounted)
		},
		"a backup is made": func(t *rapid.T) {
			h.step++
			h.backUp()
		},
		"a backup is restored": func(t *rapid.T) {
			if h.backup == "" {
				t.Skip("there is none")
			}
			h.step++
			h.others("a backup is restored", h.restoreBackup)
		},
		"another Baton settles": func(t *rapid.T) {
			i := rapid.IntRange(0, 1).Draw(t, "which")
			h.batons[i] = h.newProcess(h.batons[i].name)
			h.carryOut(batonActions()["settle"])
		},
	}
}

// backUp copies Baton's directory away.
func (h *history) backUp() {
	if _, err := os.Stat(h.paths.Own()); err != nil {
		return
	}
	h.Logf("%3d   a backup is made", h.step)
	h.backup = filepath.Join(filepath.Dir(h.dir), "backup")
	h.must(os.RemoveAll(h.backup))
	h.must(os.CopyFS(h.backup, os.DirFS(h.paths.Own())))
}

// restoreBackup brings it back. The tokens in it may have been used up since.
func (h *history) restoreBackup() {
	before := h.vaultNow().Fingerprints()
	h.must(os.RemoveAll(h.paths.Own()))
	h.must(os.CopyFS(h.paths.Own(), os.DirFS(h.backup)))
	now := h.vaultNow().Fingerprints()
	for fp := range before {
		if _, known := now[fp]; !known {
			h.forgot[fp] = true
		}
	}
	h.restored = h.step
	// By the time it is done, locks of a Baton that was killed, of which the backup
	// knows nothing, were broken: watching each of them takes seconds.
	for _, lock := range []string{
		filepath.Join(h.paths.Secure, ".oauth_refresh.lock"), h.paths.Secure + ".lock",
		filepath.Join(h.paths.Secure, ".storage-write.lock"), h.paths.ClaudeJSON + ".lock",
	} {
		h.must(os.RemoveAll(lock))
	}
}
