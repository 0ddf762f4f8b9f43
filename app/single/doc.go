// Package single sees to it that one person has one Baton window for one set of
// accounts: the first one holds a lock and listens on a Unix domain socket, and
// one that is started later asks it to come to the front and ends. Nothing but
// that can be asked for, by nobody but the same user, and never over a network.
// It must not know what a window is, nor anything about accounts.
package single
