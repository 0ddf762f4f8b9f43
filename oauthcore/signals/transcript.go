package signals

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// Transcript is what a session's transcript says of the session and of the turn
// in it that failed last.
type Transcript struct {
	// Kind is that of the last turn's failure, "" where there is none, or its row is
	// not written yet.
	Kind  Kind
	Quota Quota
	// PromptAt is when the last turn began, zero when not told.
	PromptAt time.Time
	// Version is that of the Claude Code that wrote of the failure, or else of the
	// one that started the session; "" when not told.
	Version string
	// Started is the version of the Claude Code that started the session, "" when
	// not told. Another one may have gone on with it.
	Started string
	// Owned says that the session was started on the login in Claude Code's file.
	// A session started by a version before OwnerSince never says so.
	Owned bool
	// TellsQuota says that Claude Code notes of a limit in it whether it was
	// reached: its version does, or a row was found.
	TellsQuota bool
}

// Quota is what a transcript says of the limit that ended a turn.
type Quota struct {
	Status   string    // "rejected" for a limit that was reached; "" when not told
	ResetsAt time.Time // zero when not told
	Type     string    // "five_hour", "seven_day", …, "" when not told
}

// Reached says that a usage limit was reached. A busy server, or a request the
// plan does not cover, is called a rate limit as well and has no such word.
func (q Quota) Reached() bool { return q.Status == "rejected" }

// OfModel says that the limit is that of one model, which does not keep the
// account from working with another.
func (q Quota) OfModel() bool {
	rest, weekly := strings.CutPrefix(q.Type, "seven_day_")
	return weekly && rest != "overage" && rest != ""
}

// Versions of Claude Code, as observed: from QuotaSince on a row of a limit that
// was reached says so, from OwnerSince on a session on the file's login begins
// with a row that names its owner.
const (
	QuotaSince = "2.1.330"
	OwnerSince = "2.1.332"
)

// AtLeast compares two versions of the form 1.2.3, with or without blanks and a v
// before it. One that is not known is before every other.
func AtLeast(version, since string) bool {
	a, b := numbers(version), numbers(since)
	for i := range b {
		if i >= len(a) || a[i] != b[i] {
			return i < len(a) && a[i] > b[i]
		}
	}
	return len(a) > 0
}

func numbers(version string) (out []int) {
	for part := range strings.SplitSeq(strings.TrimLeft(strings.TrimSpace(version), "vV"), ".") {
		n, digits := 0, 0
		for ; digits < len(part) && digits < 9 && part[digits] >= '0' && part[digits] <= '9'; digits++ {
			n = n*10 + int(part[digits]-'0')
		}
		if digits == 0 {
			break
		}
		out = append(out, n)
		if digits < len(part) {
			break // what follows is a pre-release's name
		}
	}
	return out
}

// How much of a transcript's end is looked through, in bytes: at first, and at
// most; and the most of its beginning, which ends with the first answer.
const (
	tailFirst = 256 << 10
	tailMost  = 16 << 20
	headMost  = 4 << 20
)

// ReadTranscript looks through the beginning and the end of a session's
// transcript (JSON lines, in Claude Code's own format). What cannot be read says
// nothing; ok is false where that is all of it. It never waits: only a regular
// file is opened.
func ReadTranscript(path string) (t Transcript, ok bool) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return Transcript{}, false
	}
	f, err := os.Open(path)
	if err != nil {
		return Transcript{}, false
	}
	defer func() { _ = f.Close() }() // only read
	return readTranscript(f, info.Size())
}

func readTranscript(r io.ReaderAt, size int64) (t Transcript, ok bool) {
	t, ok = lastFailure(r, size)
	t.readHead(io.NewSectionReader(r, 0, min(size, headMost)))
	if t.Version == "" {
		t.Version = t.Started
	}
	t.TellsQuota = t.TellsQuota || AtLeast(t.Version, QuotaSince)
	return t, ok || t.Version != "" || t.Owned
}

// readHead reads what stands at the beginning of a session, before its first
// answer. Where the owner's row may come later than what is read, the version that
// started the session is not told either.
func (t *Transcript) readHead(r io.Reader) {
	rows := bufio.NewReader(r)
	for begin := true; ; begin = false {
		line, err := rows.ReadBytes('\n')
		if begin {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		switch {
		case err == nil, errors.Is(err, io.EOF) && gjson.ValidBytes(line):
		case !t.Owned && len(line) > 0:
			t.Started = ""
			return
		}
		if bytes.Contains(line, []byte(`"session-owner"`)) {
			row := parse(line)
			t.Owned = t.Owned || str(row, "type") == "session-owner" && str(row, "accountUuid") != ""
		}
		if t.Started == "" && bytes.Contains(line, []byte(`"version"`)) {
			t.Started = str(parse(line), "version")
		}
		if err != nil || bytes.Contains(line, []byte(`"assistant"`)) && str(parse(line), "type") == "assistant" {
			return
		}
	}
}

func lastFailure(r io.ReaderAt, size int64) (Transcript, bool) {
	for look := int64(tailFirst); ; look *= 4 {
		from := max(0, size-look)
		tail := make([]byte, size-from)
		n, err := r.ReadAt(tail, from)
		if err != nil && !errors.Is(err, io.EOF) {
			return Transcript{}, false
		}
		t, whole := failureIn(tail[:n], from == 0)
		t.TellsQuota = bytes.Contains(tail[:n], []byte(`"quotaLimits"`))
		if whole || from == 0 || look >= tailMost {
			return t, t.Kind != "" || !t.PromptAt.IsZero()
		}
	}
}

// failureIn reads rows from the end: the failure, then the prompt before it. A
// prompt that comes first began a later turn, whose failure is not written yet.
// whole says that the prompt was found.
func failureIn(tail []byte, fromStart bool) (t Transcript, whole bool) {
	for len(tail) > 0 {
		tail = bytes.TrimRight(tail, "\n")
		i := bytes.LastIndexByte(tail, '\n')
		row := tail[i+1:]
		if i < 0 && !fromStart {
			break // the row's beginning was not read
		}
		tail = tail[:max(i, 0)]
		switch {
		case t.Kind == "" && bytes.Contains(row, []byte(`"isApiErrorMessage"`)):
			t.readFailure(parse(row))
		case bytes.Contains(row, []byte(`"user"`)):
			if r := parse(row); str(r, "type") == "user" {
				if t.PromptAt = moment(r.Get("timestamp")); !t.PromptAt.IsZero() {
					return t, true
				}
			}
		}
	}
	return t, false
}

func (t *Transcript) readFailure(row gjson.Result) {
	if row.Get("isApiErrorMessage").Type != gjson.True {
		return
	}
	if t.Kind = Kind(str(row, "error")); t.Kind == "" {
		t.Kind = "unknown"
	}
	t.Version = str(row, "version")
	if limit := row.Get("quotaLimits"); t.Kind == RateLimit {
		t.Quota = Quota{str(limit, "status"), moment(first(limit, "resetsAt", "resets_at")), str(limit, "rateLimitType")}
	}
}
