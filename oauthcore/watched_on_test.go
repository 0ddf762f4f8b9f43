//go:build race

package oauthcore_test

// watched says that the race detector runs, which makes everything several
// times as slow.
const watched = true
