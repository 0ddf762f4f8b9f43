package oauthcore_test

import (
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/providertest"
)

// Only an operation that says so asks the provider whose a login is.
func TestOpeningAsksTheProviderOnlyIfItMay(t *testing.T) {
	t.Parallel()
	for _, ask := range []bool{true, false} {
		w := newWorld(t)
		w.goLive("", w.issue(adaAccount, guildOrg, 8*time.Hour, 2000*time.Hour), false)
		calls := w.provider.State().Calls[providertest.EndpointProfile]
		o, err := w.core.Open(t.Context(), oauthcore.Opening{Ask: ask})
		if err != nil {
			t.Fatal(err)
		}
		o.Release()
		if asked := w.provider.State().Calls[providertest.EndpointProfile] - calls; (asked > 0) != ask || o.Unproved() == ask {
			t.Errorf("ask %v: asked %d times, unproved %v", ask, asked, o.Unproved())
		}
	}
}
