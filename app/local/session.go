//go:build !js

package local

import (
	"bytes"
	"strconv"

	"baton/oauthcore/claude"
	"baton/oauthcore/signals"
)

// Where Claude Code tells the commands it runs its own process number, and the
// directory it was started in.
const (
	sessionVariable = "CLAUDE_PID"
	projectVariable = "CLAUDE_PROJECT_DIR"
)

// elsewhere says that the session that runs this command does not use the live
// login, so that what it reports is of no account here. It takes a token out of the
// environment of the commands it runs, so its own environment is looked at, together
// with the settings, which replace variables; or, where that cannot be read, whether
// the transcript names an owner.
func (b *Backend) elsewhere(transcript string) bool {
	env, readable := b.sessionEnvironment()
	found := b.core.Overrides(b.Lookup)
	if readable {
		found = append(found, b.core.Overrides(env)...)
	}
	for _, o := range found {
		if !o.PrintOnly {
			return true
		}
	}
	if readable && len(found) == 0 {
		return false
	}
	t, ok := signals.ReadTranscript(transcript)
	return ok && !t.Owned && signals.AtLeast(t.Started, signals.OwnerSince)
}

func (b *Backend) sessionEnvironment() (env claude.Lookup, ok bool) {
	pid, err := strconv.Atoi(b.Getenv(sessionVariable))
	if err != nil || pid <= 0 {
		return nil, false
	}
	return b.Environ(pid)
}

// lookupIn looks variables up in an environment as a process has it: NAME=VALUE,
// each ended by a zero byte.
func lookupIn(environ []byte) claude.Lookup {
	return func(name string) (string, bool) {
		for v := range bytes.SplitSeq(environ, []byte{0}) {
			if value, ok := bytes.CutPrefix(v, []byte(name+"=")); ok {
				return string(value), true
			}
		}
		return "", false
	}
}
