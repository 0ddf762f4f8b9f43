package oauthcore

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"baton/oauthcore/jsonedit"

	"github.com/tidwall/gjson"
)

// CopyNote is what the book remembers of an account's copy, so that the
// keyring is left alone while nothing has changed. It is never trusted for
// more than that.
type CopyNote struct {
	Generation int64 `json:"generation"`
	Live       bool  `json:"live"`
	// Print tells whether anything in the copy has changed since.
	Print string `json:"print"`
}

// note is what to remember of a copy that was written.
func (l loginCopy) note() (CopyNote, error) {
	value, err := l.encode()
	sum := sha256.Sum256([]byte(value.Reveal()))
	return CopyNote{Generation: l.generation, Live: l.live, Print: hex.EncodeToString(sum[:8])}, err
}

// parseNote reads one; null is none.
func parseNote(raw []byte) (*CopyNote, error) {
	if gjson.ParseBytes(raw).Type == gjson.Null {
		return nil, nil
	}
	n := &CopyNote{}
	if json.Unmarshal(raw, n) != nil {
		return nil, errShape
	}
	return n, nil
}

// setNote is the edit that writes one down, or takes it out.
func setNote(n *CopyNote) edit {
	if n == nil {
		return edit{"copied", nil}
	}
	raw, _ := json.Marshal(n) // numbers and texts always marshal
	return edit{"copied", raw}
}

// everCopied says that the book remembers a copy at all.
func (c *Core) everCopied() bool {
	doc, err := readOr(c.FS, c.Paths.Book())
	if err != nil {
		return false
	}
	b, err := ParseBook(doc)
	if err != nil {
		return false
	}
	for _, p := range b.Pages {
		if p.Copied != nil {
			return true
		}
	}
	return false
}

// forget drops what the book holds of a removed account, but for what is
// needed to delete its copy.
func (b *Book) forget(key string) {
	if p := b.Pages[key]; p != nil && p.Copied != nil {
		b.Pages[key] = &Page{Copied: p.Copied}
		return
	}
	delete(b.Pages, key)
}

// dropPages takes out of the file what is in the book no more.
func (b *Book) dropPages(doc []byte) ([]byte, error) {
	raw, ok, err := jsonedit.Get(doc, "accounts")
	if err != nil || !ok {
		return doc, err
	}
	pages, err := jsonedit.Members(raw)
	if err != nil {
		return nil, err
	}
	for _, m := range pages {
		if b.Pages[m.Key] != nil {
			continue
		}
		if doc, err = jsonedit.Delete(doc, "accounts", m.Key); err != nil {
			return nil, err
		}
	}
	return doc, nil
}
