//go:build !js

package local

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"baton/app/backend"
	"baton/oauthcore/claude"
	"baton/oauthcore/login"
	"baton/oauthcore/provider"
)

// flow is one browser login.
type flow struct {
	b      *Backend
	inner  *login.Flow
	opened *backend.Problem // why the browser did not open; set before Login returns
	mu     sync.Mutex
	result backend.LoginResult
}

var (
	_ backend.LoginFlow = (*flow)(nil)
	_ backend.Browsing  = (*flow)(nil)
	_ backend.Browsing  = (*namedFlow)(nil)
	_ http.Handler      = (*flow)(nil)
)

// Login implements backend.Backend.
func (b *Backend) Login(ctx context.Context, m backend.LoginMode) (backend.LoginFlow, error) {
	if m.ViaClaude {
		return b.loginViaClaude(ctx), nil
	}
	if m.Again != "" && !m.Paste {
		if named := b.namedLogin(ctx, m.Again); named != nil {
			if m.Open {
				named.opened = b.openBrowser(named.URL())
			}
			return named, nil
		}
	}
	f := &flow{b: b}
	inner, err := login.Start(ctx, b.client, login.Options{
		Paste: m.Paste, LoginHint: m.Email, Redirect: m.Redirect, Now: b.Now, Finish: f.finish,
	})
	if err != nil {
		return nil, loginProblem(err)
	}
	f.inner = inner
	b.mu.Lock()
	earlier := b.login
	b.login = f
	b.mu.Unlock()
	if earlier != nil {
		earlier.Cancel()
	}
	if m.Open {
		f.opened = b.openBrowser(inner.URL())
	}
	return f, nil
}

// openBrowser gives why the browser did not open, nil if it was started.
func (b *Backend) openBrowser(address string) *backend.Problem {
	err := b.OpenURL(address)
	if err != nil {
		b.hub.Send(backend.Event{Kind: backend.EventProgress, Wait: backend.WaitBrowser})
	}
	return backend.AsProblem(err)
}

// BrowserProblem implements backend.Browsing.
func (f *flow) BrowserProblem() *backend.Problem { return f.opened }

// finish exchanges the code and saves the login, before the browser is told
// that it worked.
func (f *flow) finish(ctx context.Context, code login.Code) (who string, err error) {
	room, err := f.b.core.PrepareLogin(ctx) // before the code is used up
	if err != nil {
		return "", problem(err)
	}
	grant, err := f.b.client.Exchange(ctx, provider.ExchangeRequest{
		Code: code.Code, Verifier: code.Verifier, RedirectURI: code.RedirectURI, State: code.State,
	})
	if err != nil && grant.RefreshToken.Empty() {
		room.Discard()
		p := exchangeProblem(err)
		if errors.Is(err, provider.ErrInvalidGrant) {
			p.Err = errors.Join(err, login.ErrCode)
		}
		return "", p
	}
	saved, err := room.Save(ctx, grant)
	if err != nil {
		return "", problem(err)
	}
	f.mu.Lock()
	f.result = backend.LoginResult{Key: saved.Key, Known: saved.Known, Live: saved.Live, Note: saved.Note}
	f.mu.Unlock()
	f.b.mirrorSoon()
	f.b.reload()
	return saved.Key, nil
}

// URL implements backend.LoginFlow.
func (f *flow) URL() string { return f.inner.URL() }

// ServeHTTP takes what arrives at LoginMode.Redirect.
func (f *flow) ServeHTTP(w http.ResponseWriter, r *http.Request) { f.inner.ServeHTTP(w, r) }

// Paste implements backend.LoginFlow.
func (f *flow) Paste(text string) error {
	err := f.inner.Paste(text)
	if err == nil {
		return nil
	}
	p := *loginProblem(err)
	if errors.Is(err, login.ErrIncomplete) {
		p.Err = errors.Join(p.Err, backend.ErrPasteMore)
	}
	if errors.Is(err, login.ErrPaste) || errors.Is(err, login.ErrState) || f.inner.Waiting() {
		p.Err = errors.Join(p.Err, backend.ErrPasteAgain)
		if errors.Is(err, login.ErrCode) {
			p.Hint = "copy it from the page again, whole; a code works once and for a few minutes, then open the address again"
		}
	}
	return &p
}

