package oauthcore

import (
	"bytes"
	"context"
	"time"

	"baton/oauthcore/files"
)

// pending is a whole new document that waits for its fence.
type pending struct {
	c      *Core
	at     place
	still  func(context.Context) (bool, error) // whether the place holds what was read
	staged staged                              // nil where nothing has to change
	giveUp func() error                        // called before the waiting document is given up, nil for nothing
}

// prepare stages a new document for a place that held was when it was read.
func (c *Core) prepare(at place, was, doc []byte) (*pending, error) {
	p := &pending{c: c, at: at, still: func(ctx context.Context) (bool, error) { return at.holds(ctx, was) }}
	if bytes.Equal(was, doc) {
		return p, nil
	}
	err := at.fits(len(doc))
	if err == nil {
		p.staged, err = at.stage(was, doc)
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// commit is fence and replacement: it fails with CodeBusy, and leaves the place
// alone, where a lock was lost or it no longer holds what was read.
func (p *pending) commit(ctx context.Context, fence func() error) error {
	// Begun is done, and bounded: others wait for the lock around this write.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitWait)
	defer cancel()
	err := fence()
	same := false
	if err == nil {
		same, err = p.still(ctx)
	}
	if err == nil && !same {
		err = changed(p.at.String(), files.ErrChanged)
	}
	if err == nil {
		err = fence() // looking took a while
	}
	if err != nil {
		p.discard()
		return err
	}
	if p.staged == nil {
		return nil
	}
	return p.staged.commit(ctx)
}

// commitWait bounds fence and replacement where these take time, which with
// files they do not.
const commitWait = time.Second

// takeBack gives up a replacement that failed, where that can be seen.
func (p *pending) takeBack(ctx context.Context) {
	if p.giveUp == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitWait)
	defer cancel()
	same, err := p.still(ctx)
	if err == nil && same {
		err = p.giveUp()
	}
	if err != nil {
		p.c.Log.Warn("cannot tell whether the login was replaced", "place", p.at.String(), "error", err)
	}
}

// discard gives the waiting document up; open removes what cannot be removed now.
func (p *pending) discard() {
	if p.staged == nil {
		return
	}
	if p.giveUp != nil {
		if err := p.giveUp(); err != nil {
			p.c.Log.Warn("the waiting login stays where it is", "place", p.at.String(), "error", err)
			return
		}
	}
	if err := p.staged.discard(); err != nil {
		p.c.Log.Warn("cannot remove a waiting file", "place", p.at.String(), "error", err)
	}
}

// replaceLive writes the live login, or another whole document in its place.
// wait is how long Claude Code's lock around that write is waited for; with an
// answer in hand that exists nowhere else (mustLand) it is written even if the
// lock stays taken, as long as the locks of the refresh are ours.
func (g *guard) replaceLive(ctx context.Context, was Live, cr Credential, wait time.Duration, mustLand bool) error {
	doc, err := was.with(cr)
	if err != nil {
		return damagedAt(was.at, err)
	}
	return g.replaceCredentials(ctx, was, doc, wait, mustLand)
}

func (g *guard) replaceCredentials(ctx context.Context, was Live, doc []byte, wait time.Duration, mustLand bool) error {
	p, err := g.c.prepare(was.at, was.doc, doc)
	if err != nil {
		return err
	}
	if g.staging != nil && p.staged != nil {
		if err := g.c.startWaiting(g.staging, p, was, doc); err != nil {
			p.discard()
			return err
		}
	}
	tried := false
	err = g.writing(ctx, g.c.storageLock(), wait, func() error {
		tried = true
		return p.commit(ctx, g.fence)
	})
	if err != nil && !tried && mustLand {
		tried, err = true, p.commit(ctx, g.fence)
	}
	switch {
	case err == nil:
	case tried:
		p.takeBack(ctx)
	default:
		p.discard()
	}
	return err
}
