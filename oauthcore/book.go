package oauthcore

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"baton/oauthcore/jsonedit"

	"github.com/tidwall/gjson"
)

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

// Past says that the mark's time is over.
func (m Mark) Past(now time.Time) bool {
	at, _ := m.Until()
	return m.Limited && !now.Before(at)
}

func (m Mark) same(o Mark) bool { return m.Limited == o.Limited && m.ResetsAt.Equal(o.ResetsAt) }

// Window is one usage window.
type Window struct {
	Percent  float64   `json:"percent"`           // used, 0 to 100
	ResetsAt time.Time `json:"resetsAt,omitzero"` // zero when unknown or not started
}

// ModelWindow is a per-model weekly window. It never limits the account.
type ModelWindow struct {
	Name string `json:"name"`
	Window
}

// Usage is what was last seen of an account's limits.
type Usage struct {
	FiveHour   *Window       `json:"fiveHour,omitempty"`
	SevenDay   *Window       `json:"sevenDay,omitempty"`
	Models     []ModelWindow `json:"models,omitempty"`
	ObservedAt time.Time     `json:"observedAt"`
	Source     string        `json:"source"` // "statusline" or "endpoint"
}

// At gives the windows as they stand at a time: one that was reset since is empty.
func (u *Usage) At(now time.Time) *Usage {
	if u == nil {
		return nil
	}
	out := *u
	out.FiveHour, out.SevenDay = u.FiveHour.at(now), u.SevenDay.at(now)
	out.Models = slices.Clone(u.Models)
	for i := range out.Models {
		out.Models[i].Window = *out.Models[i].at(now)
	}
	return &out
}

func (w *Window) at(now time.Time) *Window {
	if w == nil || w.ResetsAt.IsZero() || now.Before(w.ResetsAt) {
		return w
	}
	return &Window{}
}

// Page is what the book holds of one account. None of it is ever needed to
// keep a login.
type Page struct {
	Mark Mark
	// PoolMark is what Baton last wrote to the pool; another value there is
	// somebody else's news. PoolSeen says that anything was written yet.
	PoolMark Mark
	PoolSeen bool
	Usage    *Usage
	// ActiveAt is when the account was last made the live one.
	ActiveAt time.Time
	// Copied is what was last copied to the mirror, nil for nothing.
	Copied *CopyNote
	// Offline says that the last call for the account met trouble on the way.
	Offline bool
	// LoginAddress is where a message of Claude Code's said to log in, "" for
	// nowhere. It is http or https.
	LoginAddress string
}

// limited gives the time an account is limited until, by its mark and its
// spent account-wide windows; zero when it is free. assumed says that the time
// is a guess.
func (p Page) limited(now time.Time) (until time.Time, assumed bool) {
	if p.Mark.Limited && !p.Mark.Past(now) {
		until, assumed = p.Mark.Until()
	}
	if p.Usage != nil {
		for _, w := range []*Window{p.Usage.FiveHour, p.Usage.SevenDay} {
			if w != nil && w.Percent >= 100 && w.ResetsAt.After(now) && w.ResetsAt.After(until) {
				until, assumed = w.ResetsAt, false
			}
		}
	}
	return until, assumed
}

// headroom is what is left of the fuller window in percent, and whether
// anything is known.
func (p Page) headroom(now time.Time) (percent float64, known bool) {
	u := p.Usage.At(now)
	if u == nil || (u.FiveHour == nil && u.SevenDay == nil) {
		return 0, false
	}
	most := 0.0
	for _, w := range []*Window{u.FiveHour, u.SevenDay} {
		if w != nil {
			most = max(most, w.Percent)
		}
	}
	return 100 - most, true
}

// Book is S/baton/usage.json: usage, limits and marks, written often and
// never a reason to write the vault.
type Book struct {
	Pages map[string]*Page
	// LastActive is the account last seen or made live.
	LastActive string
	// CopyTrouble is what the last copying to the mirror failed with, "" where
	// it did not.
	CopyTrouble string
	// CopyPause is until when the mirror is left alone in the background.
	CopyPause time.Time
	doc       []byte
}

