package clientlock

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestAbandonedChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		gone := filepath.Join(s.dir, "gone.lock")
		s.foreign(s.a, 61*time.Second)
		s.foreign(s.b, 30*time.Second)
		start, told := time.Now(), 0
		got, err := s.keeper().Abandoned(t.Context(), func() { told++ }, at(s.a, s.b, gone)...)
		if err != nil || len(got) != 1 || got[0].Path != s.a || told != 1 {
			t.Fatalf("%+v, %v, told %d times", got, err, told)
		}
		if took := time.Since(start); took < stillFor || took > stillFor+2*pollEvery {
			t.Errorf("watched for %v, want %v", took, stillFor)
		}
		for _, path := range []string{s.a, s.b} {
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s was removed", path)
			}
		}
	})
}

func TestAbandonedTakesNoTimeWhereNothingIsOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		s.foreign(s.a, 59*time.Second)
		start := time.Now()
		told := func() { t.Error("told of a wait") }
		if got, err := s.keeper().Abandoned(t.Context(), told, at(s.a, s.b)...); err != nil || got != nil {
			t.Errorf("%+v, %v", got, err)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("took %v", took)
		}
	})
}

func TestASlowHolderHasNotAbandonedItsLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		s.foreign(s.a, 90*time.Second)
		s.foreign(s.b, 90*time.Second)
		stop := make(chan struct{})
		defer close(stop)
		go func() {
			for {
				select {
				case <-time.After(4 * time.Second):
					s.touch(s.a, 90*time.Second) // alive, though its time is old
				case <-stop:
					return
				}
			}
		}()
		start := time.Now()
		got, err := s.keeper().Abandoned(t.Context(), nil, at(s.a, s.b)...)
		if err != nil || len(got) != 1 || got[0].Path != s.b {
			t.Errorf("%+v, %v", got, err)
		}
		if took := time.Since(start); took > stillFor+2*pollEvery {
			t.Errorf("watched for %v", took)
		}
	})
}

func TestAbandonedCanBeCanceled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		s.foreign(s.a, 90*time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.keeper().Abandoned(ctx, nil, at(s.a)...); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error = %v", err)
		}
	})
}

func TestBreak(t *testing.T) {
	for _, tt := range []struct {
		name  string
		since func(*stand) // what happens after the watching
		stays bool
	}{
		{"still abandoned", func(*stand) {}, false},
		{"a sign of life", func(s *stand) { s.touch(s.a, 0) }, true},
		{"a sign of life as old as it was", func(s *stand) { s.touch(s.a, 80*time.Second) }, true},
		{"somebody else's now", func(s *stand) {
			if err := os.Remove(s.a); err != nil {
				s.Fatal(err)
			}
			s.foreign(s.a, 0)
		}, true},
		{"given back", func(s *stand) {
			if err := os.Remove(s.a); err != nil {
				s.Fatal(err)
			}
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStand(t)
				s.foreign(s.a, 90*time.Second)
				k := s.keeper()
				got, err := k.Abandoned(t.Context(), nil, at(s.a)...)
				if err != nil || len(got) != 1 {
					t.Fatalf("%+v, %v", got, err)
				}
				tt.since(s)
				if err := k.Break(got[0]); err != nil {
					t.Error(err)
				}
				if _, err := os.Stat(s.a); (err == nil) != tt.stays {
					t.Errorf("stat after: %v", err)
				}
				if tt.stays {
					if err := os.Remove(s.a); err != nil {
						t.Error(err)
					}
				}
				s.clean()
			})
		})
	}
}

func TestLeftIsWhatClearRemoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t)
		k := s.keeper()
		if got := k.Left(at(s.a, s.b)...); got != nil {
			t.Errorf("nothing there: %v", got)
		}
		dead, err := s.take(k, time.Second, s.a)
		if err != nil {
			t.Fatal(err)
		}
		dead.mu.Lock()
		close(dead.stop)
		dead.stop = nil
		dead.mu.Unlock()
		aside := k.registry.asideName(s.b)
		if _, err := k.registry.dirs.prepare(aside, time.Now()); err != nil {
			t.Fatal(err)
		}
		s.foreign(s.b, 0) // Claude Code's own is not among them
		if got, want := k.Left(at(s.a, s.b)...), []string{s.a, aside}; !slices.Equal(got, want) {
			t.Errorf("Left = %v, want %v", got, want)
		}
		if err := k.Clear(at(s.a, s.b)...); err != nil {
			t.Fatal(err)
		}
		if got := k.Left(at(s.a, s.b)...); got != nil {
			t.Errorf("after Clear: %v", got)
		}
		if err := os.Remove(s.b); err != nil {
			t.Errorf("Claude Code's lock: %v", err)
		}
		s.clean()
	})
}

func TestCheckRegistry(t *testing.T) {
	for doc, good := range map[string]bool{
		`{"schemaVersion":1,"locks":{"/a.lock":{"inode":1,"nanos":2}}}`: true,
		`{}`:            true,
		`{"locks":`:     false,
		`{"locks":[1]}`: false,
		``:              true,
		"\n":            true,
	} {
		if err := CheckRegistry([]byte(doc)); (err == nil) != good {
			t.Errorf("%s: %v", doc, err)
		}
	}
}
