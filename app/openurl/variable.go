//go:build !js

package openurl

import "strings"

// commands reads the variable BROWSER: command lines separated by colons, or by
// semicolons on Windows, where paths hold colons and backslashes. They are to be
// tried in order. One that is a program's path as a whole is not split at its
// blanks. No shell runs them.
func commands(value string, windows bool, lookPath func(string) (string, error)) (list [][]string) {
	separator := ":"
	if windows {
		separator = ";"
	}
	for entry := range strings.SplitSeq(value, separator) {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		if _, err := lookPath(entry); err == nil {
			list = append(list, []string{entry})
			continue
		}
		words := split(entry, windows)
		if n := len(words); n > 1 && words[n-1] == "&" { // for a shell: do not wait
			words = words[:n-1]
		}
		if len(words) > 0 {
			list = append(list, words)
		}
	}
	return list
}

// split breaks a command line into words as a shell does with quotes and, but for
// Windows, backslashes, and with nothing else.
func split(line string, windows bool) (words []string) {
	var (
		word  strings.Builder
		begun bool
		quote rune
		plain bool // the next character stands for itself
	)
	for _, r := range line {
		switch {
		case plain:
			word.WriteRune(r)
			plain = false
		case r == '\\' && quote != '\'' && !windows:
			plain, begun = true, true
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			quote, begun = r, true
		case r == ' ' || r == '\t':
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if begun {
		words = append(words, word.String())
	}
	return words
}

// insert puts the address where %s stands, else behind the words; %% is a
// percent sign.
func insert(words []string, address string) []string {
	out, found := make([]string, 0, len(words)+1), false
	for i, w := range words {
		if i > 0 { // not in the program's name
			found = found || strings.Contains(strings.ReplaceAll(w, "%%", ""), "%s")
			w = strings.NewReplacer("%%", "%", "%s", address).Replace(w)
		}
		out = append(out, w)
	}
	if !found {
		out = append(out, address)
	}
	return out
}
