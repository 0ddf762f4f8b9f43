package provider

import (
	"net/http"
	"testing"
)

// What a firewall or proxy says in plain text, or with no words at all, is no
// more the provider's than its web page: no account is refused by it.
func TestAttackAFirewallWithoutAWebPage(t *testing.T) {
	c := New(Endpoints{}, Options{})
	for name, body := range map[string]string{
		"plain text": "Access Denied: blocked by company policy", "nothing": "", "XML": `<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>`,
		"other JSON": `{"blocked":true,"category":"AI tools"}`,
	} {
		for _, status := range []int{403, 404} {
			resp := &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"text/plain"}}}
			if e := c.refusal(call{op: opRefresh}, resp, []byte(body), true); e.Kind == ErrRefused {
				t.Errorf("%s, %d: %v", name, status, e)
			}
		}
	}
}
