// Command display says "yes" where a display answers and "no" where none does,
// so that what a window needs is installed only where one can be. It must not
// know more of a display than its address: whether it lets Baton in is for
// Baton to find out.
package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// patience bounds one look: a forwarded display may hang.
const patience = 2 * time.Second

// place is where a display may listen: a network and an address for net.Dial.
type place struct{ network, address string }

func main() {
	if answers(os.Getenv) {
		fmt.Println("yes")
		return
	}
	fmt.Println("no")
}

// answers connects to the displays an environment names, and says nothing on
// the connection.
func answers(getenv func(string) string) bool {
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		return true
	}
	for _, p := range places(getenv) {
		if c, err := net.DialTimeout(p.network, p.address, patience); err == nil {
			return c.Close() == nil
		}
	}
	return false
}

// places lists where the displays an environment names may listen.
func places(getenv func(string) string) []place {
	var out []place
	if name := getenv("WAYLAND_DISPLAY"); name != "" {
		if !filepath.IsAbs(name) {
			name = filepath.Join(getenv("XDG_RUNTIME_DIR"), name)
		}
		out = append(out, place{"unix", name})
	}
	return append(out, xPlaces(getenv("DISPLAY"))...)
}

// xPlaces reads a display's name, [protocol/][host]:number[.screen], as X(7)
// has it. A name it cannot read is nowhere.
func xPlaces(name string) []place {
	if strings.HasPrefix(name, "/") { // a socket's path, as XQuartz gives it
		return []place{{"unix", name}}
	}
	colon := strings.LastIndexByte(name, ':')
	if colon < 0 {
		return nil
	}
	host, number, _ := strings.Cut(name[:colon], "/")
	if number != "" { // there was a protocol before the host
		host = number
	}
	digits, _, _ := strings.Cut(name[colon+1:], ".")
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || n > 65535-6000 {
		return nil
	}
	if host == "" || host == "unix" {
		path := "/tmp/.X11-unix/X" + digits
		return []place{{"unix", path}, {"unix", "@" + path}}
	}
	return []place{{"tcp", net.JoinHostPort(strings.Trim(host, "[]"), strconv.FormatUint(6000+n, 10))}}
}
