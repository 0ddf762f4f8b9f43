package oauthcore

import (
	"strconv"
	"strings"

	"baton/oauthcore/accounts"
	"baton/oauthcore/files"
)

// rememberSeq keeps the vault's sequence number outside the directory a backup
// of the vault would bring back. Losing it only means that a restored vault is
// not noticed, so trouble with it stops nothing.
func (c *Core) rememberSeq(seq int64) {
	if err := files.WriteWhole(c.FS, c.Paths.HighWater(), strconv.AppendInt(nil, seq, 10)); err != nil {
		c.Log.Warn("cannot remember the vault's sequence number", "path", c.Paths.HighWater(), "error", err)
	}
}

// noticeRestored puts every account of a vault in doubt that is older than
// this machine remembers: its refresh tokens may have been used up since. What
// the pool has beside them is taken over in doubt: see takePool.
func (c *Core) noticeRestored(v *accounts.Vault) {
	doc, err := c.FS.ReadFile(c.Paths.HighWater())
	if err != nil {
		return
	}
	high, err := strconv.ParseInt(strings.TrimSpace(string(doc)), 10, 64)
	if err != nil || high <= v.Seq {
		return
	}
	v.Rewind(high)
	v.Behind = true
	if !v.Present {
		return
	}
	for _, a := range v.Accounts() {
		a.Doubt = accounts.DoubtRestored
	}
}
