package oauthcore

import (
	"bytes"
	"context"
	"strconv"
	"strings"

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
}

// read loads vault, pool and book as they are. The error is an *Error.
func (c *Core) read() (*store, error) {
	s := &store{contested: map[string]bool{}}
	for _, f := range []struct {
		path  string
		parse func([]byte) error
	}{
		{c.Paths.Vault(), func(b []byte) (err error) { s.vault, err = ParseVault(b); return err }},
		{c.Paths.Pool(), func(b []byte) (err error) { s.pool, err = ParsePool(b); return err }},
		{c.Paths.Book(), func(b []byte) (err error) { s.book, err = ParseBook(b); return err }},
	} {
		doc, err := readOr(c.FS, f.path)
		if err != nil {
			return nil, err
		}
		if err := f.parse(doc); err != nil {
			return nil, damaged(f.path, err)
		}
	}
	return s, nil
}

// update does one read-modify-write under the store lock: fn changes what it
// is given, and what changed is written, vault first. Where fn fails nothing
// is written. Nothing may be waited for inside fn.
func (c *Core) update(ctx context.Context, fn func(*store) error) error {
	// What is about to be saved may be a token that exists nowhere else: the
	// person's Cancel must not come between.
	release, err := c.lock(context.WithoutCancel(ctx), c.Paths.StoreLock(), storeWait)
	if err != nil {
		return err
	}
	defer release()
	s, err := c.read()
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
	if err := fn(s); err != nil {
		return err
	}
	if err := s.align(); err != nil {
		return damaged(c.Paths.Pool(), err)
	}
	return c.write(s, vaultBefore, bookBefore)
}

func (c *Core) write(s *store, vaultBefore, bookBefore []byte) error {
	vault, err := s.vault.Encode()
	if err != nil {
		return damaged(c.Paths.Vault(), err)
	}
	if !bytes.Equal(vault, vaultBefore) {
		if err := files.WriteWhole(c.FS, c.Paths.Vault(), vault); err != nil {
			return unwritable(c.Paths.Vault(), err)
		}
		c.rememberSeq(s.vault.Seq + 1)
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

// align brings the pool in line with the vault: every login, every mark.
func (s *store) align() error {
	for _, a := range s.vault.accounts {
		if a.Removed {
			if err := s.pool.Drop(a.Key); err != nil {
				return err
			}
			delete(s.book.Pages, a.Key)
			continue
		}
		if s.contested[a.Key] || !a.Credential.Usable() {
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
