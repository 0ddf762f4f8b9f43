package oauthcore

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/files/filestest"
	"baton/oauthcore/view"
)

const loginDoc = `{"claudeAiOauth":{"refreshToken":"sk-ant-ort01-TEST-found"},"designOauth":1}`

func TestReserveMakesRoom(t *testing.T) {
	b := newBench(t)
	fp := loginNamed(t, "a").Fingerprint()
	e, err := b.reserve(fp)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(e.path)
	if err != nil || info.Size() != entrySize || filepath.Base(e.path) != fp+".json" || e.existed || !e.madeAt.Equal(b.now) {
		t.Errorf("%v, %v, %+v", info, err, e)
	}
	if !b.exists(b.Paths.GitIgnore()) {
		t.Error("the journal can be committed")
	}
	// An earlier request with this token was never answered: its entry stays,
	// also where this one's is given up.
	b.fs.Forget()
	again, err := b.reserve(fp)
	if err != nil || !again.existed || again.path != e.path || b.fs.Count("temp", "") != 0 {
		t.Fatalf("%+v, %v", again, err)
	}
	if b.unreserve(again); !b.exists(e.path) {
		t.Error("what an earlier request left is gone")
	}
	if b.unreserve(e); b.exists(e.path) {
		t.Error("the entry is still there")
	}
	// Entries for authorization codes have names of their own.
	one, err := b.reserve("")
	two, err2 := b.reserve("")
	if err != nil || err2 != nil || one.path == two.path || one.presented != "" || !strings.HasPrefix(filepath.Base(one.path), "login-") || len(filepath.Base(one.path)) != len("login-.json")+32 {
		t.Errorf("%+v, %+v, %v, %v", one, two, err, err2)
	}
}

// An entry that is shorter than the room it must have is written anew.
func TestReserveOverAnEarlierEntry(t *testing.T) {
	fp := loginNamed(t, "a").Fingerprint()
	for name, tt := range map[string]struct {
		doc  string
		fail error
		code view.Code
		kept int // files beside the entry
	}{
		"too short":            {`{"presented":"` + fp + `"}`, nil, "", 0},
		"an answer":            {`{"presented":"` + fp + `",` + loginDoc[1:], nil, view.CodeBusy, 0},
		"damaged":              {`{"presented"`, nil, "", 1},
		"not to be read":       {`{}`, syscall.EMFILE, view.CodeFailed, 0},
		"of another program":   {`{"madeAt":"soon"}`, nil, "", 1},
		"another token inside": {`{"presented":"` + loginNamed(t, "b").Fingerprint() + `"}`, nil, "", 0},
	} {
		b := newBench(t)
		path := filepath.Join(b.Paths.Answers(), fp+".json")
		b.write(path, tt.doc)
		if tt.fail != nil {
			b.failing("read", fp, tt.fail)
		}
		e, err := b.reserve(fp)
		if view.CodeOf(err) != tt.code {
			t.Errorf("%s: %v", name, err)
			continue
		}
		entries, _ := os.ReadDir(b.Paths.Answers())
		info, statErr := os.Stat(path)
		if statErr != nil || len(entries) != 1+tt.kept {
			t.Errorf("%s: %v, %v", name, entries, statErr)
		}
		if tt.code == "" && (info.Size() != entrySize || e.existed != (tt.kept == 0)) {
			t.Errorf("%s: %d bytes, %+v", name, info.Size(), e.existed)
		}
		if tt.code != "" && info.Size() != int64(len(tt.doc)) {
			t.Errorf("%s: it was written over", name)
		}
	}
}

// An entry whose size cannot be told is written anew, too.
func TestReserveOfUnknownSize(t *testing.T) {
	b := newBench(t)
	fp := loginNamed(t, "a").Fingerprint()
	b.write(filepath.Join(b.Paths.Answers(), fp+".json"), `{"presented":"`+fp+`"}`)
	failed := false
	b.fs.Before = filestest.On("stat", func(path string) error {
		if strings.Contains(path, fp) && !failed {
			failed = true
			return syscall.EIO
		}
		return nil
	})
	if e, err := b.reserve(fp); err != nil || !failed || !e.existed {
		t.Fatalf("%v, %v", e, err)
	}
	if info, err := os.Stat(filepath.Join(b.Paths.Answers(), fp+".json")); err != nil || info.Size() != entrySize {
		t.Errorf("%v, %v", info, err)
	}
}

func TestReserveRefusesWithoutRoom(t *testing.T) {
	fp := loginNamed(t, "a").Fingerprint()
	for _, text := range []string{fp, ".gitignore"} {
		b := newBench(t)
		b.failing("temp", text, syscall.ENOSPC)
		if _, err := b.reserve(fp); view.CodeOf(err) != view.CodeFailed || !strings.Contains(err.Error(), "no space left") || b.exists(filepath.Join(b.Paths.Answers(), fp+".json")) {
			t.Errorf("%s: %v", text, err)
		}
	}
	b := newBench(t)
	b.write(filepath.Join(b.Paths.Answers(), fp+".json"), "{")
	b.failing("rename", ".damaged", syscall.EACCES)
	if _, err := b.reserve(fp); view.CodeOf(err) != view.CodeFailed || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("%v", err)
	}
}

