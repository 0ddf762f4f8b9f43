package claude_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"baton/oauthcore/claude"
	"baton/oauthcore/files/filestest"
	"baton/oauthcore/view"
)

// full makes every new file fail as on a full disk.
func (p *place) full() {
	p.fs.Before = filestest.On("temp", func(string) error { return syscall.ENOSPC })
}

// MakeLiveRoom finds out whether the file can be written and changes nothing;
// with the room an answer lands on a disk that filled up meanwhile.
func TestLiveRoom(t *testing.T) {
	p, live, doc := swapped(t)
	g := p.guard()
	room, err := g.MakeLiveRoom(live)
	if err != nil || p.read(p.Paths.Credentials()) != liveDoc {
		t.Fatalf("%v, %s", err, p.read(p.Paths.Credentials()))
	}
	room.Discard()
	room.Discard()
	p.tidy()
	if room, err = g.MakeLiveRoom(live); err != nil {
		t.Fatal(err)
	}
	p.full()
	if err := g.PlaceAnswer(background, room, live, doc); err != nil || p.read(p.Paths.Credentials()) != string(doc) {
		t.Errorf("with room: %v, %s", err, p.read(p.Paths.Credentials()))
	}
	room.Discard()
	live = p.live()
	_, err = g.MakeLiveRoom(live)
	if e := wantCode(t, err, view.CodeFailed); !strings.Contains(e.Message, "no space left") || !strings.Contains(e.Message, p.Paths.Credentials()) {
		t.Errorf("%q", e.Message)
	}
	for name, room := range map[string]*claude.LiveRoom{"no room": nil, "room that was used up": room} {
		err := g.PlaceAnswer(background, room, live, []byte(liveDoc))
		if e := wantCode(t, err, view.CodeFailed); !strings.Contains(e.Message, "no space left") || p.read(p.Paths.Credentials()) != string(doc) {
			t.Errorf("%s: %q", name, e.Message)
		}
	}
	p.fs.Before = nil
	p.tidy()
}

// The room serves for what is read later, too: what counts is what the answer
// takes the place of.
func TestLiveRoomForALaterDocument(t *testing.T) {
	p, live, doc := swapped(t)
	g := p.guard()
	room, err := g.MakeLiveRoom(live)
	if err != nil {
		t.Fatal(err)
	}
	p.write(p.Paths.Credentials(), `{"claudeAiOauth":{"refreshToken":"between"}}`)
	if err := g.PlaceAnswer(background, room, live, doc); view.CodeOf(err) != view.CodeBusy {
		t.Errorf("a document that was replaced: %v", err)
	}
	p.tidy()
	if room, err = g.MakeLiveRoom(live); err != nil {
		t.Fatal(err)
	}
	if err := g.PlaceAnswer(background, room, p.live(), doc); err != nil || p.read(p.Paths.Credentials()) != string(doc) {
		t.Errorf("%v, %s", err, p.read(p.Paths.Credentials()))
	}
	p.tidy()
}

// An answer is placed once: a document that another program changed under the
// lock is not tried again without it.
func TestPlaceAnswerTriesOnce(t *testing.T) {
	p, live, doc := swapped(t)
	g := p.guard()
	p.write(p.Paths.Credentials(), `{"a":1}`)
	if err := g.PlaceAnswer(background, nil, live, doc); view.CodeOf(err) != view.CodeBusy || p.read(p.Paths.Credentials()) != `{"a":1}` {
		t.Errorf("%v", err)
	}
	p.tidy()
	if _, err := os.Stat(filepath.Join(p.Paths.Secure, ".storage-write.lock")); err == nil {
		t.Error("the lock is left")
	}
}

// Room in the Keychain does not serve for a file.
func TestLiveRoomOfAnotherPlace(t *testing.T) {
	p, s := newMac(t)
	g := p.guard()
	value := `{"claudeAiOauth":{"refreshToken":"item"}}`
	s.value = &value
	room, err := g.MakeLiveRoom(p.live())
	if err != nil {
		t.Fatal(err)
	}
	s.value = nil
	p.write(p.Paths.Credentials(), liveDoc)
	if err := g.PlaceAnswer(background, room, p.live(), []byte(`{"claudeAiOauth":{"refreshToken":"new"}}`)); err != nil || s.value != nil || tokenIn(p.read(p.Paths.Credentials())) != "new" {
		t.Errorf("%v, %s", err, p.read(p.Paths.Credentials()))
	}
	p.tidy()
}
