//go:build !js

package providertest

import (
	"testing"

	"baton/oauthcore/secret"
)

func TestPresented(t *testing.T) {
	s := newStand(t)
	c, other := s.issue(ada), s.issue(lab)
	first := c.RefreshToken.Reveal()
	present := func(token string, faults ...Fault) string {
		t.Helper()
		for _, f := range faults {
			f.Endpoint = EndpointRefresh
			s.fail(f)
		}
		r, err := s.tryPost(PathToken, refreshBody(token))
		if err != nil || r.status != 200 {
			return ""
		}
		return tokensOf(t, r).RefreshToken
	}
	present(first, Fault{Kind: FaultRateLimited})
	present(first, Fault{Kind: FaultLostBefore})
	present(first, Fault{Kind: FaultNoRefresh})
	second := present(first)
	present(other.RefreshToken.Reveal(), Fault{Kind: FaultTruncated})
	present(second, Fault{Kind: FaultStatus, Status: 502})
	present(second, Fault{Kind: FaultStatus, Status: 524, Acts: true})
	present(second)
	present(second)
	present("unknown")
	s.post(PathToken, refreshBody(second).with("client_id", "x"))
	s.post(PathToken, refreshBody("").with("refresh_token", "")) // presents nothing
	want := []struct {
		token, account string
		outcome        Outcome
		answered       bool
		status         int
		fault          FaultKind
	}{
		{first, adaUUID, OutcomeIgnored, true, 429, FaultRateLimited},
		{first, adaUUID, OutcomeIgnored, false, 0, FaultLostBefore},
		{first, adaUUID, OutcomeKept, true, 200, FaultNoRefresh},
		{first, adaUUID, OutcomeRotated, true, 200, ""},
		{other.RefreshToken.Reveal(), labUUID, OutcomeRotated, false, 200, FaultTruncated},
		{second, adaUUID, OutcomeIgnored, false, 502, FaultStatus},
		{second, adaUUID, OutcomeRotated, false, 524, FaultStatus},
		{second, adaUUID, OutcomeReused, true, 400, ""},
		{second, adaUUID, OutcomeReused, true, 400, ""},
		{"unknown", "", OutcomeRefused, true, 400, ""},
		{second, adaUUID, OutcomeRefused, true, 400, ""},
	}
	got := s.Presented()
	if len(got) != len(want) {
		t.Fatalf("%d presentations, want %d", len(got), len(want))
	}
	for i, w := range want {
		g := got[i]
		if g.Fingerprint != secret.New(w.token).Fingerprint() || g.AccountUUID != w.account || g.Outcome != w.outcome ||
			g.Answered != w.answered || g.Status != w.status || g.Fault != w.fault {
			t.Errorf("presentation %d is %+v, want %+v", i, g, w)
		}
	}
}

func TestPresentedAgain(t *testing.T) {
	lost := Fault{Kind: FaultLostBefore}
	after := Fault{Kind: FaultLostAfter}
	gateway := Fault{Kind: FaultStatus, Status: 502}
	trouble := Fault{Kind: FaultUnavailable}
	acted := Fault{Kind: FaultStatus, Status: 500, Acts: true}
	for _, c := range []struct {
		name  string
		steps []Fault // the same token each time; the zero Fault is none
		other int     // before this step another token of the account is presented; 0 for never
		want  int
	}{
		{"once", []Fault{{}}, 0, 0},
		{"again after a new token", []Fault{{}, {}}, 0, 1},
		{"later, after the provider's own trouble", []Fault{trouble, trouble, trouble, {}}, 2, 0},
		{"after an answer without a new token", []Fault{{Kind: FaultNoRefresh}, {}}, 1, 0},
		{"the one repeat", []Fault{lost, {}}, 0, 0},
		{"the one repeat after a gateway's answer", []Fault{gateway, {}}, 0, 0},
		{"the one repeat of a spent token", []Fault{after, {}}, 0, 0},
		{"two repeats", []Fault{lost, lost, {}}, 0, 1},
		{"another try after the repeat met trouble", []Fault{lost, trouble, {}}, 0, 1},
		{"after the repeat was refused", []Fault{after, {}, {}}, 0, 1},
		{"a repeat that is not immediate", []Fault{lost, {}}, 1, 1},
		{"spent by an answer that says it was not", []Fault{acted, {}}, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStand(t)
			token, other := s.issue(ada), s.issue(ada)
			elsewhere := s.issue(lab)
			for i, f := range c.steps {
				if c.other != 0 && i == c.other {
					tokensOf(t, s.post(PathToken, refreshBody(other.RefreshToken.Reveal())))
				}
				if f.Kind != "" {
					f.Endpoint = EndpointRefresh
					s.fail(f)
				}
				_, _ = s.tryPost(PathToken, refreshBody(token.RefreshToken.Reveal()))
				// Presentations of other accounts may lie between the two.
				out := tokensOf(t, s.post(PathToken, refreshBody(elsewhere.RefreshToken.Reveal())))
				elsewhere.RefreshToken = secret.New(out.RefreshToken)
			}
			if got := s.PresentedAgain(); len(got) != c.want {
				t.Errorf("%d, want %d: %+v", len(got), c.want, got)
			}
		})
	}
}
