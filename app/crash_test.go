//go:build unix

package app_test

import (
	"context"
	"os/exec"
	"testing"
	"time"
)

// A swap that is killed, wherever it is, costs no login: the next command
// finds one whole login in place and heals the rest. Only accounts whose
// access token is good take part; what a kill does to a refresh under way
// nobody can prevent.
func TestKilledSwaps(t *testing.T) {
	w := started(t)
	began := time.Now()
	w.done(t, "swap", "ada@corp.example")
	whole := time.Since(began) // a swap's usual length, with the first look at the home
	const kills = 30
	keys := []string{"night@example.com", "ada@corp.example", "ada.side@example.com", "ada@example.com"}
	killed := 0
	for i := range kills {
		ctx, cancel := context.WithTimeout(t.Context(), whole*time.Duration(i+1)/kills)
		cmd := exec.CommandContext(ctx, "baton", "swap", keys[i%len(keys)]) // killed when ctx ends
		cmd.Env, cmd.Dir = w.env(), w.dir
		if err := cmd.Run(); err != nil {
			killed++
		}
		cancel()
		// At no moment may a login on disk be one the provider has replaced.
		for _, wrong := range w.lost() {
			t.Errorf("after kill %d: %s", i, wrong)
		}
	}
	if killed == 0 {
		t.Error("no swap was killed: nothing was tested")
	}
	t.Logf("measured: %d of %d swaps were killed", killed, kills)
	w.done(t, "swap", "ada@corp.example")
	if got := w.active(t); got != "ada@corp.example" {
		t.Errorf("active is %s", got)
	}
	if who := w.live(t); who.AccountUUID != w.home.Residents[1].Person.AccountUUID {
		t.Errorf("live is %v", who)
	}
	w.done(t, "refresh", "--all")
}
