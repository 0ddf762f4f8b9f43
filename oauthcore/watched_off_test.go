//go:build !race

package oauthcore_test

const watched = false
