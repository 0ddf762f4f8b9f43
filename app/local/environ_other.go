//go:build !linux && !js

package local

import "baton/oauthcore/claude"

// environ reads no other process's environment here.
func environ(int) (env claude.Lookup, ok bool) { return nil, false }
