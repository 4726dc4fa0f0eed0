package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"sotay/internal/account"
	"sotay/internal/config"
	"sotay/internal/directory"
	"sotay/internal/fault"
	"sotay/internal/paper"
)

// roster lists the directory's members as the account room needs them.
type roster struct{ *directory.Service }

// Roster implements account.Roster.
func (r roster) Roster(ctx context.Context, orgID string, fn func(account.RosterEntry) error) error {
	return r.Service.Roster(ctx, orgID, func(memberID, name, orgID, orgName string) error {
		return fn(account.RosterEntry{MemberID: memberID, Name: name, OrgID: orgID, OrgName: orgName})
	})
}

// slips prints sheets of activation codes.
func (p *program) slips(c config.Config) paper.Slips {
	return paper.Slips{URL: c.ActivationURL, Now: p.hooks.now}
}

// slipsPerFile bounds a file of the command line: a PDF is made in memory.
const slipsPerFile = 2000

func (p *program) codesCommand() *cobra.Command {
	var org, out, by string
	var all bool
	print := &cobra.Command{Use: "print", Short: "Print new activation codes for everybody below an organisation", Args: cobra.NoArgs,
		Long: `Issues a new code for every member of the subtree who has no password yet, with --all also for the others, and writes a PDF
with a page for each unit and a slip to cut off for each member. Codes from before are void. Beyond ` + fmt.Sprint(slipsPerFile) + ` slips
the sheets go on in FILE-2.pdf and so forth, between two units. No file is written over.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.config(cmd)
			if err != nil {
				return err
			}
			return p.withApp(cmd, func(ctx context.Context, a *app) error {
				order := account.SheetOrder{OrgID: org, All: all}
				if o := a.directory.Tree().ByCode(org); o != nil {
					order.OrgID = o.ID
				}
				if by != "" {
					if order.ActorID, err = a.account.MemberOf(ctx, by); err != nil {
						return fmt.Errorf("account %s: %w", by, explain(err))
					}
				}
				return p.printCodes(ctx, a, order, p.slips(c), out)
			})
		}}
	print.Flags().StringVar(&org, "org", "", "id or code of the organisation")
	print.Flags().StringVar(&out, "out", "", "file to write, FILE.pdf")
	print.Flags().StringVar(&by, "by", "", "username of who orders the sheet, for the audit record")
	print.Flags().BoolVar(&all, "all", false, "also members who have a password")
	_ = print.MarkFlagRequired("org")
	_ = print.MarkFlagRequired("out")
	cmd := &cobra.Command{Use: "codes", Short: "Activation codes"}
	cmd.AddCommand(print)
	return cmd
}

// printCodes issues the codes file by file: a file that is there holds codes
// that are good.
func (p *program) printCodes(ctx context.Context, a *app, order account.SheetOrder, slips paper.Slips, out string) error {
	plan, err := a.account.PlanSheet(ctx, order)
	if errors.Is(err, fault.NotFound) {
		return errors.New("there is no organisation with this id or code")
	}
	if err != nil {
		return explain(err)
	}
	files := cutFiles(plan.People, out)
	for _, f := range files {
		if _, err := os.Stat(f.name); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is there already: codes that nobody has handed out may stand in it", f.name)
		}
	}
	fmt.Fprintf(p.out, "%d people get a code; %d have a password already\n", len(plan.People), plan.Active)
	if len(files) == 0 {
		return nil
	}
	if err := a.account.RecordSheet(ctx, order, plan); err != nil {
		return err
	}
	bar := &progress{out: p.out, total: len(plan.People), what: "codes issued"}
	for _, f := range files {
		issued, err := a.account.IssueSlips(ctx, plan, f.from, f.to, bar.step)
		if err != nil {
			return err
		}
		if err := writeNew(f.name, func(w io.Writer) error { return slips.Write(w, issued) }); err != nil {
			return err
		}
		fmt.Fprintf(p.out, "%s: %d slips\n", f.name, len(issued))
	}
	return nil
}

// codesFile is which people of a plan stand in a file.
type codesFile struct {
	name     string
	from, to int
}

// cutFiles spreads people over files, between two units.
func cutFiles(people []account.RosterEntry, out string) []codesFile {
	var files []codesFile
	for i := 0; i < len(people); {
		to := i
		for to < len(people) && (to-i < slipsPerFile || people[to].OrgID == people[to-1].OrgID) {
			to++
		}
		name := out
		if n := len(files) + 1; n > 1 {
			ext := filepath.Ext(out)
			name = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(out, ext), n, ext)
		}
		files = append(files, codesFile{name, i, to})
		i = to
	}
	return files
}

// writeNew writes a file that only its owner may read and that was not there:
// whole, or not at all.
func writeNew(name string, fill func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".codes-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	err = fill(f)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), name)
}
