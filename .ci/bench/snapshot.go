package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"baton/app/backend"
	"baton/app/demo"
	"baton/app/local"
)

// crowdSize is how many accounts there are where it matters how many.
const crowdSize = 1000

// benchSnapshot measures what every face asks for all the time: a snapshot, as
// it is read from the files for a command, and as a window that watches them
// has it.
func benchSnapshot(ctx context.Context, out io.Writer, runs int) error {
	few, err := snapshots(ctx, 0, runs)
	if err != nil {
		return err
	}
	many, err := snapshots(ctx, crowdSize, runs)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n| a snapshot, median of %d | %d accounts | %d accounts | ratio |\n", runs, few.accounts, many.accounts)
	fmt.Fprintln(out, "| --- | --- | --- | --- |")
	fmt.Fprintf(out, "| read from the files | %s | %s | %.1f |\n", ms(few.read), ms(many.read), float64(many.read)/float64(few.read))
	fmt.Fprintf(out, "| while they are watched | %s | %s | |\n", us(few.kept), us(many.kept))
	return nil
}

type snapshotFigures struct {
	accounts   int
	read, kept time.Duration
}

// snapshots measures on a home of its own with more accounts in it.
func snapshots(ctx context.Context, more, runs int) (f snapshotFigures, err error) {
	err = inHome(func(home demo.Home) error {
		var err error
		f, err = snapshotsIn(ctx, home, more, runs)
		return err
	})
	return f, err
}

func snapshotsIn(ctx context.Context, home demo.Home, more, runs int) (f snapshotFigures, err error) {
	if err := crowd(filepath.Join(home.Dir, ".claude", "oauth_pool.json"), more); err != nil {
		return f, err
	}
	set := home.Setenv()
	b, err := local.New(local.Config{
		Getenv: func(name string) string { return set[name] },
		Home:   func() (string, error) { return home.Dir, nil },
	})
	if err != nil {
		return f, err
	}
	if _, err := b.Do(ctx, backend.Action{Kind: backend.ActionImport}); err != nil {
		return f, err
	}
	f.accounts = len(b.Snapshot().Accounts)
	f.read = median(runs, func() { b.Snapshot() })
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	b.Events(ctx)
	f.kept = median(runs, func() { b.Snapshot() })
	return f, nil
}

// crowd adds accounts to a pool as another program would: made-up logins that
// have lapsed.
func crowd(path string, more int) error {
	pool, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var all strings.Builder
	for n := range more {
		fmt.Fprintf(&all, `"c%04d@example.com":{"email":"c%04d@example.com","accessToken":"sk-ant-oat01-TEST-%d","refreshToken":"sk-ant-ort01-TEST-%d",`+
			`"expiresAt":1000,"scopes":["user:inference"],"subscriptionType":"pro"},`, n, n, n, n)
	}
	doc := strings.Replace(string(pool), `"accounts": {`, `"accounts": {`+all.String(), 1)
	return os.WriteFile(path, []byte(doc), 0o600)
}

func median(runs int, do func()) time.Duration {
	took := make([]time.Duration, 0, runs)
	for range runs {
		start := time.Now()
		do()
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return took[len(took)/2]
}

func us(d time.Duration) string { return fmt.Sprintf("%.1f µs", float64(d)/1e3) }
