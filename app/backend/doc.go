// Package backend is the one language every face of Baton speaks: the window,
// the tray, the served page and the command line. It holds plain data and one
// interface, uses the standard library only, and must not know how accounts
// are kept, where, or who talks to the provider. No value in it ever carries
// a token.
package backend
