// Package provider is the HTTP client of the OAuth provider: it builds the
// address a login starts at, exchanges authorization codes, refreshes and
// revokes tokens (RFC 6749, RFC 7009, RFC 7636), and asks for an account's
// profile and usage.
//
// Its main duty is to tell apart what happened to a request, because refresh
// tokens are single use: after "nothing was sent" the token is as good as
// before, after "sent, and no answer" it may be spent. See [Kind] and [Sent].
//
// It must not know where tokens are kept, which account is active, or that
// there is a person: no files, no locks, no logging, no browser, no retries.
// What to do after an error is the caller's decision.
package provider
