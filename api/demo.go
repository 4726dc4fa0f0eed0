package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"slices"

	"gopkg.in/yaml.v3"

	"sotay/content"
	"sotay/internal/caller"
	"sotay/internal/config"
	"sotay/internal/demo"
	"sotay/internal/directory"
)

// demoPassword is public, so that accounts with it exist only with --demo and
// are refused otherwise.
const demoPassword = "SoTay@2026-demo"

// The demo accounts that bring the sample content out.
const (
	demoEditor   = "bientap"
	demoApprover = "duyet"
)

// demoSeed reads the demo province and lets it grow. What a test puts in its
// place stays small.
func (p *program) demoSeed() (directory.Seed, error) {
	var seed directory.Seed
	file, grow := p.hooks.directory, demo.Grow
	if file != nil {
		grow = func(s directory.Seed) directory.Seed { return s }
	} else {
		var err error
		if file, err = content.Files.ReadFile("demo/directory.yaml"); err != nil {
			return seed, err
		}
	}
	if err := yaml.Unmarshal(file, &seed); err != nil {
		return seed, fmt.Errorf("demo province: %w", err)
	}
	return grow(seed), nil
}

// demoMembers are the members who may not sign in outside a demonstration.
func (p *program) demoMembers(c config.Config) (map[string]bool, error) {
	if c.Demo {
		return nil, nil
	}
	seed, err := p.demoSeed()
	if err != nil {
		return nil, err
	}
	refused := map[string]bool{}
	for i := range seed.Members {
		refused[directory.MemberID(seed.Members[i].Key)] = true
	}
	return refused, nil
}

// seedDemo loads the demo province, its accounts and the sample content. What
// is there already stays.
func (p *program) seedDemo(ctx context.Context, a *app) error {
	seed, err := p.demoSeed()
	if err != nil {
		return err
	}
	if _, _, err := a.directory.Apply(ctx, seed); err != nil {
		return err
	}
	for i := range seed.Members {
		m := &seed.Members[i]
		if m.Username == "" {
			continue
		}
		if err := a.account.Create(ctx, directory.MemberID(m.Key), m.Username, demoPassword); err != nil {
			return fmt.Errorf("account %s: %w", m.Username, err)
		}
	}
	return p.importSamples(ctx, a)
}

// importSamples imports the sample content and takes it through its life, as
// the demo editor and the demo approver.
func (p *program) importSamples(ctx context.Context, a *app) error {
	editor, err := a.callerNamed(ctx, demoEditor)
	if err != nil {
		return err
	}
	approver, err := a.callerNamed(ctx, demoApprover)
	if err != nil {
		return err
	}
	root, ok := a.directory.Root()
	if !ok {
		return errors.New("the demo province has no root")
	}
	im := importer{app: a, editor: editor, orgID: root.ID}
	patterns := []string{"documents/*.md", "materials/*.md"}
	if p.hooks.directory == nil { // what a test puts in its place stays small
		patterns = append(patterns, "quizzes/*.gift")
	}
	for _, pattern := range patterns {
		files, err := fs.Glob(content.Files, pattern)
		if err != nil {
			return err
		}
		slices.Sort(files)
		for _, name := range files {
			src, err := content.Files.ReadFile(name)
			if err != nil {
				return err
			}
			res, err := im.file(ctx, name, src)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if err := im.release(ctx, res, approver); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	if p.hooks.directory != nil {
		return nil
	}
	if err := p.demoContests(ctx, a, &im, approver); err != nil {
		return err
	}
	return p.demoDrives(ctx, a, &im, approver)
}

// callerNamed acts for an account on the command line.
func (a *app) callerNamed(ctx context.Context, username string) (*caller.Caller, error) {
	id, err := a.account.MemberOf(ctx, username)
	if err != nil {
		return nil, fmt.Errorf("account %s: %w", username, err)
	}
	who, ok := a.directory.Identity(id)
	if !ok {
		return nil, fmt.Errorf("account %s has no member", username)
	}
	return &caller.Caller{Identity: who}, nil
}

// printDemo tells a newcomer what to try.
func (p *program) printDemo(addr net.Addr) {
	base := "http://" + addr.String()
	fmt.Fprintf(p.out, `
Sổ tay is ready at %[1]s (demo province of 40 units and 1,200 members; nothing in it is real)

Accounts, all with the password %[2]s
  dangvien  member               mien     exempt member
  congnhan  enterprise member    bithu    branch secretary
  bientap   editor               duyet    approver
  lanhdao   provincial reports   quantri  admin

Three calls to try
  TOKEN=$(curl -s %[1]s/v1/auth/login -H 'Content-Type: application/json' -d '{"username":"dangvien","password":"%[2]s","device":{"installationId":"try-1","name":"curl","platform":"other"}}' | sed 's/.*"accessToken":"\([^"]*\)".*/\1/')
  curl -s %[1]s/v1/documents -H "Authorization: Bearer $TOKEN"
  curl -s '%[1]s/v1/search?q=hoc+tap+nghi+quyet&limit=3' -H "Authorization: Bearer $TOKEN"

`, base, demoPassword)
}
