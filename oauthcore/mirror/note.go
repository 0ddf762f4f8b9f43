package mirror

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
)

// note is what to remember of a copy that was written.
func (l loginCopy) note() (accounts.CopyNote, error) {
	value, err := l.encode()
	sum := sha256.Sum256([]byte(value.Reveal()))
	return accounts.CopyNote{Generation: l.generation, Live: l.live, Print: hex.EncodeToString(sum[:8])}, err
}

// everCopied says that the usage store remembers a copy.
func (m *Mirror) everCopied() bool {
	doc, err := claude.ReadOr(m.core.FS, m.core.Paths.Usage())
	if err != nil {
		return false
	}
	u, err := accounts.ParseUsage(doc)
	if err != nil {
		return false
	}
	for _, r := range u.Records {
		if r.Copied != nil {
			return true
		}
	}
	return false
}

// remember changes what the usage store holds about copies. Vault and pool are
// neither read nor written: a copy changes nothing in them. The error is a
// *view.Problem.
func (m *Mirror) remember(ctx context.Context, fn func(*accounts.UsageStore)) error {
	c, path := m.core, m.core.Paths.Usage()
	release, err := c.Lock(context.WithoutCancel(ctx), c.Paths.StoreLock(), claude.StoreWait)
	if err != nil {
		return err
	}
	defer release()
	doc, err := claude.ReadOr(c.FS, path)
	if err != nil {
		return err
	}
	u, err := accounts.ParseUsage(doc)
	if err != nil {
		return claude.Damaged(path, err)
	}
	fn(u)
	next, changed, err := u.Encode()
	if err != nil {
		return claude.Damaged(path, err)
	}
	if !changed {
		return nil
	}
	if err := files.WriteWhole(c.FS, path, next); err != nil {
		return claude.Unwritable(path, err)
	}
	return nil
}
