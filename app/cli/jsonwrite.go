//go:build !js

package cli

import (
	"bytes"
	"encoding/json"
	"math"
	"time"

	"github.com/spf13/cobra"
)

// stamped is an answer that carries the schema version.
type stamped interface{ stamp() }

func (v *version) stamp() { v.SchemaVersion = schemaVersion }

// writeJSON prints one answer as one line. The line is written whole, so that
// a reader never gets half an object and a success.
func (r *runner) writeJSON(answer stamped) error {
	answer.stamp()
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false) // addresses and paths are not for a web page
	if err := enc.Encode(answer); err != nil {
		return err
	}
	_, err := r.Stdout.Write(line.Bytes())
	return err
}

// orNull is null for an absent text.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// utc is null for an absent time. Whole seconds: the most common readers of
// RFC 3339 in shell scripts take no fractions.
func utc(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format(time.RFC3339)
	return &s
}

// percent is null for what JSON has no number for.
func percent(p float64) *float64 {
	if math.IsNaN(p) || math.IsInf(p, 0) {
		return nil
	}
	return &p
}

func addJSONFlag(cmd *cobra.Command, asJSON *bool) {
	cmd.Flags().BoolVar(asJSON, "json", false, "print one JSON object")
}
