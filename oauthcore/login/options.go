package login

import (
	"context"
	"errors"
	"net"
	"time"

	"baton/oauthcore/provider"
	"baton/oauthcore/secret"
)

// What ends a login, or turns down one answer to it.
var (
	// ErrTimeout: nobody finished the login in time.
	ErrTimeout = errors.New("the login was not finished in time")
	// ErrCanceled: Cancel was called, or the context of Start ended.
	ErrCanceled = errors.New("the login was canceled")
	// ErrDenied: the provider's page refused, most often because the person
	// pressed its button for that.
	ErrDenied = errors.New("the login was declined in the browser")
	// ErrState: the answer belongs to another login. The flow goes on.
	ErrState = errors.New("this code belongs to another login")
	// ErrPaste: the text is not CODE#STATE. The flow goes on.
	ErrPaste = errors.New("this is not a login code")
	// ErrIncomplete, an ErrPaste: the text may be the beginning of a code whose
	// rest comes on the next line. The flow goes on.
	ErrIncomplete error = incomplete{}
	// ErrCode is for Finish to wrap: the provider does not accept the code, so
	// nothing was used up. A flow whose code was pasted goes on.
	ErrCode = errors.New("the provider did not accept the login code")
	// ErrRedirect: Options.Redirect is not such an address.
	ErrRedirect = errors.New("not a redirect address of this machine")
	// ErrDone: the login has its code already.
	ErrDone = errors.New("this login has its code already")
)

// incomplete is ErrIncomplete: an ErrPaste in words of its own.
type incomplete struct{}

func (incomplete) Error() string { return "this is not the whole login code" }
func (incomplete) Unwrap() error { return ErrPaste }

// Authorizer is what a login needs of the provider; *provider.Client has it.
type Authorizer interface {
	// AuthorizeURL gives the address to open.
	AuthorizeURL(provider.AuthorizeRequest) string
	// ManualRedirect is the redirect URI of a login whose code is pasted.
	ManualRedirect() string
}

// Code is a finished browser login: convert it to provider.ExchangeRequest.
type Code struct {
	Code        secret.Secret // authorization code
	Verifier    secret.Secret // PKCE verifier
	RedirectURI string        // byte for byte as in the address
	State       string
}

// Options shape a login; every zero value means a default.
type Options struct {
	// Paste sends the browser to the provider's own page, which shows the
	// code, instead of to a listener here.
	Paste bool
	// LoginHint is an email address to suggest, "" for none.
	LoginHint string
	// OrgUUID is the organization to log in to, "" for any.
	OrgUUID string
	// Listen makes the listener; it must be TCP on a loopback address.
	// Default: 127.0.0.1 with a port of the system's choosing.
	Listen func() (net.Listener, error)
	// Redirect is the redirect URI of a server that runs already and hands the
	// requests for it to ServeHTTP: http, localhost with a port, the path
	// /callback. Then nothing listens here. "" for a listener of the login's own.
	Redirect string
	// Timeout is how long to wait for the code. Default 10 minutes.
	Timeout time.Duration
	// Now is the clock Expires is reckoned with. Default time.Now.
	Now func() time.Time
	// Finish, if set, is run once with the code: the exchange, and whatever
	// must follow before the login counts. The browser waits for it and is
	// told the truth: "Signed in as who", or the error, which must be fit for
	// a person to read. Its context carries the values of Start's and is
	// never canceled, because a code once presented cannot be presented
	// again: it has to end by a timeout of its own.
	Finish func(ctx context.Context, code Code) (who string, err error)
}
