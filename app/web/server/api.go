//go:build !js

package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"baton/app/backend"
)

// errMore: there is something behind the request.
var errMore = errors.New("more than one value")

// actions are those a page may ask for: all there are today. A new one is not a
// page's before somebody thought about it.
func actions() map[backend.ActionKind]bool {
	return map[backend.ActionKind]bool{
		backend.ActionSwap: true, backend.ActionRefresh: true, backend.ActionImport: true,
		backend.ActionLimit: true, backend.ActionUnlimit: true, backend.ActionRename: true,
		backend.ActionPause: true, backend.ActionResume: true, backend.ActionRemove: true,
		backend.ActionMove: true, backend.ActionConfigure: true, backend.ActionUsage: true,
		backend.ActionDoctor: true, backend.ActionKeyringStatus: true,
		backend.ActionKeyringPush: true, backend.ActionKeyringRestore: true,
	}
}

// outcome is the answer to a change that was understood: what it did, what
// stood in its way, or both.
type outcome struct {
	Result  any
	Problem *backend.Problem
}

// unmarshal reads one JSON object and nothing else; members nobody knows are
// refused.
func unmarshal(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errMore
	}
	return nil
}

// act carries out one kind of action. A page that goes away cancels it; what
// may not be left half done is not, that is the core's matter.
func (s *Server) act(kind backend.ActionKind) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var a backend.Action
		if !s.decode(w, r, &a) {
			return
		}
		if a.Kind != "" && a.Kind != kind {
			refuse(w, http.StatusBadRequest, "the address names another action\n")
			return
		}
		a.Kind = kind
		if err := s.asks(r.Context(), kind); err != nil {
			s.answer(w, outcome{Problem: backend.AsProblem(err)})
			return
		}
		res, err := s.cfg.Backend.Do(r.Context(), a)
		s.answer(w, outcome{Result: res, Problem: backend.AsProblem(err)})
	}
}

// atHeader names the newest change a snapshot is sure to have in it, so that a
// page that begins to follow is not told of it once more.
const atHeader = "X-Baton-At"

// snapshot is what there is to show.
func (s *Server) snapshot(w http.ResponseWriter, _ *http.Request) {
	// Before the look: then nothing that comes between is missed.
	w.Header().Set(atHeader, s.streams.at())
	snap := s.cfg.Backend.Snapshot()
	snap.Elsewhere = true
	s.answer(w, snap)
}
