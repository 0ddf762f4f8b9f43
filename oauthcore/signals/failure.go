package signals

import "strings"

// Kind is what made a turn of Claude Code's stop, in its own word. Only this
// counts: text that merely speaks of a rate limit may come from a fetched page.
type Kind string

// The kinds Baton acts on.
const (
	RateLimit      Kind = "rate_limit" // also said of a busy server: see Quota.Reached
	AuthFailed     Kind = "authentication_failed"
	OrgNotAllowed  Kind = "oauth_org_not_allowed"
	OnHold         Kind = "account_on_hold"
	NotVerified    Kind = "verification_required"
	BillingTrouble Kind = "billing_error"
)

// Refuses says that the provider does not let the account work until a person
// did something about it.
func (k Kind) Refuses() bool {
	switch k {
	case OrgNotAllowed, OnHold, NotVerified, BillingTrouble:
		return true
	}
	return false
}

// Failure is what a StopFailure hook is handed (Claude Code's documentation,
// "Hooks").
type Failure struct {
	Kind           Kind // "" where the event is another one or tells none
	SessionID      string
	TranscriptPath string
	// Text is everything the event says in words, for an address to log in at.
	Text string
}

// ParseFailure reads the object on a hook's standard input.
func ParseFailure(doc []byte) Failure {
	r := parse(doc)
	f := Failure{
		SessionID:      str(r, "session_id"),
		TranscriptPath: str(r, "transcript_path"),
	}
	if event := str(r, "hook_event_name"); event != "" && event != "StopFailure" {
		return f
	}
	f.Kind = Kind(str(r, "error", "error_type"))
	var words []string
	for _, name := range []string{"last_assistant_message", "error_message", "error_details"} {
		if s := str(r, name); s != "" {
			words = append(words, s)
		}
	}
	f.Text = strings.Join(words, "\n")
	return f
}
