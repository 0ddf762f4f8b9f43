//go:build !js

package cli

import (
	"context"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
)

func (r *runner) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Which Baton this is",
		Args:  takes(0, 0, "no arguments"),
		RunE: command(func(context.Context, []string) error {
			return r.say("%s", r.versionLine())
		}),
	}
}

// versionLine has the same number of fields whatever the build knew.
func (r *runner) versionLine() string {
	known := func(s string) string {
		if s == "" {
			return "unknown"
		}
		return s
	}
	return fmt.Sprintf("baton %s (%s, %s, %s, %s/%s)",
		known(r.Version), known(r.Commit), known(r.Date), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
