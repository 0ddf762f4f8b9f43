//go:build !js

package local

// Environ is environ.
var Environ = environ
