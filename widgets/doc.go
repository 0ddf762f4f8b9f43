// Package widgets holds the pieces Baton's window is drawn from: the theme, the
// account card and its meters, the head line, banners and the list that keeps
// two hundred cards smooth. They draw plain view structs (words, numbers,
// enums) and report gestures through funcs; what a gesture means is decided by
// whoever wires them.
//
// The package must not know what an account, a login or a token is, nor read
// files or clocks: it imports Fyne and the standard library only.
package widgets
