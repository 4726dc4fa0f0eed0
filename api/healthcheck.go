package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/spf13/cobra"
)

// maxHealth bounds what is read of the answer, in bytes.
const maxHealth = 4 << 10

// healthcheckCommand asks the server on this machine whether it runs: an image
// without a shell has no other way to ask.
func (p *program) healthcheckCommand() *cobra.Command {
	var ready bool
	var timeout time.Duration
	cmd := &cobra.Command{Use: "healthcheck", Short: "Ask the server on this machine whether it runs", Args: cobra.NoArgs,
		Long: "Asks /healthz at HANDBOOK_ADDR and ends with 0 when the answer is 200. With --ready it asks /readyz: whether the server can work.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.config(cmd)
			if err != nil {
				return err
			}
			path := "/healthz"
			if ready {
				path = "/readyz"
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), timeout)
			defer cancel()
			return ask(ctx, "http://"+reachable(c.Addr)+path)
		}}
	cmd.Flags().BoolVar(&ready, "ready", false, "ask whether the server can work")
	cmd.Flags().DurationVar(&timeout, "timeout", 3*time.Second, "how long the answer may take")
	return cmd
}

// reachable is the address to ask for one to listen on: a server that listens
// everywhere is found on the loopback.
func reachable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen // checked with the configuration
	}
	if host == "" {
		host = "127.0.0.1"
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
		if ip.Is6() {
			host = "::1"
		}
	}
	return net.JoinHostPort(host, port)
}

// ask gets url without any proxy and fails unless the answer is 200.
func ask(ctx context.Context, url string) (err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("no answer: %w", err)
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxHealth))
	if err != nil {
		return fmt.Errorf("answer cut off: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("answer %s: %s", resp.Status, body)
	}
	return nil
}
