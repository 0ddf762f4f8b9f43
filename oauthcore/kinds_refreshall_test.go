package oauthcore_test

import (
	"time"

	"baton/oauthcore"
)

// swapToOnly lets a swap without a name go to one account alone, whose access token
// has lapsed.
func (w *world) swapToOnly(key string) error {
	w.Helper()
	for _, r := range w.home.Residents {
		if r.Key != key {
			if _, err := w.core.Pause(w.Context(), r.Key); err != nil {
				w.Fatal(err)
			}
		}
	}
	w.clock.Add(9 * time.Hour)
	_, err := w.core.Swap(w.Context(), oauthcore.SwapRequest{})
	w.Logf("swap: %v", err)
	return err
}

// violated reports what the provider was presented.
func (w *world) violated() {
	w.Helper()
	if v := w.provider.Violations(); len(v) > 0 {
		w.expected = len(v)
		w.Errorf("%q", v)
	}
}
