package autostart

import (
	"encoding/xml"
	"strings"
)

// desktopFile is the entry by the Desktop Entry Specification. It is hidden
// from no desktop: those without a tray show the window.
func (e Entry) desktopFile() string {
	var command []string
	for _, arg := range e.Args {
		command = append(command, execQuoted(arg))
	}
	return "[Desktop Entry]\n" +
		"Type=Application\n" +
		"Version=1.0\n" +
		"Name=" + escaped(e.Name) + "\n" +
		"Exec=" + escaped(strings.Join(command, " ")) + "\n" +
		"Icon=" + e.ID + "\n" +
		"Terminal=false\n" +
		"StartupNotify=false\n" +
		"X-GNOME-Autostart-enabled=true\n"
}

// execQuoted spells one argument of Exec: in double quotes, of which four
// characters need a backslash; a percent sign begins a field code.
func execQuoted(arg string) string {
	arg = strings.ReplaceAll(arg, "%", "%%")
	if arg != "" && !strings.ContainsAny(arg, " \t\n\"'\\><~|&;$*?#()`") {
		return arg
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", `$`, `\$`).Replace(arg) + `"`
}

// escaped spells a value of type string, whatever stands in it.
func escaped(value string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(value)
}

// switchedOff says whether a desktop has turned an entry off by its own hand.
func switchedOff(doc string) bool {
	for line := range strings.Lines(doc) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch value = strings.TrimSpace(value); strings.TrimSpace(key) {
		case "Hidden":
			if value == "true" {
				return true
			}
		case "X-GNOME-Autostart-enabled":
			if value == "false" {
				return true
			}
		}
	}
	return false
}

// launchAgent is the entry by launchd.plist(5).
func (e Entry) launchAgent() string {
	var b strings.Builder
	text := func(s string) {
		b.WriteString("<string>")
		_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
		b.WriteString("</string>\n")
	}
	b.WriteString(xml.Header)
	b.WriteString("<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n" +
		"<plist version=\"1.0\">\n<dict>\n\t<key>Label</key>\n\t")
	text(e.ID)
	b.WriteString("\t<key>ProgramArguments</key>\n\t<array>\n")
	for _, arg := range e.Args {
		b.WriteString("\t\t")
		text(arg)
	}
	b.WriteString("\t</array>\n\t<key>RunAtLoad</key>\n\t<true/>\n\t<key>ProcessType</key>\n\t<string>Interactive</string>\n</dict>\n</plist>\n")
	return b.String()
}

// commandLine spells the arguments the way CommandLineToArgvW takes them apart.
func commandLine(args []string) string {
	var out []string
	for _, arg := range args {
		out = append(out, windowsQuoted(arg))
	}
	return strings.Join(out, " ")
}

func windowsQuoted(arg string) string {
	if arg != "" && !strings.ContainsAny(arg, " \t\"") {
		return arg
	}
	var b strings.Builder
	b.WriteByte('"')
	slashes := 0
	for i := range len(arg) {
		switch arg[i] {
		case '\\':
			slashes++
		case '"':
			b.WriteString(strings.Repeat(`\`, slashes+1)) // those before a quote count double
			slashes = 0
		default:
			slashes = 0
		}
		b.WriteByte(arg[i])
	}
	b.WriteString(strings.Repeat(`\`, slashes) + `"`)
	return b.String()
}
