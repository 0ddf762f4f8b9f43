package backend

import "errors"

// ProblemCode tells problems apart for scripts and for a face's next step.
type ProblemCode string

// The codes. The comment is the command line's exit status.
const (
	ProblemFailed      ProblemCode = "failed"          // 1
	ProblemDamaged     ProblemCode = "damaged_file"    // 1
	ProblemUnknownLive ProblemCode = "unknown_login"   // 1: the live login is nobody's; nothing was touched
	ProblemPaused      ProblemCode = "account_paused"  // 1
	ProblemOffline     ProblemCode = "offline"         // 1: the provider could not be reached, or is in trouble
	ProblemUnsure      ProblemCode = "unsure"          // 1: a request went out and no answer came
	ProblemRefused     ProblemCode = "refused"         // 1: the provider refuses the account, in its own words
	ProblemUnsupported ProblemCode = "unsupported"     // 1: not possible on this system
	ProblemUsage       ProblemCode = "usage"           // 2
	ProblemNotFound    ProblemCode = "unknown_account" // 2
	ProblemAmbiguous   ProblemCode = "ambiguous"       // 2
	ProblemNeedsLogin  ProblemCode = "needs_login"     // 3
	ProblemAllLimited  ProblemCode = "all_limited"     // 4
	ProblemNoOther     ProblemCode = "no_other"        // 5
	ProblemBusy        ProblemCode = "busy"            // 6
	ProblemKeyring     ProblemCode = "keyring"         // 1: it is locked, not there, or in trouble
	ProblemCanceled    ProblemCode = "canceled"        // 1
)

// ExitCode is the command line's exit status for the code, by the contract:
// 1 failed, 2 usage, 3 login needed, 4 all limited, 5 no other account, 6 busy.
func (c ProblemCode) ExitCode() int {
	switch c {
	case ProblemUsage, ProblemNotFound, ProblemAmbiguous:
		return 2
	case ProblemNeedsLogin:
		return 3
	case ProblemAllLimited:
		return 4
	case ProblemNoOther:
		return 5
	case ProblemBusy:
		return 6
	}
	return 1
}

// Problem is an error a person meets: one plain line, then what to do. Its
// texts never hold a token.
type Problem struct {
	Code    ProblemCode
	Message string // one line, no capital, no full stop (huskies' own messages keep theirs)
	Hint    string // the next step, may be empty
	Key     string // the account it is about, "" when none
	Err     error  `json:"-"` // the cause, for errors.Is; never shown, never sent
}

func (p *Problem) Error() string { return p.Message }

// Unwrap gives the cause.
func (p *Problem) Unwrap() error { return p.Err }

// AsProblem turns any error into a Problem, so that faces need only one kind.
// It returns nil for nil.
func AsProblem(err error) *Problem {
	if err == nil {
		return nil
	}
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return &Problem{Code: ProblemFailed, Message: err.Error(), Err: err}
}