// An answer is put into its room, a second time where the first fails, and else
// into a file of its own.
func TestRecord(t *testing.T) {
	for name, tt := range map[string]struct {
		failing int // overwrites that fail
		full    bool
		want    int // overwrites that are tried
		anew    bool
	}{
		"at once":         {0, false, 1, false},
		"the second time": {1, false, 2, false},
		"written anew":    {2, false, 2, true},
		"on no disk":      {2, true, 2, true},
	} {
		b := newBench(t)
		var steps []string
		b.Step = func(name string) { steps = append(steps, name) }
		e, err := b.reserve(loginNamed(t, "a").Fingerprint())
		if err != nil {
			t.Fatal(err)
		}
		left := tt.failing
		b.fs.Forget()
		b.fs.Before = func(op, _ string) error {
			if op == "overwrite" && left > 0 {
				left--
				return syscall.EIO
			}
			if op == "temp" && tt.full {
				return syscall.ENOSPC
			}
			return nil
		}
		e.credential = loginNamed(t, "new")
		if err := b.record(e); (err != nil) != tt.full || tt.full && (!errors.Is(err, syscall.ENOSPC) || !errors.Is(err, syscall.EIO)) {
			t.Errorf("%s: %v", name, err)
		}
		if b.fs.Count("overwrite", "") != tt.want || (b.fs.Count("temp", "") > 0) != tt.anew || !slices.Equal(steps, []string{"journal.answer"}) {
			t.Errorf("%s: %q, %q", name, b.fs.Ops(), steps)
		}
		b.fs.Before = nil
		if had := b.readEntry(e.path); had == nil || had.answered() == tt.full || had.presented != e.presented {
			t.Errorf("%s: %+v", name, had)
		}
	}
}

func TestReadEntry(t *testing.T) {
	fp, other := loginNamed(t, "a").Fingerprint(), loginNamed(t, "b").Fingerprint()
	for name, tt := range map[string]struct {
		file, doc string
		none      bool
		presented string
		answered  bool
		unread    bool
	}{
		"a request":                    {fp, `{"presented":"` + fp + `"}`, false, fp, false, false},
		"by its name":                  {fp, `{}`, false, fp, false, false},
		"a copy under another name":    {fp + " (conflict)", `{"presented":"` + fp + `"}`, false, fp, false, false},
		"what it says of itself":       {fp, `{"presented":"` + other + `"}`, false, other, false, false},
		"an answer":                    {fp, loginDoc, false, fp, true, false},
		"an answer to a code":          {"login-x", loginDoc, false, "", true, false},
		"a request with a code":        {"login-x", `{"madeAt":5}`, false, "", false, false},
		"nothing in it":                {"login-x", `{}`, true, "", false, false},
		"another program's":            {"other", `{"x":1}`, true, "", false, false},
		"a damaged one of a token":     {fp, `{`, false, fp, false, true},
		"a damaged one of a code":      {"login-x", `{`, false, "", false, true},
		"a damaged one of another":     {"other", `{`, true, "", false, false},
		"a name that is no hash":       {fp[1:], `{"presented":"` + fp[2:] + `","madeAt":5}`, false, "", false, false},
		"a name that is too short":     {fp[2:], `{}`, true, "", false, false},
		"a tombstone is no answer":     {"login-x", `{"claudeAiOauth":{"accessToken":"","refreshToken":""}}`, true, "", false, false},
		"a wrong type is no request's": {"other", `{"presented":7}`, true, "", false, false},
	} {
		b := newBench(t)
		path := filepath.Join(b.Paths.Answers(), tt.file+".json")
		b.write(path, tt.doc)
		e := b.readEntry(path)
		if (e == nil) != tt.none {
			t.Errorf("%s: %v", name, e)
			continue
		}
		if e != nil && (e.presented != tt.presented || e.answered() != tt.answered || (e.unread != nil) != tt.unread || e.lost != tt.unread || e.path != path) {
			t.Errorf("%s: presented %q, answered %v, %v", name, e.presented, e.answered(), e.unread)
		}
	}
	if b := newBench(t); b.readEntry(filepath.Join(b.Paths.Answers(), fp+".json")) != nil {
		t.Error("a file that is not there")
	}
}

