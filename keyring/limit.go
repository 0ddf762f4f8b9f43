//go:build !js

package keyring

import "encoding/base64"

// fits says whether a system's keyring takes a value of this length in bytes.
//
// macOS: what is written goes through a command line of `security` that may
// have 4096 bytes in all, as Base64: 3000 of them are left for the value.
// Windows: CRED_MAX_CREDENTIAL_BLOB_SIZE is 2560 bytes. The Secret Service has
// no limit; ours leaves room for the rest of a message, every byte escaped.
func fits(goos string, bytes int) bool {
	switch goos {
	case "darwin":
		return base64.StdEncoding.EncodedLen(bytes) <= 3000
	case "windows":
		return bytes <= 2560
	}
	return bytes <= 8<<10
}
