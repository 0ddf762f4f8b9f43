//go:build !js

package local

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"baton/app/backend"
)

func TestTrail(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"a/b/c", "d"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{
		"a/link": "../d", "l": "a/link", "abs": filepath.Join(root, "d"), "loop": "loop", "up": "a/b/../../d", "a/b/deep": "/nowhere/at/all",
	} {
		if err := os.Symlink(to, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string][]spot{
		"a/b/c":        {{"a", "b"}, {"a/b", "c"}},
		"a/b/c/file":   {{"a/b", "c"}, {"a/b/c", "file"}},
		"a//b/./c/":    {{"a", "b"}, {"a/b", "c"}},
		"x/y/z":        {{"", "x"}},
		"d/file":       {{"", "d"}, {"d", "file"}},
		"l/file":       {{"", "l"}, {"a", "link"}, {"", "d"}, {"d", "file"}},
		"abs/file":     {{"", "abs"}, {"", "d"}, {"d", "file"}},
		"up/file":      {{"", "up"}, {"", "d"}, {"d", "file"}},
		"a/b/../b/c/f": {{"a/b", "c"}, {"a/b/c", "f"}},
	} {
		for i := range want {
			want[i].dir = filepath.Join(root, want[i].dir)
		}
		if got := trail(root + "/" + path); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
	if got := trail(filepath.Join(root, "loop")); len(got) != mostLinks+2 || got[1] != (spot{root, "loop"}) {
		t.Errorf("a loop: %d spots, %v", len(got), got[:2])
	}
	if got := trail(filepath.Join(root, "a/b/deep")); !slices.Contains(got, spot{filepath.Join(root, "a", "b"), "deep"}) {
		t.Errorf("a link to nowhere: %v", got)
	}
}

func TestRest(t *testing.T) {
	for took, want := range map[time.Duration]time.Duration{
		0: settle, time.Millisecond: settle, 10 * time.Millisecond: settle,
		40 * time.Millisecond: 400 * time.Millisecond, time.Minute: settleMost,
	} {
		if got := rest(took); got != want {
			t.Errorf("after a look of %v: %v, want %v", took, got, want)
		}
	}
}

func TestUntilMoment(t *testing.T) {
	now := time.Date(2026, 11, 23, 13, 13, 0, 0, time.UTC)
	const more = 10 * time.Millisecond
	at := func(d time.Duration) *backend.Window { return &backend.Window{ResetsAt: now.Add(d)} }
	for what, c := range map[string]struct {
		account backend.Account
		want    time.Duration
	}{
		"nothing ahead":    {backend.Account{}, time.Minute},
		"a limit":          {backend.Account{LimitedUntil: now.Add(time.Second)}, time.Second + more},
		"a limit far off":  {backend.Account{LimitedUntil: now.Add(time.Hour)}, time.Minute},
		"a limit past":     {backend.Account{LimitedUntil: now.Add(-time.Second)}, time.Minute},
		"a limit now":      {backend.Account{LimitedUntil: now}, time.Minute},
		"five hours":       {backend.Account{Usage: &backend.Usage{FiveHour: at(3 * time.Second)}}, 3*time.Second + more},
		"seven days":       {backend.Account{Usage: &backend.Usage{SevenDay: at(4 * time.Second), FiveHour: at(time.Hour)}}, 4*time.Second + more},
		"a model":          {backend.Account{Usage: &backend.Usage{Models: []backend.ModelWindow{{Window: *at(5 * time.Second)}}}}, 5*time.Second + more},
		"the login's end":  {backend.Account{LoginExpiresAt: now.Add(time.Second)}, time.Second + more},
		"a week before it": {backend.Account{LoginExpiresAt: now.Add(7*24*time.Hour + 2*time.Second)}, 2*time.Second + more},
	} {
		s := backend.Snapshot{Accounts: []backend.Account{{LimitedUntil: now.Add(time.Hour)}, c.account}}
		if got := untilMoment(s, now, time.Minute); got != c.want {
			t.Errorf("%s: %v, want %v", what, got, c.want)
		}
	}
}
