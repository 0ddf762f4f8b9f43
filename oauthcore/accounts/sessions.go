package accounts

import (
	"maps"
	"time"

	"baton/oauthcore/view"
)

// SessionReport is what a session of Claude Code reported last, and whose it was.
type SessionReport struct {
	Key      string       `json:"key"` // the account, "" for none
	FiveHour *view.Window `json:"fiveHour,omitempty"`
	SevenDay *view.Window `json:"sevenDay,omitempty"`
	At       time.Time    `json:"at"`
}

// Sessions are reports by session id. A value is never changed: With gives
// another one.
type Sessions map[string]SessionReport

// mostSessions is how many reports are kept; the oldest go first.
const mostSessions = 40

// Of gives a session's last report; ok is false where none is known.
func (s *Sessions) Of(id string) (r SessionReport, ok bool) {
	if s != nil {
		r, ok = (*s)[id]
	}
	return r, ok
}

// With gives the reports with one more.
func (s *Sessions) With(id string, r SessionReport) *Sessions {
	out := Sessions{}
	if s != nil {
		maps.Copy(out, *s)
	}
	out[id] = r
	for len(out) > mostSessions {
		oldest := id
		for k, v := range out {
			if v.At.Before(out[oldest].At) || v.At.Equal(out[oldest].At) && k < oldest {
				oldest = k
			}
		}
		delete(out, oldest)
	}
	return &out
}
