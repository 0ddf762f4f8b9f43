// Package login runs one browser login: authorization code with PKCE (RFC
// 6749 §4.1, RFC 7636) over a loopback listener (RFC 8252 §7.3), or with a
// code the person copies from the provider's page. It also finds the login
// address in messages that mention one.
//
// It ends where the code is in hand. It must not know how a code is exchanged
// (Options.Finish is handed in), where tokens are kept, or how a browser is
// opened; it writes no files and logs nothing.
package login
