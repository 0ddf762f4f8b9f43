package keychain

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// The errors of an Item are told apart with errors.Is.
var (
	// ErrNotFound says that the Keychain has no such item.
	ErrNotFound = errors.New("there is no such item in the Keychain")
	// ErrLocked says that the Keychain is locked and nobody could be asked to
	// unlock it (errSecInteractionNotAllowed), as over ssh.
	ErrLocked = errors.New("the Keychain is locked")
	// ErrDenied says that access was refused (errSecAuthFailed).
	ErrDenied = errors.New("the Keychain refused access")
	// ErrDismissed says that the person closed the Keychain's question
	// (userCanceledErr).
	ErrDismissed = errors.New("the Keychain's question was dismissed")
	// ErrTimeout says that security did not answer in time and was ended. It
	// asks in a window of its own, so that is where it may hang.
	ErrTimeout = errors.New("the Keychain did not answer in time")
	// ErrTooLong says that a value does not fit into one command; nothing was
	// sent.
	ErrTooLong = errors.New("too long for one command of security")
	// ErrName says that service or account hold characters no command can.
	ErrName = errors.New("not a name security can be given")
	// ErrFailed is every other trouble with security.
	ErrFailed = errors.New("security failed")
)

// The exit statuses of security are the low eight bits of the Security
// framework's results.
const (
	exitNotFound  = 44  // errSecItemNotFound, -25300
	exitLocked    = 36  // errSecInteractionNotAllowed, -25308
	exitDenied    = 51  // errSecAuthFailed, -25293
	exitDismissed = 128 // userCanceledErr, -128
)

// maxLine is how long a command for security -i may be, with its newline. It
// reads lines into a buffer of 4,096 bytes and takes what is over for a
// command of its own, so some are kept clear.
const maxLine = 4096 - 64

// Runner runs security with stdin on its standard input. A process that ended
// by itself is no error, whatever its status. The error wraps ErrTimeout where
// ctx ended first: the process is then gone.
type Runner func(ctx context.Context, stdin []byte, args ...string) (stdout []byte, exit int, err error)

// Item is one generic password: the one of its service and account.
type Item struct {
	Service string
	Account string
	Run     Runner
}

// Read gives the value, empty but not nil where it is empty. The error wraps
// ErrNotFound where there is none.
func (i Item) Read(ctx context.Context) ([]byte, error) {
	if err := i.named(); err != nil {
		return nil, err
	}
	out, exit, err := i.Run(ctx, nil, "find-generic-password", "-s", i.Service, "-a", i.Account, "-w")
	if err := told(exit, err); err != nil {
		return nil, err
	}
	return value(out), nil
}

// Write makes value the item's, which it makes where there is none. Nothing is
// sent where the error wraps ErrTooLong or ErrName. After any other error, and
// after ErrTimeout in particular, only Read tells what the item holds. It may
// also hold another value after no error, where security hid one.
func (i Item) Write(ctx context.Context, value []byte) error {
	if err := i.Fits(len(value)); err != nil {
		return err
	}
	line := i.command(hex.EncodeToString(value))
	_, exit, err := i.Run(ctx, []byte(line), "-i")
	if errors.Is(told(exit, err), ErrNotFound) {
		return fmt.Errorf("no Keychain to write to: %w", ErrFailed)
	}
	return told(exit, err)
}

// Delete removes the item. The error wraps ErrNotFound where there is none.
func (i Item) Delete(ctx context.Context) error {
	if err := i.named(); err != nil {
		return err
	}
	_, exit, err := i.Run(ctx, nil, "delete-generic-password", "-s", i.Service, "-a", i.Account)
	return told(exit, err)
}

// Fits says whether a value of n bytes can be written; the error wraps
// ErrTooLong, or ErrName where no value can.
func (i Item) Fits(n int) error {
	if err := i.named(); err != nil {
		return err
	}
	if most := i.room(); n > most {
		return fmt.Errorf("%d bytes of at most %d: %w", n, most, ErrTooLong)
	}
	return nil
}

// room is how many bytes a value may have.
func (i Item) room() int { return max(0, maxLine-len(i.command(""))) / 2 }

// command is the line for security -i. The value is in hexadecimal digits, so
// that nothing in it needs quoting.
func (i Item) command(digits string) string {
	return fmt.Sprintf("add-generic-password -U -s %q -a %q -X %s\n", i.Service, i.Account, digits)
}

// named refuses names that would end the quotes around them, or the line.
func (i Item) named() error {
	for _, name := range []string{i.Service, i.Account} {
		if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }) {
			return fmt.Errorf("%q: %w", name, ErrName)
		}
	}
	return nil
}

// told turns the end of security into an error.
func told(exit int, err error) error {
	switch {
	case err != nil:
		return err
	case exit == 0:
		return nil
	case exit == exitNotFound:
		return ErrNotFound
	case exit == exitLocked:
		return ErrLocked
	case exit == exitDenied:
		return ErrDenied
	case exit == exitDismissed:
		return ErrDismissed
	}
	return fmt.Errorf("%w: it ended with status %d", ErrFailed, exit)
}

// value undoes how security prints one: as it is where every byte of it can be
// printed, else in hexadecimal digits, and a newline. Digits that stand for
// nothing but printable bytes are therefore no code but the value itself.
func value(out []byte) []byte {
	out = bytes.TrimSuffix(out, []byte("\n"))
	decoded, err := hex.DecodeString(string(out))
	if err != nil || !bytes.ContainsFunc(decoded, unprintable) {
		return append([]byte{}, out...)
	}
	return decoded
}

func unprintable(r rune) bool { return r < ' ' || r > '~' }
