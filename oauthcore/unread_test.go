package oauthcore_test

import (
	"context"
	"strings"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/provider"
	"baton/oauthcore/providertest"

	"github.com/tidwall/gjson"
)

// poolRefreshes makes another program refresh an account in the pool behind
// Baton's back.
func (w *world) poolRefreshes(key string) provider.Grant {
	w.Helper()
	cr := w.account(key).Credential
	endpoints, err := provider.FromBase(w.provider.URL())
	if err != nil {
		w.Fatal(err)
	}
	g, err := provider.New(endpoints, provider.Options{Now: w.clock.Now}).Refresh(context.Background(), cr.RefreshToken, cr.Scopes)
	if err != nil {
		w.Fatal(err)
	}
	doc := string(w.read(w.paths.Pool()))
	doc = strings.Replace(doc, cr.AccessToken.Reveal(), g.AccessToken.Reveal(), 1)
	doc = strings.Replace(doc, cr.RefreshToken.Reveal(), g.RefreshToken.Reveal(), 1)
	w.write(w.paths.Pool(), doc)
	return g
}

// What another program wrote to the pool is the only copy of that login. No
// write of Baton's that is about something else, and no open that cannot ask
// whose it is, puts the older one over it.
func TestWhatIsNewInThePoolOutlivesOtherWrites(t *testing.T) {
	for name, act := range map[string]func(*world) error{
		"usage of another": func(w *world) error { _, _, err := w.core.CheckUsage(w.Context(), side); return err },
		"usage of the same": func(w *world) error {
			_, _, err := w.core.CheckUsage(w.Context(), work)
			return err
		},
		"a swap while nobody can be asked": func(w *world) error {
			if err := w.provider.Fail(providertest.Fault{Endpoint: providertest.EndpointProfile, Kind: providertest.FaultServerError, Times: 1000}); err != nil {
				return err
			}
			_, err := w.core.Swap(w.Context(), oauthcore.SwapRequest{To: side})
			return err
		},
		"a refresh of another while nobody can be asked": func(w *world) error {
			if err := w.provider.Fail(providertest.Fault{Endpoint: providertest.EndpointProfile, Kind: providertest.FaultServerError, Times: 1000}); err != nil {
				return err
			}
			_, err := w.core.Refresh(w.Context(), night)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if err := w.core.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
			g := w.poolRefreshes(work)
			_ = act(w) // whether it works is not what counts here
			if got := gjson.GetBytes(w.read(w.paths.Pool()), `accounts.ada@corp\.example.refreshToken`).String(); got != g.RefreshToken.Reveal() {
				t.Fatal("the only copy of the newer login was overwritten")
			}
			w.provider.ClearFaults()
			if err := w.core.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.kept(everybody()...)
		})
	}
}
