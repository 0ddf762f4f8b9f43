package login

import (
	"strings"
	"testing"
	"testing/synctest"
)

// Ways in which a code gets from one screen to another.
func TestAttackPastes(t *testing.T) {
	for name, paste := range map[string]string{
		"quoted by a mail program":        "> TESTcode-\n> 0123456789#{state}",
		"in a box of a terminal program":  "│ TESTcode-      │\n│ 0123456789#{state} │",
		"behind words on one line":        "Your code: " + testCode + "#{state}",
		"in a sentence":                   "the code is " + testCode + "#{state}, paste it",
		"twice in one line":               testCode + "#{state}" + testCode + "#{state}",
		"twice in one line, with a blank": testCode + "#{state} " + testCode + "#{state}",
		"a terminal's link":               "\x1b]8;;https://x.example\x1b\\" + testCode + "#{state}\x1b]8;;\x1b\\",
		"with the shell's percent sign":   testCode + "#{state}%",
		"the address encoded as a whole":  "https%3A%2F%2Fplatform.claude.com%2Foauth%2Fcode%2Fcallback%3Fcode%3D" + testCode + "%26state%3D{state}",
		"as a JSON string":                `{"code":"` + testCode + `","state":"{state}"}`,
		"continued with a backslash":      "TESTcode-\\\n0123456789#{state}",
		"with quoted-printable's breaks":  "TESTcode-=\r\n0123456789#{state}",
		"30 lines":                        strings.Join(strings.Split(testCode+"#{state}", ""), "\n"),
		"full width number sign":          testCode + "＃{state}",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &Flow{state: "TESTstate-abcdefghijklmnopqrstuvwxyz0123456789"}
				if _, err := f.answerIn(strings.ReplaceAll(paste, "{state}", f.state)); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
