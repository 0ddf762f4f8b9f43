package oauthcore_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/files/filestest"
	"baton/oauthcore/keychain"
)

// The name of the person in front of the Mac.
const macUser = "ada"

// security stands in for macOS's program of that name. It knows one item, whose
// value lies in a file only it sees, and takes no argument it was not made for.
type security struct {
	complain func(format string, args ...any)
	fs       files.FS // what the change of the item is told to
	path     string
	service  string

	mu sync.Mutex
	// before is told each command, find-generic-password or
	// add-generic-password, before it is carried out; nil for nobody.
	before func(command string)
	// exit gives another end to a command; 0 carries it out. nil for none.
	exit func(command string) int
	// hangs says that a command did not end in time; nil for none.
	hangs func(command string) bool
	// forgets has a write end well and change nothing; late has it end badly
	// though it was done.
	forgets, late bool
	// others are the items of other folders, by service; nil: nobody asks for
	// them.
	others map[string]string
	runs   []string
}

func newSecurity(path string, fsys files.FS, complain func(string, ...any)) *security {
	return &security{complain: complain, fs: fsys, path: path, service: "Claude Code-credentials"}
}

func (s *security) item() *keychain.Item {
	return &keychain.Item{Service: s.service, Account: macUser, Run: s.run}
}

var addCommand = regexp.MustCompile(`^add-generic-password -U -s "([^"\\]+)" -a "([^"\\]+)" -X ([0-9a-f]+)\n$`)

func (s *security) run(ctx context.Context, stdin []byte, args ...string) ([]byte, int, error) {
	for _, arg := range args {
		if strings.Contains(arg, "sk-ant") || strings.Contains(arg, hex.EncodeToString([]byte("sk-ant"))) || strings.Contains(arg, "{") {
			s.complain("a token among the arguments of security")
		}
	}
	command, value := "find-generic-password", []byte(nil)
	if len(args) == 6 && s.others != nil && args[2] != s.service {
		doc, ok := s.others[args[2]]
		if !ok {
			return nil, 44, nil
		}
		return []byte(doc + "\n"), 0, nil
	}
	switch {
	case slices.Equal(args, []string{command, "-s", s.service, "-a", macUser, "-w"}) && stdin == nil:
	case slices.Equal(args, []string{"-i"}):
		command = "add-generic-password"
		m := addCommand.FindSubmatch(stdin)
		if len(stdin) > 4096 || m == nil || string(m[1]) != s.service || string(m[2]) != macUser {
			s.complain("security -i is given %d bytes it does not understand", len(stdin))
			return nil, 2, nil
		}
		value, _ = hex.AppendDecode(nil, m[3]) // the expression lets only digits through
	default:
		s.complain("security is run with %d arguments it does not take", len(args))
		return nil, 2, nil
	}
	s.mu.Lock()
	s.runs = append(s.runs, command)
	before := s.before
	s.mu.Unlock()
	if before != nil {
		before(command)
	}
	// Others wait for the lock around a write, so that must not take long.
	most := map[string]time.Duration{"find-generic-password": claude.AskWait, "add-generic-password": 12 * time.Second}[command]
	if end, bounded := ctx.Deadline(); !bounded || time.Until(end) > most {
		s.complain("%s may take until %v", command, end)
	}
	if s.hangs != nil && s.hangs(command) {
		return nil, 0, keychain.ErrTimeout
	}
	if s.exit != nil {
		if code := s.exit(command); code != 0 {
			return nil, code, nil
		}
	}
	if command == "find-generic-password" {
		return s.find()
	}
	code := s.add(value)
	if s.late {
		return nil, 0, keychain.ErrTimeout
	}
	return nil, code, nil
}

// find prints the value as security does: in digits where not all of it can be
// printed.
func (s *security) find() ([]byte, int, error) {
	doc, err := os.ReadFile(s.path)
	if err != nil {
		return nil, 44, nil
	}
	if bytes.ContainsFunc(doc, func(r rune) bool { return r < ' ' || r > '~' }) {
		doc = hex.AppendEncode(nil, doc)
	}
	return append(doc, '\n'), 0, nil
}

func (s *security) add(value []byte) int {
	if s.forgets {
		return 0
	}
	temp := filepath.Join(filepath.Dir(s.path), ".security-value")
	if err := os.WriteFile(temp, value, 0o600); err != nil {
		s.complain("%v", err)
		return 1
	}
	if s.fs.Rename(temp, s.path) != nil || s.fs.SyncDir(filepath.Dir(s.path)) != nil {
		return 1
	}
	return 0
}

// asked counts the commands of a kind that were run so far.
func (s *security) asked(command string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.runs {
		if c == command {
			n++
		}
	}
	return n
}

// hidden is a file system without one file; that it is made is an error of the test.
func hidden(under files.FS, path string, complain func(format string, args ...any)) *filestest.FS {
	return &filestest.FS{Under: under, Before: func(op, name string) error {
		switch {
		case op == "temp" && strings.Contains(filepath.Base(name), filepath.Base(path)):
			complain("a file for the login is made: %s", name)
		case filepath.Clean(name) == path && (op == "read" || op == "stat" || op == "readlink"):
			return fs.ErrNotExist
		}
		return nil
	}}
}

// setUp gives the surroundings of a core on another system. A Mac's Keychain
// keeps its one item in a file in the place of .credentials.json, so that the
// tests can look at it; the core cannot.
func setUp(env oauthcore.Env, complain func(string, ...any)) (oauthcore.Env, *security) {
	if env.GOOS == "windows" {
		env.FS = newWindowsFS(env.FS)
	}
	if env.GOOS != "darwin" {
		return env, nil
	}
	path := env.Paths.Credentials()
	s := newSecurity(path, env.FS, complain)
	env.FS, env.Keychain = hidden(env.FS, path, complain), s.item()
	return env, s
}
