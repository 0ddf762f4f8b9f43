package oauthcore

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"time"

	"baton/oauthcore/files"
)

// store is what one read-modify-write sees: all of Baton's files at once.
type store struct {
	vault *Vault
	pool  *Pool
	book  *Book
	// contested are keys whose pool entry holds a login that may be newer than
	// the vault's and could not be proved yet; it is left alone.
	contested map[string]bool
	// vaultOnly says that pool or book could not be read: neither is written.
	vaultOnly bool
}

// read loads vault, pool and book as they are. The error is an *Error.
func (c *Core) read() (*store, error) {
	s, err := c.readVault()
	if err == nil {
		err = c.readRest(s)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// readVault loads the vault alone.
func (c *Core) readVault() (*store, error) {
	doc, err := readOr(c.FS, c.Paths.Vault())
	if err != nil {
		return nil, err
	}
	s := &store{contested: map[string]bool{}, pool: &Pool{}, book: &Book{Pages: map[string]*Page{}, doc: []byte("{}")}}
	if s.vault, err = ParseVault(doc); err != nil {
		return nil, damaged(c.Paths.Vault(), err)
	}
	return s, nil
}

// readRest loads what is not needed to keep a login.
func (c *Core) readRest(s *store) error {
	pool, err := c.readPool()
	if err != nil {
		return err
	}
	doc, err := readOr(c.FS, c.Paths.Book())
	if err != nil {
		return err
	}
	book, err := ParseBook(doc)
	if err != nil {
		return damaged(c.Paths.Book(), err)
	}
	s.pool, s.book = pool, book
	return nil
}

// readPool loads the pool. Others write it in place, so what looks damaged is
// looked at again first.
func (c *Core) readPool() (*Pool, error) {
	for try := 1; ; try++ {
		doc, err := readOr(c.FS, c.Paths.Pool())
		if err != nil {
			return nil, err
		}
		pool, err := ParsePool(doc)
		if !torn(doc, err) {
			return pool, nil
		}
		if try == tornTries {
			if err != nil {
				return nil, damaged(c.Paths.Pool(), err)
			}
			return pool, nil
		}
		time.Sleep(tornPause)
	}
}

// update does one read-modify-write under the store lock: fn changes what it
// is given, and what changed is written, vault first. Where fn fails nothing
// is written. Nothing may be waited for inside fn.
func (c *Core) update(ctx context.Context, fn func(*store) error) error {
	return c.modify(ctx, storeWait, c.read, fn)
}

// save is update for what the provider answered, which is nowhere else yet:
// it waits longer for its turn, and a pool or book that cannot be read is left
// alone and does not keep it out of the vault.
func (c *Core) save(ctx context.Context, fn func(*store) error) error {
	return c.modify(ctx, saveWait, func() (*store, error) {
		s, err := c.readVault()
		if err != nil {
			return nil, err
		}
		if err := c.readRest(s); err != nil {
			c.Log.Warn("saved to the vault alone", "error", err)
			s.vaultOnly = true
		}
		return s, nil
	}, fn)
}

func (c *Core) modify(ctx context.Context, wait time.Duration, read func() (*store, error), fn func(*store) error) error {
	// What is about to be saved may be a token that exists nowhere else: the
	// person's Cancel must not come between.
	release, err := c.lock(context.WithoutCancel(ctx), c.Paths.StoreLock(), wait)
	if err != nil {
		return err
	}
	defer release()
	s, err := read()
	if err != nil {
		return err
	}
	vaultBefore, err := s.vault.Encode()
	if err != nil {
		return damaged(c.Paths.Vault(), err)
	}
	bookBefore, err := s.book.Encode()
	if err != nil {
		return damaged(c.Paths.Book(), err)
	}
	c.noticeRestored(s.vault)
	logins := s.vault.count()
	if err := fn(s); err != nil {
		return err
	}
	s.vault.recount(logins, c.Now())
	if s.vaultOnly {
		return c.writeVault(s, vaultBefore)
	}
	if err := s.align(c.Now()); err != nil {
		return damaged(c.Paths.Pool(), err)
	}
	return c.write(s, vaultBefore, bookBefore)
}

// writeVault writes the vault, if it changed.
func (c *Core) writeVault(s *store, before []byte) error {
	vault, err := s.vault.Encode()
	if err != nil {
		return damaged(c.Paths.Vault(), err)
	}
	if bytes.Equal(vault, before) {
		return nil
	}
	if err := files.WriteWhole(c.FS, c.Paths.Vault(), vault); err != nil {
		return unwritable(c.Paths.Vault(), err)
	}
	c.rememberSeq(s.vault.Seq + 1)
	return nil
}

func (c *Core) write(s *store, vaultBefore, bookBefore []byte) error {
	if err := c.writeVault(s, vaultBefore); err != nil {
		return err
	}
	if s.pool.changed {
		pool, err := s.pool.Encode()
		if err != nil {
			return damaged(c.Paths.Pool(), err)
		}
		if err := files.WriteWhole(c.FS, c.Paths.Pool(), pool); err != nil {
			return unwritable(c.Paths.Pool(), err)
		}
	}
	book, err := s.book.Encode()
	if err != nil {
		return damaged(c.Paths.Book(), err)
	}
	if !bytes.Equal(book, bookBefore) {
		if err := files.WriteWhole(c.FS, c.Paths.Book(), book); err != nil {
			return unwritable(c.Paths.Book(), err)
		}
	}
	return nil
}

// align brings the pool in line with the vault: every login, every mark. An
// entry that holds news is left to the next open, which can ask whose it is.
func (s *store) align(now time.Time) error {
	for _, a := range s.vault.accounts {
		if a.Removed {
			if err := s.pool.Drop(a.Key); err != nil {
				return err
			}
			s.book.forget(a.Key)
			continue
		}
		if s.contested[a.Key] || !a.Credential.Usable() || s.unread(a, now) {
			continue
		}
		page := s.book.Page(a.Key)
		if err := s.pool.Put(a, page.Mark); err != nil {
			return err
		}
		page.PoolMark, page.PoolSeen = page.Mark, true
	}
	return nil
}

// unread says that the account's pool entry holds a login no account of the
// vault has ever had, and that may be newer than the account's: another program
// refreshed it, and there is no other copy.
func (s *store) unread(a *Account, now time.Time) bool {
	e, ok := s.pool.Get(a.Key)
	if !ok || !s.news(e) {
		return false
	}
	for _, o := range s.vault.accounts {
		if o.IsSpent(e.RefreshToken) || o.Credential.RefreshToken.Equal(e.RefreshToken) {
			return false
		}
	}
	cr, err := e.Credential()
	return err == nil && (cr.FreshAt(now, 0) || cr.ExpiresAt.After(a.Credential.ExpiresAt))
}

// rememberSeq keeps the vault's sequence number outside the folder a backup
// of the vault would bring back. Losing it only means a restored vault is not
// noticed, so trouble with it stops nothing.
func (c *Core) rememberSeq(seq int64) {
	if err := files.WriteWhole(c.FS, c.Paths.HighWater(), strconv.AppendInt(nil, seq, 10)); err != nil {
		c.Log.Warn("cannot remember the vault's sequence number", "path", c.Paths.HighWater(), "error", err)
	}
}

// noticeRestored marks every account of a vault that is older than this
// machine remembers: its refresh tokens may have been used up since.
func (c *Core) noticeRestored(v *Vault) {
	doc, err := c.FS.ReadFile(c.Paths.HighWater())
	if err != nil {
		return
	}
	high, err := strconv.ParseInt(strings.TrimSpace(string(doc)), 10, 64)
	if err != nil || high <= v.Seq {
		return
	}
	v.Seq = high
	if !v.Present {
		return
	}
	for _, a := range v.accounts {
		a.RestoredFromBackup = !a.Removed
	}
}
