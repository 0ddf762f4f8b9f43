package tray

import "strings"

// label spells a title for the system's menu: where a character marks the next
// one as an access key, it is doubled, or "ada_b" would show as "adab".
func label(title, goos string) string {
	switch goos {
	case "windows":
		return strings.ReplaceAll(title, "&", "&&")
	case "darwin":
		return title
	}
	return strings.ReplaceAll(title, "_", "__") // com.canonical.dbusmenu, "label"
}

// sayable takes out of a notification what the system would not show but act
// on: on Windows and macOS the toolkit puts both lines into a script between
// double quotes, and a name, the person's own or the provider's, must not be
// able to end them.
func sayable(n Note, goos string) Note {
	if goos == "windows" || goos == "darwin" {
		// PowerShell takes all of these quotes for the plain one.
		clean := strings.NewReplacer(`"`, "'", "“", "'", "”", "'", "„", "'", "`", "'", "$", "＄", `\`, "/")
		n.Title, n.Body = clean.Replace(n.Title), clean.Replace(n.Body)
	}
	return n
}
