package notify

import (
	"context"
	"errors"
	"strings"
)

// ErrNobody says that nothing shows notifications here.
var ErrNobody = errors.New("nothing shows notifications here")

// Send shows a notification and waits until the desktop has taken it, no longer
// than ctx lasts. The error wraps ErrNobody, ctx's, or is the desktop's own.
//
// Only desktops that speak org.freedesktop.Notifications are served. macOS and
// Windows show one only in the name of a program that is installed as an
// application, which a command is not; a script host that lends its own name
// takes a second to start, longer than a hook may.
func Send(ctx context.Context, title, body string) error { return send(ctx, title, body) }

// plain writes a body so that one who reads markup in it finds none (Desktop
// Notifications Specification, "Markup").
func plain(body string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(body)
}
