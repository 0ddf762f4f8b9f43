package backend

import (
	"regexp"
	"sync"
	"unicode/utf8"
)

// address finds email addresses in a text, also the way links write them.
var address = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[\p{L}\p{N}._%+\-]+?(?:@|%40)[\p{L}\p{N}\-]+(?:\.[\p{L}\p{N}\-]+)*`)
})

// HideAddresses hides the email addresses in a text. Of each it leaves the first
// letter, so that one can tell two of them apart.
func HideAddresses(s string) string {
	return address().ReplaceAllStringFunc(s, func(found string) string {
		_, size := utf8.DecodeRuneInString(found)
		return found[:size] + "•••"
	})
}
