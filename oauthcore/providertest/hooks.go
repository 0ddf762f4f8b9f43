//go:build !js

package providertest

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"time"
)

// The test hooks, served only with Options.TestHooks.
const (
	PathTestFault = "/_test/fault" // POST a fault; answers 204
	PathTestState = "/_test/state" // GET the State
	PathTestLogin = "/_test/login" // POST {"do":"kill|expire|expire_login","accountUuid","organizationUuid"}; answers 204
)

// faultRequest is a Fault as another process orders it.
type faultRequest struct {
	Endpoint     Endpoint  `json:"endpoint"`
	Kind         FaultKind `json:"kind"`
	Times        int       `json:"times"`
	DelayMS      int       `json:"delayMs"`
	RetryAfterMS int       `json:"retryAfterMs"`
	Account      string    `json:"account"`
	Status       int       `json:"status"`
	Body         string    `json:"body"`
	Acts         bool      `json:"acts"`
	Omit         []string  `json:"omit"`
}

type loginRequest struct {
	Do               string `json:"do"`
	AccountUUID      string `json:"accountUuid"`
	OrganizationUUID string `json:"organizationUuid"`
}

func (p *Provider) addHooks() {
	p.mux.HandleFunc("POST "+PathTestFault, func(w http.ResponseWriter, r *http.Request) {
		var f faultRequest
		if err := readHook(w, r, &f); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		err := p.Fail(Fault{
			Endpoint: f.Endpoint, Kind: f.Kind, Times: f.Times,
			Delay:      time.Duration(f.DelayMS) * time.Millisecond,
			RetryAfter: time.Duration(f.RetryAfterMS) * time.Millisecond,
			Account:    f.Account, Status: f.Status, Body: f.Body, Acts: f.Acts, Omit: f.Omit,
		})
		finishHook(w, err)
	})
	p.mux.HandleFunc("GET "+PathTestState, func(w http.ResponseWriter, _ *http.Request) {
		a := jsonAnswer(http.StatusOK, p.State())
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(a.body)
	})
	p.mux.HandleFunc("POST "+PathTestLogin, func(w http.ResponseWriter, r *http.Request) {
		var l loginRequest
		if err := readHook(w, r, &l); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		do := map[string]func(string, string) error{
			"kill": p.Kill, "expire": p.Expire, "expire_login": p.ExpireLogin,
		}[l.Do]
		if do == nil {
			http.Error(w, "do is none of kill, expire, expire_login", http.StatusBadRequest)
			return
		}
		finishHook(w, do(l.AccountUUID, l.OrganizationUUID))
	})
}

// readHook insists on a JSON content type, which a page of another site cannot
// send without asking first.
func readHook(w http.ResponseWriter, r *http.Request, into any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return errNotJSON
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errNotJSON
	}
	return nil
}

func finishHook(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
