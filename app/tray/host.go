package tray

import "context"

// Host tells whether something shows tray icons here: a panel, a shell's
// extension. Where nothing does, a window that hides is lost.
type Host interface {
	// Answers says whether an icon would be shown now. It does not block.
	Answers() bool
	// Close stops looking.
	Close()
}

// Watch looks for a host until ctx ends, and tells changed, from a goroutine of
// its own, whenever Answers may say something new. It waits no longer than ctx
// allows for the first answer, and never starts a session bus.
func Watch(ctx context.Context, changed func()) Host { return watch(ctx, changed) }

// never is the host of a session without a bus.
type never struct{}

func (never) Answers() bool { return false }
func (never) Close()        {}
