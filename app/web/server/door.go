//go:build !js

package server

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"sync"
	"time"
)

const (
	maxSessions = 16
	// guesses is how many wrong secrets are taken at once, and guessEvery how
	// soon one more is. No guess has a chance; the limit keeps the machine quiet.
	guesses    = 10
	guessEvery = 6 * time.Second
)

// door knows the one secret that lets in and the sessions that came in by one.
// Nothing it keeps could be used by who reads it but the secret itself.
type door struct {
	now func() time.Time

	mu       sync.Mutex
	link     string
	sessions []session // the longest unused first
	left     int       // guesses
	refilled time.Time
}

// session is what a browser was let in with, as hashes: comparing those takes
// the same time whatever was guessed right.
type session struct{ cookie, token [sha256.Size]byte }

func newDoor(now func() time.Time) *door {
	return &door{now: now, link: newSecret(), left: guesses, refilled: now()}
}

// newSecret has 256 bits or more; crypto/rand does not fail.
func newSecret() string { return rand.Text() + rand.Text() }

// secret is the one that lets in now.
func (d *door) secret() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.link
}

// open takes the secret, once: the next one stands in next. slow says that too
// many wrong ones came before.
func (d *door) open(secret string) (cookie, token, next string, slow bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	if n := int(now.Sub(d.refilled) / guessEvery); n > 0 {
		d.left = min(guesses, d.left+n)
		d.refilled = now
	}
	if d.left == 0 {
		return "", "", "", true
	}
	if !equal(secret, d.link) {
		d.left--
		return "", "", "", false
	}
	cookie, token = newSecret(), newSecret()
	if len(d.sessions) == maxSessions {
		d.sessions = append(d.sessions[:0], d.sessions[1:]...)
	}
	d.sessions = append(d.sessions, session{sha256.Sum256([]byte(cookie)), sha256.Sum256([]byte(token))})
	d.link = newSecret()
	return cookie, token, d.link, false
}

// knows says whether the two belong to one session, which counts as used.
func (d *door) knows(cookie, token string) bool {
	c, t := sha256.Sum256([]byte(cookie)), sha256.Sum256([]byte(token))
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, have := range d.sessions {
		if subtle.ConstantTimeCompare(c[:], have.cookie[:])&subtle.ConstantTimeCompare(t[:], have.token[:]) == 1 {
			copy(d.sessions[i:], d.sessions[i+1:])
			d.sessions[len(d.sessions)-1] = have
			return true
		}
	}
	return false
}

// hasCookie is for the one page that has no script to send a token with.
func (d *door) hasCookie(cookie string) bool {
	c := sha256.Sum256([]byte(cookie))
	d.mu.Lock()
	defer d.mu.Unlock()
	found := 0
	for _, have := range d.sessions {
		found |= subtle.ConstantTimeCompare(c[:], have.cookie[:])
	}
	return found == 1
}

func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
