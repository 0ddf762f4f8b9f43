//go:build cgo || js

package gui

import (
	"context"
	"strings"

	"baton/app/backend"
)

// operation is one action under way.
type operation struct {
	action backend.Action
	cancel context.CancelFunc
	text   string // what it waits for
}

// press does what the primary button of an account's card stands for.
func (v *View) press(key string) {
	e := v.entries[key]
	if e == nil {
		return
	}
	switch e.does {
	case gestureSwap:
		v.do(key, backend.Action{Kind: backend.ActionSwap, Key: key})
	case gestureResume:
		v.do(key, backend.Action{Kind: backend.ActionResume, Key: key})
	case gestureLogin:
		v.logInAgain(key)
	case gestureCancel:
		if e.op != nil {
			e.op.cancel()
		}
	case gestureRetry:
		if e.problem != nil {
			v.do(key, e.problem.action)
			return
		}
		v.do(key, backend.Action{Kind: backend.ActionRefresh, Key: key})
	}
}

// do carries out an action on an account, off the UI goroutine, and shows on
// its card how it goes. One action runs on an account at a time.
func (v *View) do(key string, a backend.Action) {
	e := v.entries[key]
	if e == nil || e.op != nil || v.stopped {
		return
	}
	ctx, cancel := context.WithCancel(v.ctx)
	e.op = &operation{action: a, cancel: cancel, text: textDoing(a.Kind)}
	e.problem = nil
	v.show()
	go func() {
		defer cancel()
		result, err := v.cfg.Backend.Do(ctx, a)
		v.ui(func() { v.done(e, a, result, backend.AsProblem(err)) })
	}()
}

func (v *View) done(e *entry, a backend.Action, r backend.Result, p *backend.Problem) {
	e.op = nil
	if v.stopped {
		return
	}
	if p == nil {
		p = ownProblem(a, r)
	}
	switch {
	case p == nil:
		v.tell(a, r)
	case p.Code == backend.ProblemCanceled:
		v.last = &happened{text: tr(textCanceled), at: v.cfg.Now()}
	default:
		v.cfg.Logger.Info("an action was refused", "kind", string(a.Kind), "code", string(p.Code))
	}
	v.retake()
	if p != nil && p.Code != backend.ProblemCanceled {
		e.problem = &trouble{Problem: p, action: a, state: e.account.State, active: e.account.Active}
		v.show()
	}
}

// ownProblem is what befell the one account of an action that reports account
// by account.
func ownProblem(a backend.Action, r backend.Result) *backend.Problem {
	for _, one := range r.Each {
		if one.Key == a.Key && !one.OK {
			return one.Problem
		}
	}
	return nil
}

// tell puts what an action did into the foot line.
func (v *View) tell(a backend.Action, r backend.Result) {
	said := textDone(a, r, v.name)
	if said == "" && len(r.Notes) == 0 {
		return
	}
	more := r.Notes
	if r.SetAside != "" {
		more = append([]string{tr(textKeptIn, "Path", r.SetAside)}, more...)
	}
	last := &happened{text: said, at: v.cfg.Now(), more: strings.Join(more, "; ")}
	if said == "" {
		last.text, last.more = last.more, ""
	}
	if a.Kind == backend.ActionSwap && r.From != r.To {
		last.undo, last.to = r.From, r.To
	}
	v.last = last
}

// undo swaps back to the account that was active before the last swap.
func (v *View) undo() {
	if key := v.undoTo; key != "" {
		v.do(key, backend.Action{Kind: backend.ActionSwap, Key: key})
	}
}

// quietly carries out an action that is no one card's matter. The foot line
// says how it goes; then, if not nil, is told on the UI goroutine.
func (v *View) quietly(a backend.Action, then func(*backend.Problem)) {
	go func() {
		r, err := v.cfg.Backend.Do(v.ctx, a)
		v.ui(func() {
			if v.stopped {
				return
			}
			p := backend.AsProblem(err)
			switch {
			case p == nil:
				v.tell(a, r)
			case p.Code != backend.ProblemCanceled:
				message, hint := problemWords(p)
				v.last = &happened{text: sentence(message), at: v.cfg.Now(), more: hint}
			}
			v.retake()
			if then != nil {
				then(p)
			}
		})
	}()
}

// checkUsageOfAll asks for everyone's usage, once at a time.
func (v *View) checkUsageOfAll() {
	if v.asking {
		return
	}
	v.asking = true
	v.last = &happened{text: tr(textAskingUsage)}
	v.show()
	v.quietly(backend.Action{Kind: backend.ActionUsage, All: true}, func(*backend.Problem) { v.asking = false })
}

// progress shows what a running action waits for; without a key it is about
// every one of ours.
func (v *View) progress(key string, w backend.Wait) {
	if v.stopped || w == "" {
		return
	}
	text := waitWords(w)
	changed := false
	for k, e := range v.entries {
		if e.op != nil && (key == "" || k == key) && e.op.text != text {
			e.op.text = text
			changed = true
		}
	}
	if v.found.op != nil && (key == "" || key == v.found.op.action.Key) {
		v.found.op.text = text
		changed = true
	}
	if changed {
		v.show()
	}
}

// importLive adopts the login Claude Code uses now; then, if not nil, is told
// on the UI goroutine how it went.
func (v *View) importLive(ctx context.Context, then func(backend.Result, *backend.Problem)) {
	a := backend.Action{Kind: backend.ActionImport}
	go func() {
		r, err := v.cfg.Backend.Do(ctx, a)
		v.ui(func() {
			if v.stopped {
				return
			}
			p := backend.AsProblem(err)
			v.retake()
			if p == nil {
				v.tell(a, r)
				v.show()
			}
			then(r, p)
		})
	}()
}
