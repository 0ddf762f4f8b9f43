// Package app picks the face Baton shows: the window where there is a display,
// the command line for everything else. It ties the faces to this machine's
// backend and knows nothing of accounts itself.
package app
