//go:build cgo || js

package gui

import (
	"baton/app/backend"
)

// LogIn starts a browser login for an account that is there. It belongs on the
// UI goroutine.
func (v *View) LogIn(key string) { v.logInAgain(key) }

// logInAgain starts a browser login for an account that is there already.
func (v *View) logInAgain(key string) {
	a, ok := v.snap.Find(key)
	if !ok {
		return
	}
	l := v.newLogin(tr(textLogInNamed, "Name", v.prefs.hide.over(a.Name())), a.Email)
	l.named = a.LoginAddress
	l.start(backend.LoginMode{Again: a.Key})
}

// elsewhere says that the login goes on where Claude Code was told to, and not
// through Baton.
func (l *loginSheet) elsewhere() bool { return l.named != "" && l.flow.URL() == l.named }

// throughBaton begins Baton's own login in place of the one that goes on
// elsewhere.
func (l *loginSheet) throughBaton() {
	v, email, title := l.v, l.email, l.s.title
	l.s.close()
	v.newLogin(title, email).start(backend.LoginMode{})
}