// The journal lists entries by their age, those of other places before: they
// tell no time.
func TestReadJournal(t *testing.T) {
	b := newBench(t)
	if journal, err := b.readJournal(); err != nil || journal != nil {
		t.Errorf("%v, %v", journal, err)
	}
	answers := b.Paths.Answers()
	b.write(filepath.Join(answers, "login-0.json"), `{"madeAt":30,`+loginDoc[1:])
	b.write(filepath.Join(answers, "login-1.json"), `{"madeAt":10,`+loginDoc[1:])
	b.write(filepath.Join(answers, "login-2.json"), `{"madeAt":20,`+loginDoc[1:])
	b.write(filepath.Join(answers, ".login-3.json"), `{"madeAt":5,`+loginDoc[1:])
	b.write(filepath.Join(answers, "login-4.json.1.damaged"), `{"madeAt":5,`+loginDoc[1:])
	b.write(b.Paths.OldInbox(), loginDoc)
	b.write(filepath.Join(b.Paths.Own(), "login-dir", ".credentials.json"), loginDoc)
	b.write(filepath.Join(b.Paths.Own(), "login-dir", ".claude.json"), `{"oauthAccount":{"emailAddress":"x"}}`)
	b.write(filepath.Join(b.Paths.Own(), "login-none", ".credentials.json"), `{}`)
	b.write(filepath.Join(b.Paths.Own(), "login-half", ".credentials.json"), `{`)
	b.write(filepath.Join(b.Paths.Own(), "other", ".credentials.json"), loginDoc)
	b.write(filepath.Join(b.Paths.Own(), "login-file"), loginDoc)
	if err := os.Mkdir(filepath.Join(b.Paths.Own(), "login-empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	journal, err := b.readJournal()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range journal {
		got = append(got, filepath.Base(e.path))
		if !e.answered() || e.found != e.madeAt.IsZero() {
			t.Errorf("%v: answered %v, found %v", e, e.answered(), e.found)
		}
		if filepath.Base(e.path) == "login-dir" && (e.identity().Email != "x" || string(e.siblings) != `{"designOauth":1}`) {
			t.Errorf("%+v, %s", e.identity(), e.siblings)
		}
	}
	if want := []string{"inbox.json", "login-dir", "login-1.json", "login-2.json", "login-0.json"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for _, doc := range []string{`{}`, `{`, `{"claudeAiOauth":{"refreshToken":"x"},"siblings":7}`} {
		b := newBench(t)
		b.write(b.Paths.OldInbox(), doc)
		if journal, err := b.readJournal(); err != nil || journal != nil {
			t.Errorf("an inbox with %s: %v, %v", doc, journal, err)
		}
	}
	b.failing("list", "answers", syscall.EACCES)
	if _, err := b.readJournal(); view.CodeOf(err) != view.CodeFailed {
		t.Errorf("%v", err)
	}
}

// Of a directory in which a person logged in only the login goes, and not while
// it may be under way.
func TestRemoveEntry(t *testing.T) {
	b := newBench(t)
	dir := filepath.Join(b.Paths.Own(), "login-dir")
	credentials := filepath.Join(dir, ".credentials.json")
	b.write(credentials, loginDoc)
	b.write(filepath.Join(dir, "other"), "x")
	for _, tt := range []struct {
		age  time.Duration
		gone bool
	}{{LeftoverAge - time.Millisecond, false}, {-LeftoverAge + time.Millisecond, false}, {LeftoverAge, true}} {
		if err := os.Chtimes(credentials, b.now.Add(-tt.age), b.now.Add(-tt.age)); err != nil {
			t.Fatal(err)
		}
		if err := b.removeEntry(&answer{path: dir}); err != nil || b.exists(credentials) == tt.gone || !b.exists(filepath.Join(dir, "other")) {
			t.Errorf("%v: %v", tt.age, err)
		}
	}
	if err := b.removeEntry(&answer{path: dir}); err != nil || !b.exists(dir) {
		t.Errorf("without a login: %v", err)
	}
	path := filepath.Join(b.Paths.Answers(), "x.json")
	b.write(path, "{}")
	b.failing("remove", "x.json", syscall.EACCES)
	if b.dropEntry(&answer{path: path}); !strings.Contains(b.log.String(), "cannot remove a journal entry") || !b.exists(path) {
		t.Errorf("%s", b.log.String())
	}
	b.log.Reset()
	b.fs.Before = nil
	for range 2 {
		if b.dropEntry(&answer{path: path}); b.exists(path) || b.log.Len() != 0 {
			t.Errorf("%s", b.log.String())
		}
	}
}

func TestIdentityOfAnAnswer(t *testing.T) {
	for name, tt := range map[string]struct {
		account, inside, want accounts.Identity
	}{
		"what the answer names":    {adaOwn, accounts.Identity{}, adaOwn},
		"the same inside":          {adaOwn, adaOwn, adaOwn},
		"another one inside":       {graceOwn, adaOwn, adaOwn},
		"inside alone":             {accounts.Identity{}, adaOwn, adaOwn},
		"an incomplete one inside": {graceOwn, accounts.Identity{AccountUUID: "ada"}, graceOwn},
		"nothing":                  {},
	} {
		e := &answer{account: accountOf(tt.account), credential: loginNamed(t, "a", naming(tt.inside))}
		if got := e.identity(); got.AccountUUID != tt.want.AccountUUID || got.OrganizationUUID != tt.want.OrganizationUUID {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
