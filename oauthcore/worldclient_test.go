package oauthcore_test

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"baton/oauthcore/provider"
	"baton/oauthcore/providertest"
	"baton/oauthcore/secret"
)

// clientRefreshes makes the client refresh the live login behind Baton's back.
func (w *world) clientRefreshes() {
	w.Helper()
	cr := w.credential()
	endpoints, err := provider.FromBase(w.provider.URL())
	if err != nil {
		w.Fatal(err)
	}
	g, err := provider.New(endpoints, provider.Options{Now: w.clock.Now}).Refresh(context.Background(), cr.RefreshToken, cr.Scopes)
	if err != nil {
		w.Fatal(err)
	}
	doc := string(w.read(w.paths.Credentials()))
	doc = strings.Replace(doc, cr.AccessToken.Reveal(), g.AccessToken.Reveal(), 1)
	doc = strings.Replace(doc, cr.RefreshToken.Reveal(), g.RefreshToken.Reveal(), 1)
	w.write(w.paths.Credentials(), doc)
}

// token makes a synthetic refresh token no provider ever issued.
func token(name string) secret.Secret { return secret.New("sk-ant-ort01-TEST-" + name) }

func millis(t time.Time) string {
	b, _ := json.Marshal(t.UnixMilli())
	return string(b)
}

// midRefresh begins a refresh and comes back when the provider has the request
// and did not answer yet; answer lets it, and gives what Refresh gave.
func (w *world) midRefresh(ctx context.Context, key string) (answer func() error) {
	w.Helper()
	reached, until := make(chan struct{}, 1), make(chan struct{})
	if err := w.provider.Fail(providertest.Fault{Endpoint: providertest.EndpointRefresh, Kind: providertest.FaultSlow, Until: until, Reached: reached}); err != nil {
		w.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := w.core.Refresh(ctx, key)
		done <- err
	}()
	<-reached
	return func() error {
		close(until)
		return <-done
	}
}
