package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) adminCommand() *cobra.Command {
	var username, name, org string
	var fromStdin bool
	create := &cobra.Command{Use: "create", Short: "Create an administrator, and the first organisation of a new installation", Args: cobra.NoArgs,
		Long: "Creates a member with the role admin over the whole installation. The password is read from standard input with --password-stdin, else one is made and printed once.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			password := rand.Text()
			if fromStdin {
				line, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
				if password = strings.TrimRight(line, "\r\n"); password == "" {
					return errors.Join(errors.New("no password on standard input"), err)
				}
			}
			return p.withApp(cmd, func(ctx context.Context, a *app) error {
				id, err := a.directory.CreateAdmin(ctx, username, name, org)
				if err != nil {
					return err
				}
				if err := a.account.Create(ctx, id, username, password); err != nil {
					return explain(err)
				}
				fmt.Fprintf(p.out, "admin %s is member %s\n", username, id)
				if !fromStdin {
					fmt.Fprintln(p.out, "password, shown once:", password)
				}
				return nil
			})
		}}
	create.Flags().StringVar(&username, "username", "", "name to sign in with")
	create.Flags().StringVar(&name, "name", "", "the person's name")
	create.Flags().StringVar(&org, "org-name", "", "name of the first organisation, when there is none yet")
	create.Flags().BoolVar(&fromStdin, "password-stdin", false, "read the password from standard input")
	_ = create.MarkFlagRequired("username")
	_ = create.MarkFlagRequired("name")
	cmd := &cobra.Command{Use: "admin", Short: "Administrators"}
	cmd.AddCommand(create)
	return cmd
}
