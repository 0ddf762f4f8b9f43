package files

import (
	"encoding/json"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// stopped is a file system whose clock stands still: what is overwritten keeps
// its time.
type stopped struct {
	stubborn
	at     time.Time // the time of the target, zero for the real one
	touch  error
	writes int
	synced int
}

func (s *stopped) Overwrite(name string, data []byte) error {
	s.writes++
	err := s.OS.Overwrite(name, data)
	if err == nil && !s.at.IsZero() {
		err = os.Chtimes(name, s.at, s.at)
	}
	return err
}

func (s *stopped) Touch(name string, at time.Time) error {
	if s.touch != nil {
		return s.touch
	}
	return s.OS.Touch(name, at)
}

// A file that is written in place has another time afterwards: Claude Code sees
// by that alone that it changed.
func TestWriteInPlaceChangesTheTime(t *testing.T) {
	was := time.Now().Add(-time.Hour).Truncate(time.Second)
	for name, tt := range map[string]struct {
		stopped bool
		touch   error
		writes  int
		waits   time.Duration
		want    time.Time // zero for the real time
	}{
		"the clock goes on":          {writes: 1},
		"it stands still":            {stopped: true, writes: 1, want: was.Add(newTime)},
		"and the time cannot be set": {stopped: true, touch: syscall.EPERM, writes: 2, waits: 10 * time.Millisecond, want: was},
	} {
		b := newBench(t, oldDoc)
		if err := os.Chtimes(b.target, was, was); err != nil {
			t.Fatal(err)
		}
		synctest.Test(t, func(t *testing.T) {
			f := &stopped{stubborn: stubborn{target: b.target, mount: true}, touch: tt.touch}
			if tt.stopped {
				f.at = was
			}
			s, err := StageAt(f, b.link, []byte(newDoc), 0o644, b.record)
			if err != nil {
				t.Fatal(err)
			}
			since := time.Now()
			if err := s.Commit(); err != nil || f.writes != tt.writes || time.Since(since) != tt.waits {
				t.Errorf("%s: %v, %d writes, %v", name, err, f.writes, time.Since(since))
			}
		})
		info, err := os.Stat(b.target)
		if err != nil {
			t.Fatal(err)
		}
		if at := info.ModTime(); tt.want.IsZero() && time.Since(at) > time.Minute || !tt.want.IsZero() && !at.Equal(tt.want) {
			t.Errorf("%s: %v", name, at)
		}
		b.is(newDoc)
	}
}

// A record of wrong types says nothing of the file it names.
func TestMendOfARecordOfWrongTypes(t *testing.T) {
	b := newBench(t, "half")
	for _, doc := range []string{`{"path":"` + b.target + `","old":7}`, `{"path":"` + b.target + `","new":[]}`, `{}`, `{"path":""}`} {
		if err := os.WriteFile(b.record, []byte(doc), 0o600); err != nil {
			t.Fatal(err)
		}
		if path, mended, err := Mend(OS{}, b.record); path != "" || mended || err != nil {
			t.Errorf("%s: %q, %v, %v", doc, path, mended, err)
		}
		b.is("half")
	}
	b.clean()
}

func (s *stopped) SyncDir(name string) error {
	s.synced++
	return s.OS.SyncDir(name)
}

// What was mended is on disk before the record may come back.
func TestMendSyncsWhatItMended(t *testing.T) {
	for now, synced := range map[string]int{`{"login":"new and lo`: 1, oldDoc: 0, newDoc: 0, `{"another":"program"}`: 0} {
		b := newBench(t, now)
		doc, err := json.Marshal(record{1, b.target, []byte(oldDoc), []byte(newDoc)})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(b.record, doc, 0o600); err != nil {
			t.Fatal(err)
		}
		f := &stopped{stubborn: stubborn{target: b.target}}
		if _, mended, err := Mend(f, b.record); err != nil || mended != (synced > 0) || f.synced != synced {
			t.Errorf("%s: mended %v, synced %d times, %v", now, mended, f.synced, err)
		}
	}
}

// Bytes of either document at each place, or zeros; cut short it is no document.
func TestTorn(t *testing.T) {
	for _, tt := range []struct {
		old, new, now string
		want          bool
	}{
		{"12345", "12399", "12345", false},
		{"12345", "12399", "12399", false},
		{"12345", "12399", "12395", true},
		{"12345", "12399", "12344", false},
		{"12345", "12399", "123", false},
		{"123", "12345", "1234", true},
		{"12345", "123", "1234", true},
		{"123", "12345", "123456", false},
		{"12345", "123", "1239", false},
		{"123", "12345", "{", false},
		{"{123", "{1245", "{12", true},
		{"12345", "12399", "12\x00\x00\x00", true},
		{"123", "12345", "\xef\xbb\xbf7", false},
	} {
		if got := (record{Old: []byte(tt.old), New: []byte(tt.new)}).torn([]byte(tt.now)); got != tt.want {
			t.Errorf("%q over %q, %q: %v", tt.new, tt.old, tt.now, got)
		}
	}
}
