package oauthcore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"baton/oauthcore/keychain"

	"golang.org/x/text/unicode/norm"
)

// ClaudeItem is the Keychain item in which Claude Code on macOS keeps its
// login: of the person's user name, and of a service that names the
// configuration folder where the environment moves it, as the environment
// spells it.
func ClaudeItem(getenv func(string) string, user string, run keychain.Runner) *keychain.Item {
	dir := getenv("CLAUDE_SECURESTORAGE_CONFIG_DIR")
	if dir == "" {
		dir = getenv("CLAUDE_CONFIG_DIR")
	}
	service := "Claude Code-credentials"
	if dir != "" {
		sum := sha256.Sum256(norm.NFC.Bytes([]byte(dir)))
		service += "-" + hex.EncodeToString(sum[:4])
	}
	return &keychain.Item{Service: service, Account: user, Run: run}
}

const (
	// itemWait bounds one look into the Keychain. macOS may ask the person
	// first, in a window of its own.
	itemWait = 10 * time.Second
	// silence is for how long a Keychain that refused is not asked again by
	// what only shows: each question may be a window on the person's screen.
	silence = 5 * time.Minute
)

// itemPlace is the Keychain item. Nothing waits on the disk to be put there:
// what was not in plain text before does not come to be.
type itemPlace struct {
	c    *Core
	item keychain.Item
}

func (c *Core) liveItem() place { return itemPlace{c, *c.Keychain} }

func (p itemPlace) String() string { return "Claude Code's login in the Keychain" }

func (p itemPlace) path() string { return "" }

func (p itemPlace) tears() bool { return false }

func (p itemPlace) read(ctx context.Context) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, itemWait)
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

func (p itemPlace) fits(n int) error {
	if err := p.item.Fits(n); err != nil {
		return p.trouble(err)
	}
	return nil
}

func (p itemPlace) holds(ctx context.Context, want []byte) (bool, error) {
	doc, err := p.read(ctx)
	return err == nil && sameDoc(doc, want), err
}

func (p itemPlace) stage(was, doc []byte) (staged, error) { return stagedItem{p, was, doc}, nil }

// stagedItem is what the Keychain is about to be given.
type stagedItem struct {
	at       itemPlace
	was, doc []byte
}

// commit writes the item and looks what it holds then. Nothing else tells:
// security may have been ended before it answered, or have hidden an error.
func (s stagedItem) commit(ctx context.Context) error {
	s.at.c.Step("keychain.write")
	err := s.at.item.Write(ctx, s.doc)
	s.at.c.Step("keychain.written")
	look, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitWait)
	defer cancel()
	now, lookErr := s.at.read(look)
	switch {
	case lookErr != nil:
		return &Error{
			Code: CodeBusy, Err: errors.Join(err, lookErr),
			Message: "the login was given to the Keychain, which does not tell whether it took it",
			Hint:    "the login is kept; look at: baton status, then try again",
		}
	case sameDoc(now, s.doc):
		return nil
	case !sameDoc(now, s.was):
		return &Error{
			Code: CodeBusy, Err: err,
			Message: s.at.String() + " was changed by another program just now",
			Hint:    "look at: baton status, then try again",
		}
	case err == nil:
		err = keychain.ErrFailed
	}
	return s.at.trouble(err)
}

func (s stagedItem) discard() error { return nil }

// trouble is the error for a Keychain that did not do as asked. Nothing was
// changed then.
func (p itemPlace) trouble(cause error) *Error {
	e := &Error{Code: CodeFailed, Err: cause}
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
		e.Code = CodeBusy
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

// lookLive is readLive for what only shows. A Keychain that refused is not
// asked again for a while, but by what a person starts.
func (c *Core) lookLive(ctx context.Context) (Live, error) {
	if no := c.shut.Load(); no != nil && c.Now().Sub(no.at).Abs() < silence {
		return Live{}, no.err
	}
	live, err := c.readLive(ctx)
	if c.Keychain != nil && refuses(err) {
		c.shut.Store(&refusal{c.Now(), err})
	}
	return live, err
}

// refuses says that asking the Keychain again may ask the person again.
func refuses(err error) bool {
	return errors.Is(err, keychain.ErrLocked) || errors.Is(err, keychain.ErrDenied) ||
		errors.Is(err, keychain.ErrDismissed) || errors.Is(err, keychain.ErrTimeout)
}
