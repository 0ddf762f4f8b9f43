package oauthcore

import (
	"errors"
	"fmt"
	"io/fs"

	"baton/oauthcore/files"
	"baton/oauthcore/jsonedit"
)

// Code tells errors apart for faces and scripts. The values are those of the
// command line's JSON.
type Code string

// The codes an Error can have.
const (
	CodeFailed      Code = "failed"
	CodeDamaged     Code = "damaged_file"
	CodeUnknownLive Code = "unknown_login"
	CodePaused      Code = "account_paused"
	CodeOffline     Code = "offline"
	CodeUnsure      Code = "unsure"
	CodeUnsupported Code = "unsupported"
	CodeUsage       Code = "usage"
	CodeNotFound    Code = "unknown_account"
	CodeAmbiguous   Code = "ambiguous"
	CodeNeedsLogin  Code = "needs_login"
	CodeAllLimited  Code = "all_limited"
	CodeNoOther     Code = "no_other"
	CodeBusy        Code = "busy"
	CodeKeyring     Code = "keyring" // the keyring is locked, not there, or in trouble
)

// Error is an error for people: one line, then what to do. No text in it ever
// holds a token.
type Error struct {
	Code    Code
	Message string
	Hint    string
	Key     string // the account it is about, "" when none
	Err     error
}

func (e *Error) Error() string { return e.Message }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf gives the code of err, CodeFailed where it has none, "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeFailed
}

// errShape says that a known member has a type it cannot have.
var errShape = errors.New("unexpected type")

// damaged is the error for a file that does not say what it should. Baton
// never writes over such a file.
func damaged(path string, cause error) *Error {
	return &Error{
		Code:    CodeDamaged,
		Message: fmt.Sprintf("%s %s; nothing was changed", path, damage(cause)),
		Hint:    "mend the file or move it away, then try again; Baton never overwrites what it cannot read",
		Err:     cause,
	}
}

// damage says in a few words what is wrong with a file.
func damage(cause error) string {
	switch {
	case errors.Is(cause, jsonedit.ErrDuplicate), errors.Is(cause, jsonedit.ErrShape), errors.Is(cause, errShape):
		return "is not as it should be (" + cause.Error() + ")"
	}
	return "is not valid JSON"
}

// changed is the error for a file that is no longer what was read.
func changed(path string, cause error) *Error {
	return &Error{Code: CodeBusy, Message: path + " was changed by another program just now", Hint: "nothing was overwritten; try again", Err: cause}
}

// misshapen says that an error is about what a file says, not about reading it.
func misshapen(err error) bool {
	for _, kind := range []error{jsonedit.ErrSyntax, jsonedit.ErrDuplicate, jsonedit.ErrShape, errShape} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// unreadable is the error for a file that is there and cannot be read.
func unreadable(path string, cause error) *Error {
	e := &Error{Code: CodeFailed, Message: fmt.Sprintf("cannot read %s", path), Hint: "look at the file's owner and mode, then try again", Err: cause}
	if errors.Is(cause, fs.ErrPermission) {
		e.Message += ": permission denied"
	}
	if errors.Is(cause, files.ErrInUse) {
		e.Code, e.Hint = CodeBusy, "another program has it open: close that, then try again"
	}
	return e
}

// unwritable is the error for a file that could not be replaced. The old one
// is whole.
func unwritable(path string, cause error) *Error {
	if errors.Is(cause, files.ErrInUse) {
		return &Error{
			Code: CodeBusy, Err: cause,
			Message: fmt.Sprintf("cannot write %s: another program has it open; the old file is untouched", path),
			Hint:    "close what uses it, also a virus scanner or a backup, then try again",
		}
	}
	var pe *fs.PathError
	why := cause
	if errors.As(cause, &pe) {
		why = pe.Err
	}
	return &Error{
		Code:    CodeFailed,
		Message: fmt.Sprintf("cannot write %s: %v", path, why),
		Hint:    "look at the folder's mode and the free space, then try again; the old file is untouched",
		Err:     cause,
	}
}
