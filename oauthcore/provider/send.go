package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"

	"baton/oauthcore/secret"

	"github.com/tidwall/gjson"
)

// maxBody bounds an answer after decompression, in bytes. Real ones hold a
// few kilobytes.
const maxBody = 1 << 20

// call is one request.
type call struct {
	op       string
	endpoint string
	payload  []byte        // JSON of a POST; nil for a GET
	bearer   secret.Secret // access token of a GET
	beta     string        // anthropic-beta header, "" for none
	// presented are the secrets in it, which no error may repeat.
	presented []secret.Secret
	// bodyless says that a 2xx alone is the answer.
	bodyless bool
}

// send makes one HTTP request, once, and gives the JSON object a 2xx answered
// with. Any other outcome is an *Error.
func (c *Client) send(ctx context.Context, r call) (gjson.Result, error) {
	if _, err := parseSecure(r.endpoint); err != nil {
		return gjson.Result{}, &Error{Op: r.op, Kind: ErrInsecure}
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var wrote atomic.Bool
	req, err := c.request(ctx, r, &wrote)
	if err != nil {
		return gjson.Result{}, &Error{Op: r.op, Kind: ErrUnsendable}
	}
	resp, err := c.http.Do(req)
	if err != nil {
		kind := ErrNetwork
		if wrote.Load() {
			kind = ErrLost
		}
		return gjson.Result{}, &Error{Op: r.op, Kind: kind, err: reason(err)}
	}
	defer func() { _ = resp.Body.Close() }()
	// One byte more than allowed tells "full" from "too long".
	body, readErr := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		whole := readErr == nil && len(body) <= maxBody
		return gjson.Result{}, c.refusal(r, resp, body, whole)
	}
	if r.bodyless && !isPage(resp, body) {
		return gjson.Result{}, nil
	}
	// A whole JSON object is an answer even if the connection then breaks:
	// what it holds is issued and must not be thrown away.
	if object, ok := jsonObject(body); ok {
		return object, nil
	}
	lost := &Error{Op: r.op, Kind: ErrLost, Status: resp.StatusCode}
	switch {
	case readErr != nil:
		lost.err = reason(readErr)
	case len(body) > maxBody:
		lost.err = cause{text: "the answer is too long"}
	default:
		lost.err = cause{text: "the answer is not what was asked for"}
	}
	return gjson.Result{}, lost
}

// isPage tells a page for people, such as a hotel network's, from an answer,
// however it is labelled.
func isPage(resp *http.Response, body []byte) bool {
	media, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	return err == nil && media == "text/html" || bytes.HasPrefix(bytes.TrimSpace(body), []byte("<"))
}

// jsonObject reads a body. encoding/json checks it because, unlike gjson, it
// bounds the nesting: a megabyte of brackets would exhaust gjson's stack.
func jsonObject(body []byte) (gjson.Result, bool) {
	if len(body) > maxBody || !json.Valid(body) {
		return gjson.Result{}, false
	}
	object := gjson.ParseBytes(body)
	return object, object.IsObject()
}

// request builds the HTTP request. The flag is raised once any part of it may
// have been written.
func (c *Client) request(ctx context.Context, r call, wrote *atomic.Bool) (*http.Request, error) {
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { wrote.Store(true) },
		// Also called when writing failed halfway, and halfway may have been
		// enough.
		WroteRequest: func(httptrace.WroteRequestInfo) { wrote.Store(true) },
	})
	method := http.MethodGet
	if r.payload != nil {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, method, r.endpoint, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.userAgent)
	if r.payload != nil {
		req.Header.Set("Content-Type", "application/json")
		// Set by hand so that GetBody stays nil. net/http repeats a request
		// by itself only if it can rewind the body; this one can be read
		// once, so a POST goes out once.
		req.Body = &onceBody{reader: strings.NewReader(string(r.payload)), read: wrote}
		req.ContentLength = int64(len(r.payload))
	}
	if !r.bearer.Empty() {
		req.Header.Set("Authorization", "Bearer "+r.bearer.Reveal())
	}
	if r.beta != "" {
		req.Header.Set("anthropic-beta", r.beta)
	}
	return req, nil
}

// onceBody is a request body that can be read once and says that reading
// began: from then on the token may be on the wire, whatever the transport
// reports.
type onceBody struct {
	reader io.Reader
	read   *atomic.Bool
}

func (b *onceBody) Read(p []byte) (int, error) {
	b.read.Store(true)
	return b.reader.Read(p)
}

func (b *onceBody) Close() error { return nil }

// once starts a request that nothing but its own timeout ends: an answer given
// up on is a login lost. A context that is done already stops it beforehand.
func (c *Client) once(ctx context.Context, r call) (gjson.Result, error) {
	if err := ctx.Err(); err != nil {
		return gjson.Result{}, err
	}
	return c.send(context.WithoutCancel(ctx), r)
}

// query makes a GET that changes nothing and ends with its context.
func (c *Client) query(ctx context.Context, r call) (gjson.Result, error) {
	if err := ctx.Err(); err != nil {
		return gjson.Result{}, err
	}
	if !sendableBearer(r.bearer) {
		return gjson.Result{}, &Error{Op: r.op, Kind: ErrUnsendable}
	}
	result, err := c.send(ctx, r)
	if err != nil && ctx.Err() != nil {
		return gjson.Result{}, ctx.Err()
	}
	return result, err
}

// sendableBearer says whether the token can stand in a header (RFC 6750 §2.1:
// visible ASCII).
func sendableBearer(token secret.Secret) bool {
	if token.Empty() {
		return false
	}
	for _, b := range []byte(token.Reveal()) {
		if b <= ' ' || b > '~' {
			return false
		}
	}
	return true
}
