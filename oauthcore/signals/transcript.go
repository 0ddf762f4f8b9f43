package signals

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// Quota is what a transcript says of the limit that ended a turn.
type Quota struct {
	ResetsAt time.Time // zero when not told
	Type     string    // "five_hour", "seven_day", …, "" when not told
	// PromptAt is when the turn that failed began, zero when not told.
	PromptAt time.Time
}

// OfModel says that the limit is that of one model, which does not keep the
// account from working with another.
func (q Quota) OfModel() bool {
	rest, weekly := strings.CutPrefix(q.Type, "seven_day_")
	return weekly && rest != "overage" && rest != ""
}

// How much of a transcript's end is looked through: at first, and at most.
const (
	tailFirst = 256 << 10
	tailMost  = 16 << 20
)

// ReadTranscript looks through the end of a session's transcript (JSON lines,
// in Claude Code's own format) for its last failure. What cannot be read says
// nothing. It never waits: only a regular file is opened.
func ReadTranscript(path string) Quota {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return Quota{}
	}
	f, err := os.Open(path)
	if err != nil {
		return Quota{}
	}
	defer func() { _ = f.Close() }() // only read
	return lastFailure(f, info.Size())
}

func lastFailure(r io.ReaderAt, size int64) Quota {
	for look := int64(tailFirst); ; look *= 4 {
		from := max(0, size-look)
		tail := make([]byte, size-from)
		n, err := r.ReadAt(tail, from)
		if err != nil && !errors.Is(err, io.EOF) {
			return Quota{}
		}
		q, whole := failureIn(tail[:n], from == 0)
		if whole || from == 0 || look >= tailMost {
			return q
		}
	}
}

// failureIn reads rows from the end: first the failure, then the prompt before
// it. whole says that both were found.
func failureIn(tail []byte, fromStart bool) (q Quota, whole bool) {
	failed := false
	for len(tail) > 0 {
		tail = bytes.TrimRight(tail, "\n")
		i := bytes.LastIndexByte(tail, '\n')
		row := tail[i+1:]
		if i < 0 && !fromStart {
			break // the row's beginning was not read
		}
		tail = tail[:max(i, 0)]
		switch {
		case !failed && bytes.Contains(row, []byte(`"isApiErrorMessage"`)):
			r := parse(row)
			if r.Get("isApiErrorMessage").Type != gjson.True {
				continue
			}
			if Kind(str(r, "error")) != RateLimit {
				return Quota{}, true // the last failure is another one
			}
			failed = true
			limit := r.Get("quotaLimits")
			q.ResetsAt, q.Type = moment(first(limit, "resetsAt", "resets_at")), str(limit, "rateLimitType")
		case failed && bytes.Contains(row, []byte(`"user"`)):
			if r := parse(row); str(r, "type") == "user" {
				if q.PromptAt = moment(r.Get("timestamp")); !q.PromptAt.IsZero() {
					return q, true
				}
			}
		}
	}
	return q, false
}
