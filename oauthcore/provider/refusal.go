package provider

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"baton/oauthcore/secret"

	"github.com/tidwall/gjson"
)

const (
	// maxRetryAfter keeps a mad Retry-After from parking an account for ever.
	maxRetryAfter = 7 * 24 * time.Hour
	// maxDescription is in characters.
	maxDescription = 200
	// tokenMark is what every token of this provider contains.
	tokenMark = "sk-ant-"
	// echoLength is how many leading bytes of a presented secret make a
	// description that repeats them unfit to show.
	echoLength = 12
)

// refusal turns an answer other than 2xx into an error. whole says that the
// body was received to its end.
func (c *Client) refusal(r call, resp *http.Response, body []byte, whole bool) *Error {
	webPage := isPage(resp, body)
	code, description := refusalBody(body)
	if description == "" && !webPage {
		description = firstLine(body)
	}
	kind := refusalKind(r.op, resp.StatusCode, code)
	if kind == ErrRefused && (webPage || !whole) {
		// A web page is a firewall's or a gateway's, not the provider's; half
		// an answer may have named another error code.
		kind = ErrRejected
	}
	e := &Error{
		Op:          r.op,
		Kind:        kind,
		Status:      resp.StatusCode,
		Description: Words(description, r.presented),
	}
	if e.Kind == ErrRateLimited || e.Kind == ErrServer {
		e.RetryAfter = retryAfter(resp.Header.Get("Retry-After"), c.now())
	}
	return e
}

// refusalKind sorts a status and an error code. The code decides only within
// 4xx: what a failing server or a gateway says of a grant proves nothing.
func refusalKind(op string, status int, code string) Kind {
	switch {
	case status >= 500:
		return ErrServer
	case status == http.StatusTooManyRequests:
		return ErrRateLimited
	case status == http.StatusProxyAuthRequired:
		return ErrNetwork // a proxy's own answer: it passed nothing on
	case status < 400 || status == http.StatusRequestTimeout:
		// A redirect answers nothing, and nobody knows who it came from; a
		// 408 may come from a gateway in front of a server that went on.
		return ErrLost
	case op == opProfile || op == opUsage:
		if status == http.StatusUnauthorized || status == http.StatusForbidden {
			return ErrUnauthorized
		}
	case code == "invalid_grant":
		return ErrInvalidGrant
	case code == "invalid_client" || code == "unauthorized_client":
		return ErrInvalidClient
	case status <= http.StatusNotFound && status != http.StatusPaymentRequired:
		return ErrRefused // 400, 401, 403, 404
	}
	return ErrRejected
}

// refusalBody reads both forms of error body: the OAuth one (RFC 6749 §5.2),
// {"error":"invalid_grant","error_description":"…"}, and the API's own,
// {"type":"error","error":{"type":"…","message":"…"}}.
func refusalBody(body []byte) (code, description string) {
	top, ok := jsonObject(body)
	if !ok {
		return "", ""
	}
	if e := top.Get("error"); e.IsObject() {
		return text(e.Get("type")), text(e.Get("message"))
	}
	return text(top.Get("error")), text(top.Get("error_description"))
}

// firstLine is the first line with text in a body that is not JSON, "" for
// JSON. Only the body's beginning is looked at, which may cut a character.
func firstLine(body []byte) string {
	const enough = 8 * maxDescription
	if json.Valid(body) {
		return ""
	}
	start := bytes.TrimSpace(body[:min(len(body), enough)])
	if len(start) == 0 || start[0] == '{' {
		return "" // JSON cut short
	}
	line, _, _ := strings.Cut(string(start), "\n")
	return line
}

// Words makes the provider's words fit for a log and a terminal, or drops
// them: whoever can answer a request can put anything there.
func Words(s string, presented []secret.Secret) string {
	cleaned := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == unicode.ReplacementChar || !unicode.IsPrint(r):
			return -1 // control, format and bidirectional marks, broken UTF-8
		}
		return r
	}, s)
	cleaned = strings.Join(strings.Fields(cleaned), " ")
	// Looked for after cleaning, since cleaning can join what was kept apart.
	if strings.Contains(strings.ToLower(cleaned), tokenMark) {
		return ""
	}
	for _, p := range presented {
		value := p.Reveal()
		if len(value) > echoLength {
			value = value[:echoLength]
		}
		if value != "" && strings.Contains(cleaned, value) {
			return ""
		}
	}
	if runes := []rune(cleaned); len(runes) > maxDescription {
		cleaned = string(runes[:maxDescription-1]) + "…"
	}
	return strings.TrimSuffix(cleaned, ".")
}

// retryAfter reads seconds or an HTTP date (RFC 9110 §10.2.3); 0 when it is
// neither or lies in the past.
func retryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	var wait time.Duration
	// A number too large is still the largest one, and capped below; it is
	// compared in seconds because it would overflow a Duration.
	if seconds, err := strconv.ParseInt(header, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		wait = time.Duration(min(max(seconds, 0), int64(maxRetryAfter/time.Second))) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), maxRetryAfter)
}

// text is a string member's value, "" for any other type.
func text(r gjson.Result) string {
	if r.Type != gjson.String {
		return ""
	}
	return r.String()
}
