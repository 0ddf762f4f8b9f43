//go:build !js

package providertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// disabledText is what the provider says of an organization it refuses.
const disabledText = "This organization has been disabled."

// statusAnswer is what FaultStatus answers with.
func statusAnswer(e Endpoint, f Fault) answer {
	if f.Body != "" {
		return answer{status: f.Status, header: http.Header{"Content-Type": {contentTypeOf(f.Body)}}, body: []byte(f.Body)}
	}
	if gatewayStatus(f.Status) {
		page := fmt.Sprintf("<!doctype html><title>%d</title><p>The server behind this gateway gave no usable answer.</p>", f.Status)
		return answer{status: f.Status, header: http.Header{"Content-Type": {contentTypeOf(page)}}, body: []byte(page)}
	}
	code, kind, message := "", "", ""
	switch f.Status {
	case http.StatusBadRequest:
		code, kind, message = "invalid_request", "invalid_request_error", "Invalid request"
	case http.StatusUnauthorized:
		code, kind, message = "access_denied", "authentication_error", disabledText
	case http.StatusForbidden:
		code, kind, message = "access_denied", "permission_error", disabledText
	case http.StatusNotFound:
		code, kind, message = "access_denied", "not_found_error", disabledText
	case http.StatusTooManyRequests:
		kind, message = "rate_limit_error", "Rate limited. Please try again later."
	case http.StatusServiceUnavailable, 529:
		kind, message = "overloaded_error", "Overloaded"
	default:
		kind, message = "api_error", "Internal server error"
	}
	if code != "" && e != EndpointProfile && e != EndpointUsage {
		a := oauthError(code, message)
		a.status = f.Status
		return a
	}
	return apiError(f.Status, kind, message)
}

// gatewayStatus: a client that gets it cannot know whether the request was
// passed on. 520 to 524 are Cloudflare's.
func gatewayStatus(status int) bool {
	return status == http.StatusBadGateway || status == http.StatusGatewayTimeout || (status >= 520 && status <= 524)
}

func contentTypeOf(body string) string {
	switch {
	case strings.HasPrefix(body, "{"):
		return "application/json"
	case strings.HasPrefix(body, "<"):
		return "text/html; charset=utf-8"
	}
	return "text/plain; charset=utf-8"
}

// without leaves members out of a JSON answer; the others keep their order. An
// OAuth error has none of those that can be left out.
func (a answer) without(members []string) answer {
	dec := json.NewDecoder(bytes.NewReader(a.body))
	if _, err := dec.Token(); err != nil { // the opening brace
		return a
	}
	omit := map[string]bool{}
	for _, name := range members {
		omit[name] = true
	}
	var kept []string
	for dec.More() {
		var value json.RawMessage
		name, err := dec.Token()
		if err == nil {
			err = dec.Decode(&value)
		}
		if err != nil {
			return a // not made by jsonAnswer
		}
		if key, _ := name.(string); !omit[key] {
			kept = append(kept, fmt.Sprintf("%q:%s", key, value))
		}
	}
	a.body = []byte("{" + strings.Join(kept, ",") + "}")
	return a
}
