package accounts

import "time"

// AssumedLimit is how long a mark without a known reset holds.
const AssumedLimit = 5 * time.Hour

// Mark says that an account was seen to be rate-limited.
type Mark struct {
	Limited bool
	// ResetsAt is when the limit ends, zero when that is not known: the mark
	// then holds AssumedLimit from MarkedAt on.
	ResetsAt time.Time
	MarkedAt time.Time
}

// Until is the end of the mark, zero where there is none. assumed says that it
// is a guess.
func (m Mark) Until() (at time.Time, assumed bool) {
	switch {
	case !m.Limited:
		return time.Time{}, false
	case m.ResetsAt.IsZero():
		return m.MarkedAt.Add(AssumedLimit), true
	}
	return m.ResetsAt, false
}

// ahead is from when on a mark of the future was made by a clock that was ahead.
const ahead = time.Hour

// Past says that the mark's time is over, or cannot be told.
func (m Mark) Past(now time.Time) bool {
	at, _ := m.Until()
	return m.Limited && (!now.Before(at) || m.MarkedAt.Sub(now) > ahead)
}

func (m Mark) same(o Mark) bool { return m.Limited == o.Limited && m.ResetsAt.Equal(o.ResetsAt) }