// ParseBook reads the book's bytes; none, blank ones and null are an empty book.
func ParseBook(doc []byte) (*Book, error) {
	b := &Book{Pages: map[string]*Page{}, doc: []byte("{}")}
	if blank(doc) {
		return b, nil
	}
	members, err := jsonedit.Members(doc)
	if err != nil {
		return nil, err
	}
	b.doc = doc
	for _, m := range members {
		switch m.Key {
		case "lastActive":
			err = text(gjson.ParseBytes(m.Raw), &b.LastActive)
		case "copyTrouble":
			err = text(gjson.ParseBytes(m.Raw), &b.CopyTrouble)
		case "copyPausedUntil":
			b.CopyPause, err = millis(gjson.ParseBytes(m.Raw))
		case "accounts":
			var pages []jsonedit.Member
			if pages, err = jsonedit.Members(m.Raw); err != nil {
				break
			}
			for _, e := range pages {
				if b.Pages[e.Key], err = parsePage(e.Raw); err != nil {
					break
				}
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Key, err)
		}
	}
	return b, nil
}

func parsePage(raw []byte) (*Page, error) {
	members, err := jsonedit.Members(raw)
	if err != nil {
		return nil, err
	}
	p := &Page{}
	for _, m := range members {
		v := gjson.ParseBytes(m.Raw)
		switch m.Key {
		case "limited":
			err = flag(v, &p.Mark.Limited)
		case "resetsAt":
			p.Mark.ResetsAt, err = millis(v)
		case "markedAt":
			p.Mark.MarkedAt, err = millis(v)
		case "poolLimited":
			p.PoolSeen = true
			err = flag(v, &p.PoolMark.Limited)
		case "poolResetsAt":
			p.PoolMark.ResetsAt, err = millis(v)
		case "activeAt":
			p.ActiveAt, err = millis(v)
		case "offline":
			err = flag(v, &p.Offline)
		case "loginAddress":
			err = text(v, &p.LoginAddress)
		case "copied":
			p.Copied, err = parseNote(m.Raw)
		case "usage":
			if v.Type != gjson.Null {
				p.Usage = &Usage{}
				if json.Unmarshal(m.Raw, p.Usage) != nil {
					err = errShape
				}
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Key, err)
		}
	}
	return p, nil
}

// Page gives the account's page, made where missing.
func (b *Book) Page(key string) *Page {
	if b.Pages[key] == nil {
		b.Pages[key] = &Page{}
	}
	return b.Pages[key]
}

// look gives a copy of the account's page without making one.
func (b *Book) look(key string) Page {
	if p := b.Pages[key]; p != nil {
		return *p
	}
	return Page{}
}

// Encode gives the file's bytes.
func (b *Book) Encode() ([]byte, error) {
	doc, err := apply(b.doc, []edit{
		{"schemaVersion", []byte("1")},
		setText("lastActive", b.LastActive),
		setText("copyTrouble", b.CopyTrouble), setMillis("copyPausedUntil", b.CopyPause),
	})
	if err != nil {
		return nil, err
	}
	keys := make([]string, 0, len(b.Pages))
	for k := range b.Pages {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		raw, ok, err := jsonedit.Get(doc, "accounts", k)
		if err != nil {
			return nil, err
		}
		if !ok {
			raw = []byte("{}")
		}
		if raw, err = b.Pages[k].encode(raw); err != nil {
			return nil, err
		}
		if doc, err = jsonedit.Set(doc, raw, "accounts", k); err != nil {
			return nil, err
		}
	}
	if doc, err = b.dropPages(doc); err != nil {
		return nil, err
	}
	return jsonedit.Pretty(doc)
}

func (p *Page) encode(raw []byte) ([]byte, error) {
	edits := []edit{
		{"limited", []byte(fmt.Sprint(p.Mark.Limited))},
		setMillis("resetsAt", p.Mark.ResetsAt),
		setMillis("markedAt", p.Mark.MarkedAt),
		setMillis("activeAt", p.ActiveAt),
		setFlag("offline", p.Offline),
		setText("loginAddress", p.LoginAddress),
		setNote(p.Copied),
	}
	if p.PoolSeen {
		edits = append(edits, edit{"poolLimited", []byte(fmt.Sprint(p.PoolMark.Limited))}, setMillis("poolResetsAt", p.PoolMark.ResetsAt))
	}
	if p.Usage != nil {
		u, err := json.Marshal(p.Usage)
		if err != nil {
			return nil, err
		}
		edits = append(edits, edit{"usage", u})
	}
	return apply(raw, edits)
}
