package oauthcore_test

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/files"
	"baton/oauthcore/files/filestest"
)

// lastSwap is the swap a core shows as "from > to", "" for none.
func lastSwap(c *oauthcore.Core) string {
	last := c.Snapshot(context.Background()).LastSwap
	if last == nil {
		return ""
	}
	return last.From + " > " + last.Key
}

func TestLastSwap(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	restarted := func() string { return lastSwap(w.newCore(files.OS{})) }
	want := func(step, swap string) {
		t.Helper()
		if got, fresh := lastSwap(w.core), restarted(); got != swap || fresh != swap {
			t.Errorf("%s: %q, after a restart %q, want %q", step, got, fresh, swap)
		}
	}
	want("at first", "")
	w.swap(oauthcore.SwapRequest{To: work})
	want("one swap", personal+" > "+work)
	w.clock.Add(time.Minute)
	w.swap(oauthcore.SwapRequest{To: lab}) // a refresh is logged in between
	want("another", work+" > "+lab)
	if last := w.core.Snapshot(ctx).LastSwap; !last.At.Equal(w.clock.Now()) {
		t.Errorf("at %v, want %v", last.At, w.clock.Now())
	}
	// A swap to the account that is live already is none.
	w.swap(oauthcore.SwapRequest{To: lab})
	want("onto itself", work+" > "+lab)
	// Another process's counts as well.
	if _, err := w.newCore(files.OS{}).Swap(ctx, oauthcore.SwapRequest{To: personal}); err != nil {
		t.Fatal(err)
	}
	want("by another", lab+" > "+personal)
	for _, gone := range []string{lab} {
		if _, err := w.core.Remove(ctx, oauthcore.RemoveRequest{Name: gone}); err != nil {
			t.Fatal(err)
		}
	}
	want("its account is gone", "")
	w.swap(oauthcore.SwapRequest{To: work})
	want("once more", personal+" > "+work)
	// Somebody else's login lies there now: it was not this swap that made it.
	w.write(w.paths.Credentials(), `{"claudeAiOauth":null}`)
	want("logged out", "")
}

// The log is cut, torn and damaged without a snapshot being any the worse, and
// it is not read again while nothing was added to it.
func TestLastSwapInALongLog(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: work})
	path := w.paths.Activity()
	own := string(w.read(path))
	line := `{"at":"2026-11-23T13:13:00Z","kind":"refreshed","key":"` + lab + `"}` + "\n"
	for name, c := range map[string]struct{ doc, want string }{
		"noise behind it":  {own + strings.Repeat(line, 50), personal + " > " + work},
		"noise before it":  {strings.Repeat(line, 4000) + own, personal + " > " + work},
		"far back":         {own + strings.Repeat(line, 4000), ""},
		"a torn end":       {own + `{"at":"2026-11-23T13:13:00Z","kind":"swapped","ke`, personal + " > " + work},
		"no JSON":          {own + "\x00\x00\"swapped\"\n" + "]\n", personal + " > " + work},
		"from nobody":      {own + `{"at":"2026-11-23T13:13:00Z","kind":"swapped","key":"` + work + "\"}\n", personal + " > " + work},
		"to somebody else": {own + `{"at":"2026-11-23T13:13:00Z","kind":"swapped","from":"` + work + `","key":"` + lab + "\"}\n", ""},
		"empty":            {"", ""},
	} {
		w.write(path, c.doc)
		if got := lastSwap(w.newCore(files.OS{})); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if got := lastSwap(w.core); got != "" {
		t.Errorf("no log: %q", got)
	}
	w.write(path, own)
	counting := &filestest.FS{}
	c := w.newCore(counting)
	for range 5 {
		if got := lastSwap(c); got != personal+" > "+work {
			t.Errorf("%q", got)
		}
	}
	if reads(counting, path) != 1 {
		t.Errorf("the log was opened %d times", reads(counting, path))
	}
	if !bytes.Equal(w.read(path), []byte(own)) {
		t.Error("looking at the log changed it")
	}
}
