// Package openurl opens addresses in the person's browser: by the programs of
// BROWSER, else by the system's own opener. It says beforehand or within a
// moment why that cannot be, and keeps addresses that are meant for one person
// off command lines, which every user of the machine can read.
//
// It must not know what the addresses are for.
package openurl
