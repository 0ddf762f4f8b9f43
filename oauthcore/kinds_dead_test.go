package oauthcore_test

import (
	"context"
	"testing"
	"time"

	"baton/oauthcore/providertest"
	"baton/oauthcore/view"
)

// A login the provider ended gives way to every other one of its account,
// however late its own deadline: the other may be good.
func TestADeadLoginGivesWay(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for name, comes := range map[string]func(*world, string, providertest.Credentials){
		"live":                     func(w *world, key string, cr providertest.Credentials) { w.goLive(key, cr, true) },
		"live without identifiers": func(w *world, key string, cr providertest.Credentials) { w.goLive(key, cr, false) },
		"in the pool":              func(w *world, key string, cr providertest.Credentials) { w.pool(key, cr) },
	} {
		for _, key := range []string{personal, side} {
			t.Run(name+" "+key, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.settled()
				w.goLive(key, w.issueFor(key, time.Hour, 60*day), true)
				w.settled()
				who := w.resident(key).Person
				if err := w.provider.Kill(who.AccountUUID, who.OrganizationUUID); err != nil {
					t.Fatal(err)
				}
				if _, err := w.core.Refresh(context.Background(), key); view.CodeOf(err) != view.CodeNeedsLogin {
					t.Fatalf("refresh of an ended login: %v", err)
				}
				comes(w, key, w.issueFor(key, time.Hour, 20*day))
				w.settled()
				w.kept(key)
				if a := w.account(key); a.NeedsLogin {
					t.Error("the account still needs a login")
				}
				w.settled()
				w.kept(key)
				w.nothingLost()
				w.refreshAll()
			})
		}
	}
}
