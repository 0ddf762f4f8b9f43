package mirror

import (
	"crypto/sha256"
	"encoding/hex"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
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
