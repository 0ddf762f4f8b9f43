//go:build !js

package providertest

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"baton/oauthcore/secret"
)

func TestFaultsThatAnswerInstead(t *testing.T) {
	for _, c := range []struct {
		fault  Fault
		status int
		retry  string
		body   string
	}{
		{Fault{Kind: FaultInvalidClient}, 400, "", `"error":"invalid_client"`},
		{Fault{Kind: FaultRateLimited, RetryAfter: 29500 * time.Millisecond}, 429, "30", "rate_limit_error"},
		{Fault{Kind: FaultRateLimited}, 429, "", "rate_limit_error"},
		{Fault{Kind: FaultServerError}, 500, "", "api_error"},
		{Fault{Kind: FaultUnavailable, RetryAfter: time.Minute}, 503, "60", "overloaded_error"},
		{Fault{Kind: FaultHTML}, 200, "", "<!doctype html>"},
	} {
		t.Run(string(c.fault.Kind), func(t *testing.T) {
			s := newStand(t)
			body := refreshBody(s.issue(ada).RefreshToken.Reveal())
			c.fault.Endpoint, c.fault.Times = EndpointRefresh, 2
			s.fail(c.fault)
			for range 2 {
				r := s.post(PathToken, body)
				if r.status != c.status || r.header.Get("Retry-After") != c.retry || !strings.Contains(r.body, c.body) {
					t.Errorf("answered %d, Retry-After %q, %s", r.status, r.header.Get("Retry-After"), r.body)
				}
			}
			tokensOf(t, s.post(PathToken, body)) // it did not act, and is over
			s.wantViolations()
		})
	}
}

func TestLostBeforeActing(t *testing.T) {
	s := newStand(t)
	body := refreshBody(s.issue(ada).RefreshToken.Reveal())
	s.fail(Fault{Endpoint: EndpointToken, Kind: FaultLostBefore})
	if r, err := s.tryPost(PathToken, body); err == nil {
		t.Fatalf("answered %d", r.status)
	}
	tokensOf(t, s.post(PathToken, body))
	s.wantViolations()
}

func TestAnswersLostAfterActing(t *testing.T) {
	for _, kind := range []FaultKind{FaultLostAfter, FaultTruncated} {
		t.Run(string(kind), func(t *testing.T) {
			s := newStand(t)
			c := s.issue(ada)
			body := refreshBody(c.RefreshToken.Reveal())
			s.fail(Fault{Endpoint: EndpointRefresh, Kind: kind})
			if r, err := s.tryPost(PathToken, body); err == nil {
				t.Fatalf("the whole answer came: %d", r.status)
			}
			if now := s.State().Logins[0].RefreshFingerprint; now == c.RefreshToken.Fingerprint() {
				t.Error("the token was not rotated")
			}
			if got := errorOf(t, s.post(PathToken, body)); got != "invalid_grant" {
				t.Errorf("the repeat answered %s", got)
			}
			st := s.State()
			if st.Repeats != 1 || len(st.Logins) != 0 {
				t.Errorf("%d repeats, %d logins", st.Repeats, len(st.Logins))
			}
			s.wantViolations() // whoever never got the answer could not know
		})
	}
	t.Run("exchange", func(t *testing.T) {
		s := newStand(t)
		body := exchangeBody(s.code(), anyRedirect, "the-state")
		s.fail(Fault{Endpoint: EndpointExchange, Kind: FaultLostAfter})
		if r, err := s.tryPost(PathToken, body); err == nil {
			t.Fatalf("answered %d", r.status)
		}
		if n := len(s.State().Logins); n != 1 {
			t.Errorf("%d logins made", n)
		}
		if got := errorOf(t, s.post(PathToken, body)); got != "invalid_grant" {
			t.Errorf("the repeat answered %s", got)
		}
		s.wantViolations()
	})
}

