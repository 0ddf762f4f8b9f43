//go:build cgo || js

package gui

import (
	"slices"

	"baton/app/backend"
)

// move puts an account a place up (-1) or down (1) among those shown.
func (v *View) move(key string, by int) {
	if at := slices.Index(v.shown, key); at >= 0 {
		v.moveTo(key, at+by)
	}
}

// drop ends the dragging of an account's card.
func (v *View) drop(key string) {
	v.accounts.list.Dropped()
	to := v.dragTo
	v.dragTo = -1
	if to > 0 && len(v.accounts.list.Cards()) > len(v.shown) {
		to-- // the unknown login's card, the first one, is no account's
	}
	v.moveTo(key, to)
}

// moveTo puts an account where the one is now that is shown at this place.
func (v *View) moveTo(key string, to int) {
	if to < 0 || to >= len(v.shown) || v.shown[to] == key || v.moving {
		return
	}
	place := slices.IndexFunc(v.snap.Accounts, func(a backend.Account) bool { return a.Key == v.shown[to] })
	if place < 0 {
		return
	}
	v.moving = true
	v.quietly(backend.Action{Kind: backend.ActionMove, Key: key, Place: place}, func(*backend.Problem) {
		v.moving = false
		if e := v.entries[key]; e != nil {
			v.accounts.list.ScrollTo(e.card)
		}
	})
}
