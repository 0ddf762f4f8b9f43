package view

import "errors"

// Code tells problems apart for faces and scripts. The values are those of the
// command line's JSON.
type Code string

// The codes a Problem can have.
const (
	CodeFailed      Code = "failed"
	CodeDamaged     Code = "damaged_file"
	CodeUnknownLive Code = "unknown_login"
	CodePaused      Code = "account_paused"
	CodeOffline     Code = "offline"
	CodeRefused     Code = "refused" // the provider refuses the account, in its own words
	CodeUnsure      Code = "unsure"
	CodeUnsupported Code = "unsupported"
	CodeUsage       Code = "usage"
	CodeNotFound    Code = "unknown_account"
	CodeAmbiguous   Code = "ambiguous"
	CodeNeedsLogin  Code = "needs_login"
	CodeAllLimited  Code = "all_limited"
	CodeNoOther     Code = "no_other"
	CodeBusy        Code = "busy"
	CodeKeyring     Code = "keyring" // the keyring is locked, missing or failing
)

// Problem is an error for people: one line, then what to do. No text in it
// ever holds a token.
type Problem struct {
	Code    Code
	Message string // one line, no capital letter, no full stop
	Hint    string // the next step
	Key     string // the account it is about, "" for none
	Err     error  // the cause, nil for none
}

// Error gives the message.
func (p *Problem) Error() string { return p.Message }

// Unwrap gives the cause.
func (p *Problem) Unwrap() error { return p.Err }

// CodeOf gives the code of err: CodeFailed for an error that is no Problem, ""
// for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var p *Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return CodeFailed
}
