//go:build !js

package cli

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"baton/app/backend"
)

// Why a TIME is refused.
var (
	errNotTime    = errors.New("not a time")
	errTimePast   = errors.New("time is in the past")
	errTimeTooFar = errors.New("time is too far off")
)

// farthest is the end of what RFC 3339 can write.
var farthest = time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC)

// days takes "3d" off the front of a length of time: Go's durations stop at
// hours, and a weekly limit is counted in days.
var days = regexp.MustCompile(`^([0-9]+)d`)

// parseTime reads a TIME as people and scripts give it: RFC 3339, Unix epoch
// milliseconds, or a length of time from now: Go's durations with an optional
// leading plus and leading days (+90m, 2h30m, +3d, +1d12h). The result is
// after now and not beyond the year 9999; otherwise the error is errNotTime,
// errTimePast or errTimeTooFar.
func parseTime(s string, now time.Time) (time.Time, error) {
	s = strings.TrimSpace(s)
	t, err := readTime(s, now)
	switch {
	case err != nil:
		return time.Time{}, err
	case !t.After(now):
		return time.Time{}, errTimePast
	case t.After(farthest):
		return time.Time{}, errTimeTooFar
	}
	return t, nil
}

func readTime(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, errNotTime
	}
	if strings.Trim(s, "0123456789") == "" {
		ms, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return time.Time{}, errTimeTooFar
		}
		return time.UnixMilli(ms), nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	d, err := readLength(s)
	if err != nil {
		return time.Time{}, err
	}
	return now.Add(d), nil
}

func readLength(s string) (time.Duration, error) {
	s = strings.TrimPrefix(s, "+")
	var length time.Duration
	if m := days.FindStringSubmatch(s); m != nil {
		n, err := strconv.ParseInt(m[1], 10, 64)
		const most = int64(1<<63-1) / int64(24*time.Hour)
		if err != nil || n > most {
			return 0, errTimeTooFar
		}
		length = time.Duration(n) * 24 * time.Hour
		if s = s[len(m[0]):]; s == "" {
			return length, nil
		}
		if s[0] == '+' || s[0] == '-' {
			return 0, errNotTime
		}
	}
	if strings.HasPrefix(s, "+") {
		return 0, errNotTime
	}
	rest, err := time.ParseDuration(s)
	if err != nil {
		return 0, errNotTime
	}
	if length+rest < length && rest > 0 {
		return 0, errTimeTooFar
	}
	return length + rest, nil
}

// timeFlag reads the TIME given to a flag of a command.
func (r *runner) timeFlag(command, flag, value string) (time.Time, error) {
	t, err := parseTime(value, r.Now())
	if err == nil {
		return t, nil
	}
	p := &backend.Problem{
		Code: backend.ProblemUsage,
		Hint: "give RFC 3339 (2026-03-01T14:05:00Z), epoch milliseconds, or a time from now (+90m, +3d)",
		Err:  err,
	}
	switch {
	case errors.Is(err, errTimePast):
		p.Message = fmt.Sprintf("the time given to %s --%s is in the past: %q", command, flag, value)
	case errors.Is(err, errTimeTooFar):
		p.Message = fmt.Sprintf("the time given to %s --%s is too far off: %q", command, flag, value)
	default:
		p.Message = fmt.Sprintf("%s --%s takes a time, not %q", command, flag, value)
	}
	return time.Time{}, p
}
