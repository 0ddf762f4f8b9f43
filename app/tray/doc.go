// Package tray is Baton's icon in the panel: a menu that says who is active and
// what is left and swaps on a click, the notifications, and what closing the
// window means. What the menu holds and what is worth a notification are pure
// functions of a backend.Snapshot; Fyne shows them. It must not know how
// accounts are kept or who talks to the provider, nor what is in the window
// beyond its few doors.
//
// The menu is rebuilt whole from a snapshot, never patched, so it cannot come
// to say two things. Everything of Tray belongs to the UI goroutine.
package tray
