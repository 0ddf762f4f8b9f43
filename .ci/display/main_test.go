package main

import (
	"net"
	"path/filepath"
	"reflect"
	"runtime"
	"testing"
)

func TestPlaces(t *testing.T) {
	local := []place{{"unix", "/tmp/.X11-unix/X99"}, {"unix", "@/tmp/.X11-unix/X99"}}
	for name, c := range map[string]struct {
		env  map[string]string
		want []place
	}{
		"nothing set":           {nil, nil},
		"local":                 {map[string]string{"DISPLAY": ":99"}, local},
		"local with screen":     {map[string]string{"DISPLAY": ":99.0"}, local},
		"local, written out":    {map[string]string{"DISPLAY": "unix:99"}, local},
		"with protocol":         {map[string]string{"DISPLAY": "unix/:99"}, local},
		"forwarded":             {map[string]string{"DISPLAY": "localhost:10.0"}, []place{{"tcp", "localhost:6010"}}},
		"protocol and host":     {map[string]string{"DISPLAY": "tcp/far:1"}, []place{{"tcp", "far:6001"}}},
		"IPv6":                  {map[string]string{"DISPLAY": "[::1]:0"}, []place{{"tcp", "[::1]:6000"}}},
		"a path":                {map[string]string{"DISPLAY": "/private/tmp/x/org.xquartz:0"}, []place{{"unix", "/private/tmp/x/org.xquartz:0"}}},
		"no number":             {map[string]string{"DISPLAY": ":"}, nil},
		"no colon":              {map[string]string{"DISPLAY": "99"}, nil},
		"too high a number":     {map[string]string{"DISPLAY": ":65000"}, nil},
		"Wayland":               {map[string]string{"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": "/run/user/1"}, []place{{"unix", "/run/user/1/wayland-0"}}},
		"Wayland by its path":   {map[string]string{"WAYLAND_DISPLAY": "/run/w"}, []place{{"unix", "/run/w"}}},
		"Wayland first, then X": {map[string]string{"WAYLAND_DISPLAY": "/run/w", "DISPLAY": ":99"}, append([]place{{"unix", "/run/w"}}, local...)},
	} {
		t.Run(name, func(t *testing.T) {
			got := places(func(k string) string { return c.env[k] })
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("places are %v, want %v", got, c.want)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		t.Skip("a display is taken for granted on " + runtime.GOOS)
	}
	socket := filepath.Join(t.TempDir(), "wayland-0")
	env := func(name string) string { return map[string]string{"WAYLAND_DISPLAY": socket}[name] }
	if answers(env) {
		t.Error("a socket that is not there answers")
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	if !answers(env) {
		t.Error("a socket that listens does not answer")
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if answers(env) {
		t.Error("a socket nobody listens on any more answers")
	}
}
