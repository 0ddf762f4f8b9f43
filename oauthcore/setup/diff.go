package setup

import (
	"bytes"
	"slices"
	"strings"

	"baton/oauthcore/jsonedit"
)

// Diff shows the change line by line, "" if there is none: lines begin with
// "- " or "+ ". Only changed lines of statusLine and hooks.StopFailure are in
// it, and none around them: settings.json can hold API keys.
func (d Done) Diff() string {
	if !d.Changed() {
		return ""
	}
	var out strings.Builder
	out.WriteString("--- " + d.Path + "\n+++ " + d.Path + " (after)\n")
	before, after := shown(d.Before), shown(d.After)
	for _, line := range changedLines(before, after) {
		out.WriteString(line + "\n")
	}
	return out.String()
}

// shown are the lines of the members that setup changes.
func shown(doc []byte) []string {
	body := bytes.TrimPrefix(doc, bom)
	raw, err := member(body, statusMember)
	if err != nil {
		return nil // a missing or blank file
	}
	edits := []jsonedit.Edit{{Name: statusMember, Raw: raw}}
	if _, list, err := failureHooks(body); err == nil && list != nil {
		hooks, err := jsonedit.Apply([]byte("{}"), []jsonedit.Edit{{Name: failureEvent, Raw: list}})
		if err != nil {
			return nil
		}
		edits = append(edits, jsonedit.Edit{Name: hooksMember, Raw: hooks})
	}
	doc, err = jsonedit.Apply([]byte("{}"), edits)
	if err == nil {
		doc, err = jsonedit.Pretty(doc)
	}
	if err != nil {
		return nil
	}
	lines := strings.Split(strings.TrimSpace(string(doc)), "\n")
	return slices.DeleteFunc(lines, func(line string) bool { return strings.Trim(line, "{} ,") == "" && !strings.HasPrefix(line, " ") })
}

// changedLines are the lines that only one of both has, by their longest common
// subsequence. A comma at the end of a line makes no difference.
func changedLines(a, b []string) (out []string) {
	same := func(i, j int) bool { return strings.TrimSuffix(a[i], ",") == strings.TrimSuffix(b[j], ",") }
	common := make([][]int, len(a)+1) // the length of what a[i:] and b[j:] share
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if common[i][j] = max(common[i+1][j], common[i][j+1]); same(i, j) {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && same(i, j):
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common[i+1][j] >= common[i][j+1]):
			out = append(out, "- "+a[i])
			i++
		default:
			out = append(out, "+ "+b[j])
			j++
		}
	}
	return out
}
