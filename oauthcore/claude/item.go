package claude

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"baton/oauthcore/keychain"
	"baton/oauthcore/view"

	"golang.org/x/text/unicode/norm"
)

// Item is the Keychain item in which Claude Code on macOS keeps its login: of
// the person's user name, and of a service that names the configuration
// directory where the environment moves it, as the environment spells it.
func Item(lookup Lookup, user string, run keychain.Runner) *keychain.Item {
	dir, set := lookup("CLAUDE_SECURESTORAGE_CONFIG_DIR")
	if !set {
		dir, _ = lookup("CLAUDE_CONFIG_DIR")
	}
	service := "Claude Code-credentials"
	if dir != "" {
		sum := sha256.Sum256(norm.NFC.Bytes([]byte(dir)))
		service += "-" + hex.EncodeToString(sum[:4])
	}
	return &keychain.Item{Service: service, Account: user, Run: run}
}

const (
	// itemWait bounds one read of the Keychain in the background or under
	// locks. AskWait bounds one that a person started before any lock is taken:
	// macOS may ask for a password in a window of its own.
	itemWait = 10 * time.Second
	AskWait  = 2 * time.Minute
	// silence is for how long a Keychain that refused is not asked again for
	// display: each question may be a window on the person's screen.
	silence = 5 * time.Minute
)

// itemPlace is the Keychain item. Nothing waits on the disk to be put there:
// Baton writes no token in plain text that was not in plain text before.
type itemPlace struct {
	s    *Store
	item keychain.Item
}

func (s *Store) liveItem() place { return itemPlace{s, *s.Keychain} }

func (p itemPlace) String() string { return "Claude Code's login in the Keychain" }

func (p itemPlace) path() string { return "" }

func (p itemPlace) bytes(ctx context.Context, wait time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	doc, err := p.item.Read(ctx)
	switch {
	case errors.Is(err, keychain.ErrNotFound):
		return nil, nil
	case errors.Is(err, context.Canceled):
		return nil, err
	case err != nil:
		return nil, p.trouble(err)
	}
	return doc, nil
}

func (p itemPlace) read(ctx context.Context, parse func([]byte) (Live, error)) (Live, error) {
	doc, err := p.bytes(ctx, itemWait)
	if err != nil {
		return Live{}, err
	}
	live, err := parse(doc)
	if err != nil {
		e := Damaged(p.String(), err)
		e.Hint = "log in to Claude Code again with: claude auth login; Baton never overwrites what it cannot read"
		return Live{}, e
	}
	return live, nil
}

func (p itemPlace) holds(ctx context.Context, want []byte) (bool, error) {
	doc, err := p.bytes(ctx, itemWait)
	return err == nil && sameDoc(doc, want), err
}

func (p itemPlace) stage(was, doc []byte, _ fs.FileMode) (staged, error) {
	if err := p.item.Fits(len(doc)); err != nil {
		return nil, p.trouble(err)
	}
	return &stagedItem{p, was, doc}, nil
}

// stagedItem is what the Keychain is about to be given.
type stagedItem struct {
	at       itemPlace
	was, doc []byte
}

func (s *stagedItem) refill(was, doc []byte) error {
	if err := s.at.item.Fits(len(doc)); err != nil {
		return s.at.trouble(err)
	}
	s.was, s.doc = was, doc
	return nil
}

// commit writes the item and reads it back. Nothing else tells: security may
// have been ended before it answered, or have hidden an error.
func (s *stagedItem) commit(ctx context.Context) error {
	s.at.s.Step("keychain.write")
	err := s.at.item.Write(ctx, s.doc)
	s.at.s.Step("keychain.written")
	now, readErr := s.at.bytes(context.WithoutCancel(ctx), itemWait)
	switch {
	case readErr != nil:
		return &view.Problem{
			Code: view.CodeBusy, Err: errors.Join(err, readErr),
			Message: "the login was given to the Keychain, which does not tell whether it took it",
			Hint:    "the login is kept; look at: baton status, then try again",
		}
	case sameDoc(now, s.doc):
		return nil
	case !sameDoc(now, s.was):
		return &view.Problem{
			Code: view.CodeBusy, Err: err,
			Message: s.at.String() + " was changed by another program just now",
			Hint:    "look at: baton status, then try again",
		}
	case err == nil:
		err = keychain.ErrFailed
	}
	return s.at.trouble(err)
}

func (s *stagedItem) discard() error { return nil }

// trouble is the problem of a Keychain that did not do as asked. Nothing was
// changed then.
func (p itemPlace) trouble(cause error) *view.Problem {
	e := &view.Problem{Code: view.CodeFailed, Err: cause}
	switch {
	case errors.Is(cause, keychain.ErrLocked):
		e.Message = "the Keychain with Claude Code's login is locked; it was left alone"
		e.Hint = "unlock it with: security unlock-keychain; then try again"
	case errors.Is(cause, keychain.ErrDenied):
		e.Message = "macOS refused access to Claude Code's login in the Keychain; it was left alone"
		e.Hint = fmt.Sprintf("allow it in the program Keychain Access, item %q, for the program security; then try again", p.item.Service)
	case errors.Is(cause, keychain.ErrDismissed):
		e.Message = "macOS asked for Claude Code's login in the Keychain and was told no; it was left alone"
		e.Hint = "try again, and allow it"
	case errors.Is(cause, keychain.ErrTimeout):
		e.Code = view.CodeBusy
		e.Message = "the Keychain did not answer in time; it was left alone"
		e.Hint = "macOS may be asking in a window: answer there, then try again"
	case errors.Is(cause, keychain.ErrTooLong):
		e.Message = fmt.Sprintf("what Claude Code keeps beside its login is too much for the Keychain to be written safely (%v); it was left alone", cause)
		e.Hint = "MCP logins are kept there, too: end those you do not need with /mcp in Claude Code, then try again"
	case errors.Is(cause, keychain.ErrName):
		e.Message = "the Keychain cannot be asked for Claude Code's login without your user name"
		e.Hint = "set USER to it, then try again"
	default:
		e.Message = "the Keychain with Claude Code's login does not work: " + cause.Error()
		e.Hint = "see what the program Keychain Access says of it, then try again"
	}
	return e
}

// refusal is when the Keychain last refused, and how.
type refusal struct {
	at  time.Time
	err error
}

// PeekLive is ReadLive for display and for work in the background. A Keychain
// that refused is not asked again for a while, except by an action of a person.
func (s *Store) PeekLive(ctx context.Context) (Live, error) {
	if no := s.caches.refusal.Load(); no != nil && s.Now().Sub(no.at).Abs() < silence {
		return Live{}, no.err
	}
	live, err := s.ReadLive(ctx)
	if s.Keychain != nil && refuses(err) {
		s.caches.refusal.Store(&refusal{s.Now(), err})
	}
	return live, err
}

// refuses says that asking the Keychain again may ask the person again.
func refuses(err error) bool {
	return errors.Is(err, keychain.ErrLocked) || errors.Is(err, keychain.ErrDenied) ||
		errors.Is(err, keychain.ErrDismissed) || errors.Is(err, keychain.ErrTimeout)
}

// Unlock reads the Keychain once while no lock is held, for as long as a
// person may need to type a password into macOS's window. The error is a
// *view.Problem, or that of ctx.
func (s *Store) Unlock(ctx context.Context) error {
	if s.Keychain == nil || s.WaitOnly {
		return nil
	}
	p := itemPlace{s, *s.Keychain}
	_, err := p.bytes(ctx, AskWait)
	return err
}
