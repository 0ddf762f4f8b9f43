// Package client is Baton as a page in a browser has it: the backend of another
// process over HTTP. It keeps the newest snapshot, follows the stream of
// events, and says when the connection is lost and when it is back.
//
// It must not know what is drawn, how the browser is asked for anything, or how
// accounts are kept: what it is given is an address and the token of a session.
package client
