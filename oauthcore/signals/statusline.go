package signals

import (
	"time"

	"github.com/tidwall/gjson"
)

// Window is one usage window as Claude Code reports it.
type Window struct {
	Percent  float64   // used, 0 to 100
	ResetsAt time.Time // zero when not told
}

// StatusLine is what a status line command is handed (Claude Code's
// documentation, "Status line"), as far as it is of use here.
type StatusLine struct {
	SessionID      string
	TranscriptPath string
	// FiveHour and SevenDay are nil where nothing was told, which is so until
	// a session's first answer and again for a moment after the account
	// changed: absence means nothing.
	FiveHour, SevenDay *Window
}

// Tells says that there is a word on usage in it.
func (s StatusLine) Tells() bool { return s.FiveHour != nil || s.SevenDay != nil }

// ParseStatusLine reads the object on a status line command's standard input.
func ParseStatusLine(doc []byte) StatusLine {
	r := parse(doc)
	limits := r.Get("rate_limits")
	return StatusLine{
		SessionID:      str(r, "session_id"),
		TranscriptPath: str(r, "transcript_path"),

		FiveHour: window(first(limits, "five_hour", "5h", "fiveHour")),
		SevenDay: window(first(limits, "seven_day", "7d", "sevenDay")),
	}
}

func window(v gjson.Result) *Window {
	if !v.IsObject() {
		return nil
	}
	used, ok := percent(first(v, "used_percentage", "usedPercentage", "percent", "utilization"))
	if !ok {
		return nil
	}
	return &Window{used, moment(first(v, "resets_at", "resetsAt"))}
}
