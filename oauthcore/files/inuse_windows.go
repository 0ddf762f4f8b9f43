package files

import (
	"errors"
	"fmt"

	"golang.org/x/sys/windows"
)

// inUse marks errors that say another program is in the way. Replacing or
// removing (changes) a file that is open is refused as a lack of permission,
// too, and nothing tells that from a real one.
func inUse(err error, changes bool) error {
	if errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_LOCK_VIOLATION) ||
		changes && errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		return fmt.Errorf("%w: %w", ErrInUse, err)
	}
	return err
}
