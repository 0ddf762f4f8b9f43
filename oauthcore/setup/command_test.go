package setup

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRecognisesCommands(t *testing.T) {
	const programOfItsOwn = "/opt/my-build"
	for _, c := range []struct {
		command   string
		own, runs bool
	}{
		{"/opt/baton statusline", true, true},
		{"baton statusline", true, true},
		{"baton-headless statusline", true, true},
		{"batonw statusline", true, true},
		{"C:/Tools/baton.exe statusline", true, true},
		{`C:\Tools\Baton.EXE statusline`, true, true},
		{`'/home/it'\''s me/baton' statusline`, true, true},
		{`"/home/my tools/baton" statusline`, true, true},
		{`"C:\Program Files\Baton\baton.exe" statusline`, true, true},
		{`/home/my\ tools/baton statusline`, true, true},
		{"$HOME/bin/baton statusline", true, true},
		{"baton  statusline --format '{name} | {5h}'", true, true},
		{"baton --an-option value statusline", false, true}, // in doubt not the whole command
		{"baton --quiet statusline", true, true},
		{"/opt/baton statusline 2>/dev/null", true, true},
		{"/opt/baton statusline >&2 &>x", true, true},
		{"/opt/baton statusline < /dev/null", true, true},
		{"/opt/baton statusline <<<x", true, true},
		{"/opt/baton statusline >", true, true},
		{programOfItsOwn + " statusline", true, true},

		{"/opt/baton statusline &", false, true},
		{"/opt/baton statusline & mine", false, true},
		{"/opt/baton > statusline", false, true}, // in doubt it does
		{"> statusline", false, false},

		{"cd /tmp; /opt/baton statusline", false, true},
		{"/opt/baton statusline | cut -c1-40", false, true},
		{"/opt/baton statusline && mine", false, true},
		{"mine\n/opt/baton statusline", false, true},
		{"NO_COLOR=1 baton statusline", false, true},
		{"sh -c 'mine; baton statusline'", false, true},
		{`bash -c "exec \"/opt/my tools/baton\" statusline"`, false, true},
		{"echo $(baton statusline)", false, true},
		{"exec baton statusline", false, true},
		{"exec -a line '/opt/my tools/baton' --color never statusline", false, true},
		{"env NO_COLOR=1 baton statusline", false, true},
		{"A='x y' B= exec /opt/baton statusline --format x", false, true},
		{"./baton statusline", true, true},
		{"../bin/baton statusline", true, true},
		{"~/bin/baton statusline", true, true},
		{"${HOME}/bin/baton statusline", true, true},
		{"'/opt'/\"baton\" statusline", true, true},
		{"/opt/baton 'statusline'", true, true},
		{"command -p baton statusline", false, true},
		{"nice -n 5 nohup baton statusline", false, true},
		{"timeout 5 baton statusline", false, true},
		{"bash -lc 'A=1 exec baton statusline'", false, true},
		{`sh -c "sh -c 'baton statusline'"`, false, true},
		{"eval 'baton statusline'", false, true},
		{"{ baton statusline; }", false, true},
		{"(baton statusline)", false, true},
		{"if true; then baton statusline; fi", false, true},
		{"echo `baton statusline`", false, true},
		{`echo "$(baton statusline)"`, false, true},
		{`"$(command -v baton)" statusline`, false, true},
		{"$(which baton) statusline", false, true},
		{`cmd /C "C:\Tools\baton.exe" statusline`, false, true},
		{`cmd.exe /d /s /c ""C:\Tools\baton.exe" statusline"`, false, true},
		{`powershell -Command "& 'C:\Tools\baton.exe' statusline"`, false, true},
		{"cat | baton statusline", false, true},
		{"input=$(cat); echo \"$input\" | baton statusline; echo mine", false, true},

		{`env -S "baton statusline"`, false, true},
		{`eval "$(echo baton statusline)"`, false, true},
		{"go run baton statusline", false, true},
		{"B=/opt/baton; $B statusline", false, true},
		{`export B="/opt/my tools/baton"; "${B}" statusline`, false, true},
		{"/opt/Baton-1.2-x86_64.AppImage statusline", false, true},
		{"~/bin/baton-linux-amd64 statusline", false, true},
		{"baton_dev statusline", false, true},
		{"baton.sh statusline", false, true},
		{"baton2 statusline", false, true},

		{"B=/opt/mine; $B statusline; baton status", false, false},
		{"B=/opt/baton; $MINE statusline", false, false},
		{"batonic statusline", false, false},
		{"my-baton statusline", false, false},
		{"my-line statusline", false, false},
		{"/opt/batons statusline", false, false},
		{"baton/run statusline", false, false},
		{"baton status", false, false},
		{"baton statuslines", false, false},
		{"baton hook", false, false},
		{" statusline", false, false},
		{"statusline", false, false},
		{"'' statusline", false, false},
		{"echo baton; statusline", false, false},
		{"'/opt/baton' x statusline", false, true},
		{"", false, false},
		{"'unfinished", false, false},
		{`baton\`, false, false},
	} {
		_, _, isOwn := own(c.command, statusWord, []string{"", programOfItsOwn})
		if got := runs(c.command, statusWord, []string{"", programOfItsOwn}); isOwn != c.own || got != c.runs {
			t.Errorf("%q: own %v, runs %v; want %v, %v", c.command, isOwn, got, c.own, c.runs)
		}
	}
}

// Whatever setup wrote for a path is recognised again, with the same path.
func TestRecognisesEachPathSetupQuotes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir := rapid.StringMatching(`(/[a-zA-Z '"$;&|()\\\x60<>é~*-]{1,8}){0,3}`).Draw(t, "dir")
		path := dir + "/" + rapid.SampledFrom([]string{"baton", "baton.exe", "baton-headless", "batonw.exe"}).Draw(t, "name")
		program := "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
		if bare(program) != path {
			t.Fatalf("%s: read as %s", program, bare(program))
		}
		for _, word := range []string{statusWord, hookWord} {
			got, rest, ok := own(command(program, word), word, nil)
			if !ok || got != program || rest != " "+word {
				t.Fatalf("%s: %q, %q, %v", program, got, rest, ok)
			}
		}
	})
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{"a 'b c' \"d\\\"\" ;e>&2", `\`, `'`, `"\`, "a\x00b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at := 0
		for _, token := range scan(s) {
			if token.from < at || token.to <= token.from || token.to > len(s) {
				t.Fatalf("%q: %+v after %d", s, token, at)
			}
			at = token.to
		}
		runs(s, statusWord, nil) // ends
	})
}
