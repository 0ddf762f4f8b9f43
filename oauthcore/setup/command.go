package setup

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// Baton's commands are recognised by their form: a program with one of Baton's
// file names, and the word setup puts after it. A name that only begins so may be
// Baton as a release or a package calls it (baton-linux-amd64,
// Baton-1.2-x86_64.AppImage) or a script of the person's own around it: it runs
// Baton, but setup does not take it for what setup itself put in.

const (
	statusWord = "statusline"
	hookWord   = "hook"
)

var (
	programNames = []string{"baton", "baton-headless", "batonw"}
	longerName   = regexp.MustCompile(`^baton[-_.0-9]`)
)

// command is one of Baton's commands for a program.
func command(program, word string) string { return program + " " + word }

// own reports whether a command runs Baton with this word and nothing else.
// Arguments and redirections may follow. program is how it spells Baton, rest
// the part after that. known are other programs that are Baton, as the shell
// spells them.
func own(command, word string, known []string) (program, rest string, ok bool) {
	program, rest, ok = split(command, word)
	return program, rest, ok && isBaton(bare(program), known)
}

// split splits a simple shell command that runs any program with this word.
func split(command, word string) (program, rest string, ok bool) {
	tokens := scan(command)
	if len(tokens) < 2 || slices.ContainsFunc(tokens, func(t token) bool { return t.kind == separator }) {
		return "", "", false
	}
	if tokens[0].text == "" || !hasWord(tokens[1:], word) {
		return "", "", false
	}
	return command[tokens[0].from:tokens[0].to], command[tokens[0].to:], true
}

// maxNesting is how many commands inside quotes of other commands are looked
// into, as in: sh -c "baton statusline".
const maxNesting = 4

// runs reports whether a command runs Baton with this word, alone or as a part
// of more. In doubt it does: Baton must not chain itself.
func runs(command, word string, known []string) bool {
	return runsIn(command, word, known, maxNesting)
}

func runsIn(command, word string, known []string, nesting int) bool {
	tokens := scan(command)
	variables := variablesOfBaton(tokens, known)
	for i, t := range tokens {
		if t.kind != plain {
			continue
		}
		if (namesBaton(t.text, known) || slices.Contains(variables, t.text)) && slices.ContainsFunc(upToEnd(command, tokens[i+1:]), func(a token) bool { return a.text == word }) {
			return true
		}
		if nesting > 0 && strings.ContainsAny(t.text, " \t\n") && runsIn(t.text, word, known, nesting-1) {
			return true
		}
	}
	return false
}

// hasWord reports whether the first argument that is no option is word.
func hasWord(arguments []token, word string) bool {
	for _, t := range arguments {
		if t.kind != plain {
			return false
		}
		if !strings.HasPrefix(t.text, "-") {
			return t.text == word
		}
	}
	return false
}

// upToEnd are the words up to the end of the command. The end of a command
// substitution is not that: $(which baton) statusline.
func upToEnd(command string, tokens []token) []token {
	if end := slices.IndexFunc(tokens, func(t token) bool {
		return t.kind == separator && !strings.Contains("()`", command[t.from:t.to])
	}); end >= 0 {
		return tokens[:end]
	}
	return tokens
}

// variablesOfBaton are the spellings of variables to which a command assigns
// Baton's program, as in: B=/opt/baton; $B statusline.
func variablesOfBaton(tokens []token, known []string) (out []string) {
	for _, t := range tokens {
		if name, value, ok := strings.Cut(t.text, "="); ok && t.kind == plain && namesBaton(value, known) {
			out = append(out, "$"+name, "${"+name+"}")
		}
	}
	return out
}

// namesBaton reports whether a word may be Baton's program, or a command
// substitution in quotes with such a word in it: "$(command -v baton)".
func namesBaton(text string, known []string) bool {
	may := func(program string) bool {
		return isBaton(program, known) || longerName.MatchString(fileName(program))
	}
	return may(text) ||
		strings.ContainsAny(text, "(`") && slices.ContainsFunc(scan(text), func(t token) bool { return t.kind == plain && may(t.text) })
}

func isBaton(program string, known []string) bool {
	if program == "" {
		return false
	}
	for _, k := range known {
		if program == bare(k) {
			return true
		}
	}
	return slices.Contains(programNames, strings.TrimSuffix(fileName(program), ".exe"))
}

// fileName is a program's file name in lower case, of a path of either system.
func fileName(program string) string {
	return strings.ToLower(path.Base(strings.ReplaceAll(program, `\`, "/")))
}

// bare is a program's path without the shell's quotes.
func bare(program string) string {
	tokens := scan(program)
	if len(tokens) != 1 || tokens[0].kind != plain {
		return program
	}
	return tokens[0].text
}

// token is one part of a shell command: a word without its quotes, a
// redirection sign, or something that separates commands.
type token struct {
	kind     tokenKind
	text     string
	from, to int // its place in the command, in bytes
}

type tokenKind int

const (
	plain tokenKind = iota
	redirection
	separator
)

const (
	blanks     = " \t"
	separators = ";&|()`\n\r"
	redirects  = "<>"
)

// scan splits a command as a POSIX shell does, as far as is needed here:
// nothing is expanded, and a backslash that escapes no special character stays,
// since it is a part of a path of Windows.
func scan(s string) (out []token) {
	for i := 0; i < len(s); {
		c := s[i]
		from := i
		switch {
		case strings.IndexByte(blanks, c) >= 0:
			i++
			continue
		case strings.IndexByte(redirects, c) >= 0, c == '&' && i+1 < len(s) && s[i+1] == '>':
			for i < len(s) && strings.IndexByte(redirects+"&", s[i]) >= 0 {
				i++
			}
			out = append(out, token{redirection, "", from, i})
		case strings.IndexByte(separators, c) >= 0:
			i++
			out = append(out, token{separator, "", from, i})
		default:
			text, to := scanWord(s, i)
			i = to
			out = append(out, token{plain, text, from, i})
		}
	}
	return out
}

// scanWord reads the word at from, up to to.
func scanWord(s string, from int) (text string, to int) {
	var b strings.Builder
	quote := byte(0)
	for i := from; i < len(s); i++ {
		c := s[i]
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case c == '\\' && quote != '\'' && i+1 < len(s) && escapable(s[i+1], quote):
			i++
			b.WriteByte(s[i])
		case quote != 0:
			b.WriteByte(c)
		case c == '\'' || c == '"':
			quote = c
		case strings.IndexByte(blanks+separators+redirects, c) >= 0:
			return b.String(), i
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), len(s)
}

func escapable(c, quote byte) bool {
	if quote == '"' {
		return strings.IndexByte("\"\\$`", c) >= 0
	}
	return strings.IndexByte(blanks+separators+redirects+"'\"$", c) >= 0
}