func TestTruncatedPromisesMore(t *testing.T) {
	s := newStand(t)
	c := s.issue(ada)
	s.fail(Fault{Endpoint: EndpointProfile, Kind: FaultTruncated})
	r := s.request(http.MethodGet, PathProfile, nil)
	r.Header.Set("Authorization", "Bearer "+c.AccessToken.Reveal())
	got, err := s.do(r)
	if !errors.Is(err, io.ErrUnexpectedEOF) || got.status != http.StatusOK {
		t.Errorf("%d, %v", got.status, err)
	}
}

func TestHuge(t *testing.T) {
	s := newStand(t)
	body := refreshBody(s.issue(ada).RefreshToken.Reveal())
	s.fail(Fault{Endpoint: EndpointUsage, Kind: FaultHuge, Times: 2})
	open := func() *http.Response {
		resp, err := s.http.Do(s.request(http.MethodGet, PathUsage, nil))
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	resp := open()
	n, err := io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	if err != nil || n < hugeAnswer {
		t.Errorf("%d bytes, %v", n, err)
	}
	resp = open() // a reader with a bound is let go
	if _, err := io.CopyN(io.Discard, resp.Body, 1<<20); err != nil {
		t.Error(err)
	}
	_ = resp.Body.Close()
	tokensOf(t, s.post(PathToken, body))
}

func TestNoRefreshToken(t *testing.T) {
	s := newStand(t)
	body := refreshBody(s.issue(ada).RefreshToken.Reveal())
	s.fail(Fault{Endpoint: EndpointRefresh, Kind: FaultNoRefresh, Times: -1})
	for range 3 {
		out := tokensOf(t, s.post(PathToken, body))
		if out.RefreshToken != "" || out.AccessToken == "" {
			t.Fatalf("refresh token there: %t, access token there: %t", out.RefreshToken != "", out.AccessToken != "")
		}
	}
	s.ClearFaults()
	if out := tokensOf(t, s.post(PathToken, body)); out.RefreshToken == "" {
		t.Error("no refresh token after the fault")
	}
	s.fail(Fault{Endpoint: EndpointExchange, Kind: FaultNoRefresh})
	if out := tokensOf(t, s.post(PathToken, exchangeBody(s.code(), anyRedirect, "the-state"))); out.RefreshToken != "" {
		t.Error("the exchange gave a refresh token")
	}
	s.wantViolations()
}

func TestSlowWaitsAtTheGate(t *testing.T) {
	s := newStand(t)
	c := s.issue(ada)
	reached, gate := make(chan struct{}), make(chan struct{})
	s.fail(Fault{Endpoint: EndpointRefresh, Kind: FaultSlow, Until: gate, Reached: reached})
	answered := make(chan reply, 1)
	go func() {
		r, err := s.tryPost(PathToken, refreshBody(c.RefreshToken.Reveal()))
		if err != nil {
			t.Error(err)
		}
		answered <- r
	}()
	<-reached
	if got := s.State().Logins[0].RefreshFingerprint; got != c.RefreshToken.Fingerprint() {
		t.Error("it acted before the gate opened")
	}
	close(gate)
	tokensOf(t, <-answered)
}

func TestSlowWaitsForItsDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewProvider(Options{})
		start := time.Now()
		p.wait(Fault{Delay: 7 * time.Second})
		if got := time.Since(start); got != 7*time.Second {
			t.Errorf("waited %v", got)
		}
		go func() {
			time.Sleep(time.Second)
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}()
		p.wait(Fault{Delay: time.Hour, Until: make(chan struct{})})
		if got := time.Since(start); got != 8*time.Second {
			t.Errorf("Close did not end the wait: %v", got)
		}
	})
}

