// Package server puts a backend behind HTTP for a page in a browser on the same
// machine, and serves that page, which is embedded by the build. It keeps
// strangers out: pages of other origins, other names that lead here, whoever
// has no link. It must not know how accounts are kept, and nothing it says ever
// holds a token of a provider.
package server
