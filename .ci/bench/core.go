package main

import (
	"bytes"
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
	"baton/oauthcore/files"
)

// benchMany measures commands on five accounts and on a thousand, each a process
// of its own, in turns.
func benchMany(out io.Writer, binary string, runs int) error {
	rows := []measure{
		{"`baton list --json`", always("list", "--json")},
		{"`baton pause` and `resume`", nil},
		{"`baton swap ACCOUNT`", nil},
	}
	return inHome(func(few demo.Home) error {
		return inHome(func(many demo.Home) error {
			if err := crowd(filepath.Join(many.Dir, ".claude", "oauth_pool.json"), crowdSize); err != nil {
				return err
			}
			homes := []demo.Home{few, many}
			for _, home := range homes {
				if _, err := once(binary, home.Env(), "import"); err != nil {
					return err
				}
			}
			a, b, idle := few.Residents[0].Key, few.Residents[1].Key, few.Residents[3].Key
			rows[1].args = func(run int) []string { return []string{[]string{"pause", "resume"}[run%2], idle} }
			rows[2].args = func(run int) []string { return []string{"swap", []string{b, a}[run%2]} }
			fmt.Fprintf(out, "\n| command, median of %d | 5 accounts | %d accounts | ratio |\n| --- | --- | --- | --- |\n", runs, crowdSize)
			for _, m := range rows {
				took := make([][]time.Duration, len(homes))
				for run := range runs {
					for i, home := range homes {
						t, err := once(binary, home.Env(), m.args(run)...)
						if err != nil {
							return err
						}
						took[i] = append(took[i], t)
					}
				}
				x, y := middle(took[0]), middle(took[1])
				fmt.Fprintf(out, "| %s | %s | %s | %.1f |\n", m.what, ms(x), ms(y), float64(y)/float64(x))
			}
			return nil
		})
	})
}

func middle(all []time.Duration) time.Duration {
	all = slices.Clone(all)
	slices.Sort(all)
	return all[len(all)/2]
}

// configSize is how big .claude.json becomes with years of use, in bytes.
const configSize = 5 << 20

// benchSwap measures a swap beside a .claude.json of 5 MB, and in turns with it
// the bare writes a swap cannot do without: both of Claude Code's files and the
// usage store, each to a temp file, fsynced, renamed, its directory fsynced.
func benchSwap(ctx context.Context, out io.Writer, runs int) error {
	return inHome(func(home demo.Home) error {
		config := filepath.Join(home.Dir, ".claude.json")
		doc, err := os.ReadFile(config)
		if err != nil {
			return err
		}
		project := `"/home/a/project-%06d":{"allowedTools":[],"history":["` + strings.Repeat("why does it do that? ", 40) + `"],"lastCost":0.0375},`
		var projects bytes.Buffer
		for n := 0; projects.Len() < configSize; n++ {
			fmt.Fprintf(&projects, project, n)
		}
		doc = append(append([]byte(`{"manyProjects":{`), bytes.TrimSuffix(projects.Bytes(), []byte(","))...), append([]byte(`},`), bytes.TrimPrefix(bytes.TrimSpace(doc), []byte("{"))...)...)
		if err := os.WriteFile(config, doc, 0o600); err != nil {
			return err
		}
		set := home.Setenv()
		b, err := local.New(local.Config{
			Getenv: func(name string) string { return set[name] },
			Home:   func() (string, error) { return home.Dir, nil },
		})
		if err != nil {
			return err
		}
		if _, err := b.Do(ctx, backend.Action{Kind: backend.ActionImport}); err != nil {
			return err
		}
		bare, err := os.MkdirTemp(home.Dir, "bare-")
		if err != nil {
			return err
		}
		writes := []string{".claude/.credentials.json", ".claude.json", ".claude/baton/usage.json"}
		var swaps, plain []time.Duration
		for run := range runs {
			start := time.Now()
			if _, err := b.Do(ctx, backend.Action{Kind: backend.ActionSwap, Key: home.Residents[(run+1)%2].Key}); err != nil {
				return err
			}
			swaps = append(swaps, time.Since(start))
			docs := make([][]byte, len(writes))
			for i, name := range writes {
				if docs[i], err = os.ReadFile(filepath.Join(home.Dir, name)); err != nil {
					return err
				}
			}
			start = time.Now()
			for i, name := range writes {
				if err := files.WriteWhole(files.OS{}, filepath.Join(bare, filepath.Base(name)), docs[i]); err != nil {
					return err
				}
			}
			plain = append(plain, time.Since(start))
		}
		x, y := middle(plain), middle(swaps)
		fmt.Fprintf(out, "\n| beside a .claude.json of %.1f MB, median of %d | bare fsynced writes | a swap | ratio |\n| --- | --- | --- | --- |\n", float64(len(doc))/1e6, runs)
		fmt.Fprintf(out, "| | %s | %s | %.1f |\n", ms(x), ms(y), float64(y)/float64(x))
		return nil
	})
}