func TestFaultsAreTakenInOrder(t *testing.T) {
	s := newStand(t)
	c := s.issue(ada)
	s.fail(Fault{Endpoint: EndpointUsage, Kind: FaultUnavailable})
	s.fail(Fault{Endpoint: EndpointProfile, Kind: FaultServerError})
	s.fail(Fault{Endpoint: EndpointProfile, Kind: FaultUnavailable})
	for i, want := range []int{500, 503, 200} {
		if r := s.profile(c.AccessToken); r.status != want {
			t.Errorf("profile call %d got %d, want %d", i, r.status, want)
		}
	}
	for i, want := range []int{503, 200} {
		if r := s.usage(c.AccessToken); r.status != want {
			t.Errorf("usage call %d got %d, want %d", i, r.status, want)
		}
	}
	s.fail(Fault{Endpoint: EndpointToken, Kind: FaultServerError, Times: 2})
	for _, body := range []members{refreshBody(c.RefreshToken.Reveal()), exchangeBody("x", anyRedirect, "y")} {
		if r := s.post(PathToken, body); r.status != 500 {
			t.Errorf("%s got %d", body["grant_type"], r.status)
		}
	}
	want := map[Endpoint]int{EndpointProfile: 3, EndpointUsage: 2, EndpointToken: 2, EndpointRefresh: 1, EndpointExchange: 1}
	got := s.State().Calls
	for e, n := range want {
		if got[e] != n {
			t.Errorf("%s: %d calls counted, want %d", e, got[e], n)
		}
	}
	s.fail(Fault{Endpoint: EndpointAuthorize, Kind: FaultServerError})
	if r := s.get(PathAuthorize + "?" + authorizeQuery(anyRedirect).Encode()); r.status != 500 {
		t.Errorf("authorize got %d", r.status)
	}
	s.fail(Fault{Endpoint: EndpointRevoke, Kind: FaultLostAfter})
	if _, err := s.tryPost(PathRevoke, members{"token": c.RefreshToken.Reveal(), "client_id": ClientID}); err == nil {
		t.Error("revoke answered")
	}
	if r := s.profile(c.AccessToken); r.status != 401 {
		t.Errorf("revoked without an answer, and yet the profile gave %d", r.status)
	}
}

func TestBadFaults(t *testing.T) {
	p := NewProvider(Options{})
	for _, f := range []Fault{
		{Endpoint: "elsewhere", Kind: FaultHTML},
		{Endpoint: EndpointUsage, Kind: "meteor"},
		{Endpoint: EndpointUsage, Kind: FaultStatus},
		{Endpoint: EndpointUsage, Kind: FaultStatus, Status: 399},
		{Endpoint: EndpointUsage, Kind: FaultStatus, Status: 600},
		{Endpoint: EndpointUsage, Kind: FaultServerError, Status: 500},
		{Endpoint: EndpointUsage, Kind: FaultServerError, Acts: true},
		{Endpoint: EndpointUsage, Kind: FaultServerError, Body: "x"},
		{Endpoint: EndpointRefresh, Kind: FaultIncomplete},
		{Endpoint: EndpointRefresh, Kind: FaultIncomplete, Omit: []string{"refresh_token"}},
		{Endpoint: EndpointRefresh, Kind: FaultSlow, Omit: []string{"account"}},
		{Endpoint: EndpointProfile, Kind: FaultIncomplete, Omit: []string{"account"}},
		{Endpoint: EndpointAuthorize, Kind: FaultHTML, Account: adaUUID},
		{},
	} {
		if err := p.Fail(f); !errors.Is(err, ErrBadFault) {
			t.Errorf("%+v: %v", f, err)
		}
	}
}

func TestConcurrentRefreshesHaveOneWinner(t *testing.T) {
	s := newStand(t)
	c := s.issue(ada)
	const callers = 8
	status := make(chan int, callers)
	for range callers {
		go func() {
			r, err := s.tryPost(PathToken, refreshBody(c.RefreshToken.Reveal()))
			if err != nil {
				t.Error(err)
			}
			status <- r.status
		}()
	}
	won := 0
	for range callers {
		if <-status == http.StatusOK {
			won++
		}
	}
	if won != 1 || len(s.Violations()) != callers-1 {
		t.Errorf("%d won, %d violations", won, len(s.Violations()))
	}
	if r := s.profile(secret.New("x")); r.status != 401 {
		t.Errorf("an unknown token got %d", r.status)
	}
}
