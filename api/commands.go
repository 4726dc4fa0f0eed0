package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"sotay/internal/config"
)

// program is what all commands share.
type program struct {
	env   []string
	out   io.Writer
	hooks hooks
}

// flags stand for the common variables, and win over them.
var flags = []struct{ name, variable, usage string }{
	{"addr", "HANDBOOK_ADDR", "address that the API listens on"},
	{"metrics-addr", "HANDBOOK_METRICS_ADDR", "address of /metrics; empty for none"},
	{"data", "HANDBOOK_DATA", "folder of the embedded store and of the secret"},
	{"mongodb-uri", "HANDBOOK_MONGODB_URI", "MongoDB replica set instead of the embedded store"},
}

// commands builds the command line.
func commands(p *program) *cobra.Command {
	root := &cobra.Command{Use: "sotay", Short: "The server of an electronic party member handbook",
		SilenceUsage: true, SilenceErrors: true, CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true}}
	for _, f := range flags {
		root.PersistentFlags().String(f.name, "", f.usage+" ("+f.variable+")")
	}
	root.AddCommand(p.serveCommand(), p.importCommand(), p.directoryCommand(), p.backupCommand(), p.exportCommand(), p.restoreCommand(), p.rebuildCommand(), p.adminCommand(),
		p.checkConfigCommand(), p.keysCommand(), p.codesCommand(), p.auditCommand(), p.healthcheckCommand(), p.versionCommand())
	return root
}

// config reads the configuration with the flags that were given.
func (p *program) config(cmd *cobra.Command) (config.Config, error) {
	env := slices.Clone(p.env)
	for _, f := range flags {
		if flag := cmd.Flags().Lookup(f.name); flag != nil && flag.Changed {
			env = append(env, f.variable+"="+flag.Value.String())
		}
	}
	if flag := cmd.Flags().Lookup("demo"); flag != nil && flag.Changed {
		env = append(env, "HANDBOOK_DEMO="+flag.Value.String())
	}
	c, err := config.Load(env)
	if err != nil {
		return c, fmt.Errorf("configuration:\n%w", err)
	}
	return c, nil
}

func (p *program) serveCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "serve", Short: "Run the server until it is told to stop", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.config(cmd)
			if err != nil {
				return err
			}
			return p.serve(cmd.Context(), c)
		}}
	cmd.Flags().Bool("demo", false, "load the demo province, with accounts whose password is public (HANDBOOK_DEMO)")
	return cmd
}

// withApp opens the rooms for a command and closes them after it.
func (p *program) withApp(cmd *cobra.Command, fn func(ctx context.Context, a *app) error) error {
	c, err := p.config(cmd)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	a, err := p.open(ctx, c, p.logger(c))
	if err != nil {
		return err
	}
	return errors.Join(fn(ctx, a), a.close())
}

func (p *program) rebuildCommand() *cobra.Command {
	return &cobra.Command{Use: "rebuild", Short: "Make derived data again from what it is derived from", Args: cobra.NoArgs,
		Long: "Encodes again what is published and publishes the bodies that differ from what is out, and counts study drives again from the completions. It may run beside servers.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withApp(cmd, p.rebuild)
		}}
}

func (p *program) rebuild(ctx context.Context, a *app) error {
	shown := &progress{out: p.out, what: "published things looked at", said: time.Now()}
	seen, changed, err := a.desk.Rebuild(ctx, shown.step)
	fmt.Fprintf(p.out, "%d published things looked at, %d encoded again\n", seen, changed)
	if err != nil {
		return err
	}
	drives, wrong, err := a.study.RebuildAll(ctx)
	fmt.Fprintf(p.out, "%d study drives counted again, %d rows were wrong\n", drives, wrong)
	return err
}

func (p *program) checkConfigCommand() *cobra.Command {
	return &cobra.Command{Use: "check-config", Short: "Check the configuration and print it, secrets masked", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.config(cmd)
			if err != nil {
				return err
			}
			fmt.Fprint(p.out, c.String())
			return nil
		}}
}

func (p *program) keysCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "keys", Short: "The keys that sign access tokens"}
	cmd.AddCommand(&cobra.Command{Use: "rotate", Short: "Announce the next signing key", Args: cobra.NoArgs,
		Long: "Announces the next key at once and signs with it when every replica and verifier has had time to read it. Nobody is signed out.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withApp(cmd, func(ctx context.Context, a *app) error {
				kid, err := a.account.RotateKeys(ctx)
				if err == nil {
					fmt.Fprintln(p.out, "next key:", kid)
				}
				return err
			})
		}})
	return cmd
}

func (p *program) auditCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "audit", Short: "The record of who did what"}
	cmd.AddCommand(&cobra.Command{Use: "verify", Short: "Walk the chain of seals", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withApp(cmd, func(ctx context.Context, a *app) error {
				rep, err := a.audit.Verify(ctx)
				if err != nil {
					return err
				}
				fmt.Fprintf(p.out, "%d seals over %d entries, %d entries not sealed yet\n", rep.Seals, rep.Sealed, len(rep.Unsealed))
				for _, id := range rep.Unsealed {
					fmt.Fprintln(p.out, "not sealed:", id)
				}
				for _, f := range rep.Faults {
					fmt.Fprintln(p.out, "FAULT:", f)
				}
				if len(rep.Faults) > 0 {
					return fmt.Errorf("the record does not hold: %d faults", len(rep.Faults))
				}
				return nil
			})
		}})
	return cmd
}

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprintln(p.out, "sotay", version)
			return nil
		}}
}
