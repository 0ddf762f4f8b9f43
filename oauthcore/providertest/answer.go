//go:build !js

package providertest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// hugeAnswer is how much FaultHuge sends, in bytes.
const hugeAnswer = 100 << 20

// answer is a response before a fault had its way with it.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func jsonAnswer(status int, v any) answer {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		status = http.StatusInternalServerError
		b.Reset()
		b.WriteString(`{"type":"error","error":{"type":"api_error","message":"Internal server error"}}`)
	}
	return answer{
		status: status,
		header: http.Header{"Content-Type": {"application/json"}},
		body:   bytes.TrimSuffix(b.Bytes(), []byte("\n")),
	}
}

// oauthError is an error of the token and revocation endpoints (RFC 6749
// §5.2).
func oauthError(code, description string) answer {
	return jsonAnswer(http.StatusBadRequest, map[string]string{"error": code, "error_description": description})
}

// apiError is an error in the API's own shape.
func apiError(status int, kind, message string) answer {
	return jsonAnswer(status, map[string]any{
		"type":  "error",
		"error": map[string]string{"type": kind, "message": message},
	})
}

func (a answer) retryAfter(d time.Duration) answer {
	if d > 0 {
		a.header.Set("Retry-After", strconv.Itoa(wholeSeconds(d)))
	}
	return a
}

// wholeSeconds rounds up: whoever waits that long has waited long enough.
func wholeSeconds(d time.Duration) int {
	return int((d + time.Second - 1) / time.Second)
}

// call is one request on its way through respond.
type call struct {
	endpoint Endpoint
	// account is the account uuid of the token or code in the request, "" if
	// the provider does not know it.
	account string
	// presented is the entry of a refresh in the history, nil for other calls.
	presented *Presentation
}

// respond lets one call pass through its fault, act, and be answered. act
// gets the fault for the kinds that change what it does.
func (p *Provider) respond(w http.ResponseWriter, c call, act func(Fault) answer) {
	p.mu.Lock()
	f := p.arrive(c.endpoint, c.account)
	if c.presented != nil {
		c.presented.Fault = f.Kind
		p.presented = append(p.presented, c.presented)
	}
	p.mu.Unlock()
	if f.Reached != nil {
		select {
		case f.Reached <- struct{}{}:
		case <-p.done:
		}
	}
	switch f.Kind {
	case FaultStatus:
		if f.Acts {
			act(f)
		}
		p.send(w, c, f, statusAnswer(c.endpoint, f).retryAfter(f.RetryAfter))
	case FaultIncomplete:
		p.send(w, c, f, act(f).without(f.Omit))
	case FaultInvalidClient:
		p.send(w, c, f, oauthError("invalid_client", "Client authentication failed"))
	case FaultRateLimited:
		p.send(w, c, f, apiError(http.StatusTooManyRequests, "rate_limit_error", "Rate limited. Please try again later.").retryAfter(f.RetryAfter))
	case FaultServerError:
		p.send(w, c, f, apiError(http.StatusInternalServerError, "api_error", "Internal server error"))
	case FaultUnavailable:
		p.send(w, c, f, apiError(http.StatusServiceUnavailable, "overloaded_error", "Overloaded").retryAfter(f.RetryAfter))
	case FaultHTML:
		p.send(w, c, f, answer{
			status: http.StatusOK,
			header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
			body:   []byte("<!doctype html><title>Welcome</title><p>Sign in to use this network.</p>"),
		})
	case FaultHuge:
		p.sendHuge(w, c, f)
	case FaultLostBefore:
		p.hangUp(w, c, f)
	case FaultLostAfter:
		act(f)
		p.hangUp(w, c, f)
	case FaultTruncated:
		p.sendHalf(w, c, f, act(f))
	case FaultSlow:
		p.wait(f)
		p.send(w, c, f, act(f))
	default:
		p.send(w, c, f, act(f))
	}
}

// wait does not end when the caller goes away: a request that has arrived is
// carried out, heard or not.
func (p *Provider) wait(f Fault) {
	if f.Delay > 0 {
		t := time.NewTimer(f.Delay)
		defer t.Stop()
		select {
		case <-t.C:
		case <-p.done:
		}
	}
	if f.Until != nil {
		select {
		case <-f.Until:
		case <-p.done:
		}
	}
}

func (p *Provider) send(w http.ResponseWriter, c call, f Fault, a answer) {
	p.note(c, f, a.status)
	for k, v := range a.header {
		w.Header()[k] = v
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a caller that has gone is its own business
}

// sendHalf promises the whole body and gives half of it: net/http closes the
// connection when a handler writes less than it declared.
func (p *Provider) sendHalf(w http.ResponseWriter, c call, f Fault, a answer) {
	p.note(c, f, a.status)
	for k, v := range a.header {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body[:len(a.body)/2])
}

// sendHuge begins a JSON string and goes on with it, so that a reader without
// a bound of its own keeps all of it.
func (p *Provider) sendHuge(w http.ResponseWriter, c call, f Fault) {
	p.note(c, f, http.StatusOK)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	if _, err := w.Write([]byte(`{"access_token":"`)); err != nil {
		return
	}
	chunk := []byte(strings.Repeat("A", 64<<10))
	for sent := 0; sent < hugeAnswer; sent += len(chunk) {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
	_, _ = w.Write([]byte(`"}`))
}

// hangUp ends the connection without an answer.
func (p *Provider) hangUp(w http.ResponseWriter, c call, f Fault) {
	p.note(c, f, 0)
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil { // not HTTP/1 over TCP: the nearest thing to nothing
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	_ = conn.Close()
}

func (p *Provider) note(c call, f Fault, status int) {
	if c.presented != nil {
		p.mu.Lock()
		c.presented.finish(f, status)
		p.mu.Unlock()
	}
	p.log.Info("provider call", "endpoint", string(c.endpoint), "status", status, "fault", string(f.Kind))
}