// Wait implements backend.LoginFlow.
func (f *flow) Wait(ctx context.Context) (backend.LoginResult, error) {
	defer f.b.forget(f)
	_, err := f.inner.Wait(ctx)
	if ctx.Err() != nil {
		err = f.end()
	}
	if err != nil {
		return backend.LoginResult{}, loginProblem(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.result, nil
}

// Cancel implements backend.LoginFlow.
func (f *flow) Cancel() { f.inner.Cancel() }

// end cancels the login, or where its code is with the provider already waits
// until what comes back is saved: at most for the provider's timeout.
func (f *flow) end() error {
	f.inner.Cancel()
	_, err := f.inner.Wait(context.Background())
	return err
}

func (b *Backend) forget(f *flow) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.login == f {
		b.login = nil
	}
}

// Close ends a login still under way, whose listener lingers after the answer
// only as long as the process, and waits for copies into the keyring, four
// seconds at most.
func (b *Backend) Close() error {
	b.mu.Lock()
	f := b.login
	b.login = nil
	b.mu.Unlock()
	if f != nil {
		_ = f.end() // told to whoever waits for it
	}
	b.mirrorEnd()
	return nil
}

// loginProblem words what ends a login or turns one answer down.
func loginProblem(err error) *backend.Problem {
	var known *backend.Problem
	if errors.As(err, &known) {
		return known
	}
	p := &backend.Problem{Code: backend.ProblemFailed, Message: err.Error(), Hint: "start the login again", Err: err}
	switch {
	case errors.Is(err, login.ErrCanceled), errors.Is(err, context.Canceled):
		p.Code, p.Message, p.Hint = backend.ProblemCanceled, "the login was canceled; nothing was changed", ""
	case errors.Is(err, login.ErrState):
		p.Code, p.Hint = backend.ProblemUsage, "copy the code from the page this login opened"
	case errors.Is(err, login.ErrIncomplete):
		p.Code, p.Hint = backend.ProblemUsage, "paste the rest, or all of it again: CODE#STATE"
	case errors.Is(err, login.ErrPaste):
		p.Code, p.Hint = backend.ProblemUsage, "paste the whole code from the page: CODE#STATE"
	}
	return p
}

// exchangeProblem words a refused exchange.
func exchangeProblem(err error) *backend.Problem {
	p := &backend.Problem{
		Code: backend.ProblemOffline, Err: err,
		Message: "the login could not be finished", Hint: "look at the network and log in again",
	}
	var pe *provider.Error
	if errors.As(err, &pe) {
		p.Message += ": " + pe.Reason()
		switch {
		case errors.Is(err, provider.ErrInvalidGrant):
			p.Code, p.Message, p.Hint = backend.ProblemFailed, "the provider did not accept the login code", "a code works once and for a few minutes: log in again"
		case errors.Is(err, provider.ErrRefused):
			p.Code, p.Hint = backend.ProblemFailed, "log in with another account, or look at what the provider says of this one"
		case pe.Advice() != "":
			p.Hint = pe.Advice() + "; then log in again"
		case pe.RetryAfter > 0:
			p.Hint = "log in again in " + pe.RetryAfter.Round(time.Second).String()
		}
	}
	return p
}

// saveCredential keeps a login another program made.
func (b *Backend) saveCredential(ctx context.Context, l claude.Login) (backend.LoginResult, error) {
	saved, err := b.core.SaveCredential(ctx, l)
	if err != nil {
		return backend.LoginResult{}, problem(err)
	}
	b.mirrorSoon()
	b.reload()
	return backend.LoginResult{Key: saved.Key, Known: saved.Known, Live: saved.Live, Note: saved.Note}, nil
}
