// Package local is Baton on this machine: the core and its surroundings
// behind the interface every face speaks. It must not know how anything is
// drawn or printed.
package local
