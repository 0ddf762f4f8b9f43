package files

import (
	"errors"
	"hash/maphash"
	"io"
	"io/fs"
)

// Printer takes fingerprints of files too long to be kept. They are good for
// comparing within one process, which two changes of a file can't outwit by
// chance: 64 bits keyed with a secret of the process's own.
type Printer struct{ seed maphash.Seed }

// NewPrinter makes one. Prints of different printers do not compare.
func NewPrinter() Printer { return Printer{maphash.MakeSeed()} }

// Print is a file's fingerprint; the zero value is a file that is missing.
type Print struct {
	there bool
	size  int64
	sum   uint64
}

// Missing says that there was no file.
func (p Print) Missing() bool { return !p.there }

// printing adds up what goes through it.
type printing struct {
	hash maphash.Hash
	size int64
}

func (p Printer) start() *printing {
	h := &printing{}
	h.hash.SetSeed(p.seed)
	return h
}

func (h *printing) Write(b []byte) (int, error) {
	h.size += int64(len(b))
	return h.hash.Write(b)
}

func (h *printing) print() Print { return Print{true, h.size, h.hash.Sum64()} }

// Scan has read look through the file at path and gives the fingerprint of
// what stood there, also of what read did not want. A missing file gives the
// zero Print, and read is not called. The error is that of read or of package os.
func (p Printer) Scan(fsys FS, path string, read func(io.Reader) error) (Print, error) {
	f, err := fsys.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Print{}, nil
	}
	if err != nil {
		return Print{}, err
	}
	h := p.start()
	r := io.TeeReader(f, h)
	if err = read(r); err == nil {
		_, err = io.CopyBuffer(h, f, make([]byte, 64<<10))
	}
	return h.print(), errors.Join(err, f.Close())
}

// Holds says whether the file at path is still the one of the fingerprint. It
// keeps nothing of it: comparing must be cheap, so that it can be done right
// before a write.
func (p Printer) Holds(fsys FS, path string, want Print) (bool, error) {
	now, err := p.Scan(fsys, path, func(io.Reader) error { return nil })
	return now == want, err
}

// ErrChanged says that a file is not the one that was read.
var ErrChanged = errors.New("changed since it was read")

// Splice is Stage with the bytes at from up to to of the file itself replaced
// by others, without keeping the rest in memory. It also gives the new file's
// print. The error wraps ErrChanged if the file is no longer that of was.
func (p Printer) Splice(fsys FS, path string, was Print, from, to int, with []byte, keep fs.FileMode) (*Staged, Print, error) {
	return p.SpliceAt(fsys, path, was, from, to, with, keep, "")
}

// SpliceAt is Splice with the in-place write of StageAt, which needs the whole
// file in memory. Without a record path it is Splice.
func (p Printer) SpliceAt(fsys FS, path string, was Print, from, to int, with []byte, keep fs.FileMode, record string) (*Staged, Print, error) {
	var after *printing
	s, err := stage(fsys, path, keep, record, func(f io.Writer) error {
		after = p.start()
		w := io.MultiWriter(after, f)
		now, err := p.Scan(fsys, path, func(r io.Reader) error {
			piece := make([]byte, 256<<10)
			if _, err := io.CopyBuffer(w, io.LimitReader(r, int64(from)), piece); err != nil {
				return err
			}
			if _, err := w.Write(with); err != nil {
				return err
			}
			if _, err := io.CopyBuffer(io.Discard, io.LimitReader(r, int64(to-from)), piece); err != nil {
				return err
			}
			_, err := io.CopyBuffer(w, r, piece)
			return err
		})
		if err == nil && now != was {
			err = ErrChanged
		}
		return err
	})
	if err != nil {
		return nil, Print{}, err
	}
	return s, after.print(), nil
}

// Of is the fingerprint of a file that holds these bytes; nil is a missing one.
func (p Printer) Of(doc []byte) Print {
	if doc == nil {
		return Print{}
	}
	h := p.start()
	_, _ = h.Write(doc) // never fails
	return h.print()
}
