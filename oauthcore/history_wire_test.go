//go:build unix

package oauthcore_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"

	"baton/oauthcore/providertest"
	"baton/oauthcore/secret"

	"github.com/tidwall/gjson"
)

// presentation is one refresh request, with the program that made it.
type presentation struct {
	providertest.Presentation
	by     string
	step   int
	login  int    // number of the token's login
	spent  bool   // the vault on disk called the token spent when it was sent
	aside  bool   // the login's newest token lay in set-aside only
	unsure bool   // the account whose token it was, was in doubt
	asked  asking // what the person asked for, for a Baton
	dead   bool   // the login had ended before
	unseen bool   // another program presents it, and Baton has not seen it yet
}

// wire is the way to the provider, without a network in between. It notes every
// refresh token that is presented.
type wire struct {
	h     *history
	seen  []presentation
	asked asking
}

// asking is how far a person takes the risk of a token that may be used up.
type asking int

const (
	askedNot     asking = iota // the action names no account, or no person started it
	askedSwap                  // a swap to this account
	askedAside                 // the same, without a login that is moved out of the way
	askedRefresh               // the refresh of this account
)

// caller is one program's way to the provider.
type caller struct {
	*wire
	by string
}

// RoundTrip implements http.RoundTripper.
func (c *caller) RoundTrip(req *http.Request) (*http.Response, error) {
	if c.h.offline {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
	}
	in := req.Clone(req.Context())
	in.Body, in.RequestURI, in.Host = io.NopCloser(bytes.NewReader(body)), req.URL.RequestURI(), req.URL.Host
	note := c.present(body)
	out := &answerTo{header: http.Header{}, status: http.StatusOK}
	c.h.provider.ServeHTTP(out, in)
	if note != nil {
		all := c.h.provider.Presented()
		note.Presentation = all[len(all)-1]
		if note.unseen && note.Outcome == providertest.OutcomeRotated {
			c.h.usedUp[note.Fingerprint] = true
		}
		c.seen = append(c.seen, *note)
	}
	if out.hung {
		return nil, errors.New("the connection ended")
	}
	return out.response(req), nil
}

// present notes what holds at the moment a refresh token is sent; nil for other
// requests.
func (c *caller) present(body []byte) *presentation {
	token := gjson.GetBytes(body, "refresh_token")
	if !token.Exists() {
		return nil
	}
	fp := secret.New(token.String()).Fingerprint()
	l, _ := c.h.provider.LoginOf(fp)
	held := c.h.holders()
	vault := c.h.vaultNow()
	unsure := false
	if vault != nil {
		a := vault.HolderOf(fp)
		unsure = a != nil && a.Doubt != ""
	}
	unseen := !strings.HasPrefix(c.by, "baton") && (vault == nil || vault.HolderOf(fp) == nil && !vault.SpentPrint(fp)) && held[fp] != "aside" && held[fp] != "journal"
	return &presentation{
		unseen: unseen,
		unsure: unsure, dead: c.h.current(l.Number) == "",
		by: c.by, step: c.h.step, login: l.Number, asked: c.asked,
		spent: vault != nil && vault.SpentPrint(fp),
		aside: held[l.RefreshFingerprint] == "aside",
	}
}

// answerTo takes an answer of the provider's.
type answerTo struct {
	header http.Header
	status int
	body   bytes.Buffer
	hung   bool
}

// Header implements http.ResponseWriter.
func (a *answerTo) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *answerTo) WriteHeader(status int) { a.status = status }

// Write implements http.ResponseWriter.
func (a *answerTo) Write(p []byte) (int, error) { return a.body.Write(p) }

// Hijack is how the provider ends a connection without an answer.
func (a *answerTo) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	a.hung = true
	mine, other := net.Pipe()
	_ = other.Close()
	return mine, nil, nil
}

// response is the answer as net/http gives it: a body shorter than it was said
// to be ends with an error.
func (a *answerTo) response(req *http.Request) *http.Response {
	var body io.Reader = bytes.NewReader(a.body.Bytes())
	if n, err := strconv.Atoi(a.header.Get("Content-Length")); err == nil && n > a.body.Len() {
		body = io.MultiReader(body, brokenOff{})
	}
	return &http.Response{
		StatusCode: a.status, Status: http.StatusText(a.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header, Body: io.NopCloser(body), ContentLength: -1, Request: req,
	}
}

type brokenOff struct{}

func (brokenOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
