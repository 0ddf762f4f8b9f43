package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"pgregory.net/rapid"
)

// makeTree makes folders (name ends in /), files and links (name -> target).
func makeTree(t interface{ Fatal(...any) }, root string, names []string, links map[string]string) {
	for _, name := range names {
		path := filepath.Join(root, name)
		var err error
		if name[len(name)-1] == '/' {
			err = os.MkdirAll(path, 0o700)
		} else {
			err = os.WriteFile(path, []byte(name), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, to := range links {
		if err := os.Symlink(to, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTargetResolvesAsTheKernelDoes(t *testing.T) {
	for _, tt := range []struct {
		name, path, want string // want without the root
		links            map[string]string
		err              error
	}{
		{name: "no link", path: "data/f", want: "data/f"},
		{name: "missing", path: "new/deep/f", want: "new/deep/f"},
		{
			name: "relative link behind a linked folder", path: "home/cred", want: "data/secrets/cred",
			links: map[string]string{"home": "data/deep", "data/deep/cred": "../secrets/cred"},
		},
		{
			name: "dot dot after a link", path: "home/../secrets/f", want: "data/secrets/f",
			links: map[string]string{"home": "data/deep"},
		},
		{
			name: "dangling", path: "home/f", want: "data/deep/gone",
			links: map[string]string{"home": "data/deep", "data/deep/f": "gone"},
		},
		{
			name: "dangling through a missing folder", path: "f", want: "none/gone",
			links: map[string]string{"f": "none/gone"},
		},
		{
			name: "chain", path: "a", want: "data/f",
			links: map[string]string{"a": "b", "b": "c", "c": "data/f"},
		},
		{
			name: "trailing slash in the link", path: "home/f", want: "data/f",
			links: map[string]string{"home": "data/"},
		},
		{name: "loop", path: "a", err: syscall.ELOOP, links: map[string]string{"a": "b", "b": "a"}},
		{name: "loop of a folder", path: "a/f", err: syscall.ELOOP, links: map[string]string{"a": "a"}},
		{
			name: "dot dot after a missing folder", path: "f", err: fs.ErrNotExist,
			links: map[string]string{"f": "none/../data/f"},
		},
		{
			name: "dot dot after a file", path: "f", err: syscall.ENOTDIR,
			links: map[string]string{"f": "data/f/../f"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root, err := filepath.EvalSymlinks(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			makeTree(t, root, []string{"data/deep/", "data/secrets/", "data/f"}, tt.links)
			// Not filepath.Join, which would resolve ".." by text.
			got, err := Target(OS{}, root+string(filepath.Separator)+tt.path)
			if !errors.Is(err, tt.err) || (err == nil) != (tt.err == nil) {
				t.Fatalf("error = %v, want %v", err, tt.err)
			}
			if err == nil && got != filepath.Join(root, tt.want) {
				t.Errorf("Target = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestTargetOfRelativePaths(t *testing.T) {
	t.Chdir(t.TempDir())
	makeTree(t, ".", []string{"d/e/"}, map[string]string{"l": "d/e", "d/e/up": "../../x", "d/e/out": "../../../x"})
	for path, want := range map[string]string{
		"": ".", ".": ".", "f": "f", "l/f": "d/e/f", "l/../f": "d/f", "l/up": "x", "l/out": "../x", "../../f": "../../f",
	} {
		if got, err := Target(OS{}, path); err != nil || got != filepath.FromSlash(want) {
			t.Errorf("Target(%q) = %q, %v; want %q", path, got, err, want)
		}
	}
}

func TestTooManyLinks(t *testing.T) {
	root := t.TempDir()
	name := func(i int) string { return "l" + string(rune('A'+i)) }
	for i := range maxLinks + 1 {
		if err := os.Symlink(name(i+1), filepath.Join(root, name(i))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Target(OS{}, filepath.Join(root, name(0))); !errors.Is(err, syscall.ELOOP) || ReasonOf(err) != TooManyLinks {
		t.Errorf("%d links: %v", maxLinks+1, err)
	}
	if _, err := Target(OS{}, filepath.Join(root, name(1))); err != nil {
		t.Errorf("%d links: %v", maxLinks, err)
	}
}

// The kernel is the judge: writing through any path lands in the file that
// Target names, or both fail.
func TestTargetAgreesWithTheKernel(t *testing.T) {
	base := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		root, err := os.MkdirTemp(base, "tree")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(root)
		makeTree(t, root, []string{"a/b/", "c/", "a/f"}, nil)
		part := rapid.SampledFrom([]string{"a", "b", "c", "f", "l", "m", "..", "."})
		parts := rapid.Custom(func(t *rapid.T) string {
			out := ""
			for i, p := range rapid.SliceOfN(part, 1, 5).Draw(t, "parts") {
				if i > 0 {
					out += "/"
				}
				out += p
			}
			return out
		})
		for _, at := range []string{"l", "a/l", "c/m", "a/b/m"} {
			to := parts.Draw(t, "link")
			if rapid.Bool().Draw(t, "absolute") {
				to = root + "/" + to
			}
			if err := os.Symlink(to, filepath.Join(root, at)); err != nil {
				t.Fatal(err)
			}
		}
		path := root + "/" + parts.Draw(t, "path")
		target, err := Target(OS{}, path)
		writeErr := os.WriteFile(path, []byte("written"), 0o600)
		if err != nil {
			if writeErr == nil {
				t.Fatalf("Target: %v, the kernel writes", err)
			}
			return
		}
		if writeErr != nil {
			return // a folder, or in a missing one: the write fails with its own error
		}
		if info, err := os.Lstat(target); err != nil || !info.Mode().IsRegular() {
			t.Fatalf("Target = %s: %v", target, err)
		}
		if same, err := os.Stat(path); err != nil {
			t.Fatal(err)
		} else if info, _ := os.Lstat(target); !os.SameFile(same, info) {
			t.Fatalf("Target = %s is another file", target)
		}
	})
}

// A link that cannot be read must not be replaced as if it were a file.
func TestAnUnreadableLinkIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := WriteWhole(unreadableLink{}, path, []byte("x")); !errors.Is(err, syscall.EIO) {
		t.Errorf("error = %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("it was written")
	}
}

type unreadableLink struct{ OS }

func (unreadableLink) Readlink(name string) (string, error) {
	if filepath.Base(name) == "f" {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: syscall.EIO}
	}
	return OS{}.Readlink(name)
}
