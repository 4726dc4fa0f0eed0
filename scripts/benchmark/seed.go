package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"sotay/internal/account"
	"sotay/internal/caller"
	"sotay/internal/directory"
	"sotay/internal/editorial"
	"sotay/internal/ident"
	"sotay/internal/library"
)

// password is every benchmark member's.
const password = "Do-Luong@2026-bench"

// member is somebody with a session.
type member struct {
	ID, Username, Token string
}

// manifest says what a seeded store holds.
type manifest struct {
	Documents []string // out
	Drafts    []string // approved, waiting
	Members   []member
	// Approver may publish, Chief list the members of a province.
	Approver, Chief member
	// Sat is a quiz with attempts at it.
	Sat sittings
	// Studied is a drive that members read in.
	Studied studied
	// Drives are for the whole province, each with a completion of every member
	// that no row shows. The last is approved, the others have opened.
	Drives []string
	// Leader reads their reports.
	Leader member
}

func manifestFile(data string) string { return filepath.Join(data, "bench.json") }

func loadManifest(data string) (manifest, error) {
	var m manifest
	b, err := os.ReadFile(manifestFile(data))
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal(b, &m)
}

func (m *manifest) save(data string) error {
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return os.WriteFile(manifestFile(data), b, 0o600)
}

// seeding fills a store through the product's own rooms. It goes on from what
// is there.
type seeding struct {
	data                                      string
	documents, drafts, members, bytes, inTree int
	open, answered, drives                    int
	study                                     bool

	rooms            *rooms
	have             manifest
	orgID            string
	editor, approver *caller.Caller
}

func (s *seeding) run(ctx context.Context) (err error) {
	if s.have, err = loadManifest(s.data); err != nil {
		return err
	}
	if s.rooms, err = openRooms(ctx, s.data); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.rooms.close()) }()
	if err := s.people(ctx); err != nil {
		return fmt.Errorf("seed members: %w", err)
	}
	if err := s.province(ctx, s.inTree); err != nil {
		return fmt.Errorf("seed a province: %w", err)
	}
	wait := s.rooms.work(ctx)
	defer wait()
	if err := s.texts(ctx); err != nil {
		return fmt.Errorf("seed documents: %w", err)
	}
	if err := s.sat(ctx); err != nil {
		return fmt.Errorf("seed attempts: %w", err)
	}
	if err := s.drive(ctx); err != nil {
		return fmt.Errorf("seed a drive: %w", err)
	}
	if err := s.wholeDrives(ctx); err != nil {
		return fmt.Errorf("seed drives of the province: %w", err)
	}
	return s.have.save(s.data)
}

// people makes the organisation, the editor, the approver and the members, and
// signs them in.
func (s *seeding) people(ctx context.Context) error {
	const from = provinceFrom
	seed := directory.Seed{Orgs: []directory.SeedOrg{benchOrg()}}
	add := func(key string, roles ...directory.SeedRole) {
		seed.Members = append(seed.Members, directory.SeedMember{Key: key, Name: "Người Đo " + key, Org: "bench", Kind: "official",
			Statuses: []directory.SeedStatus{{Status: "active", From: from}}, Username: key, Roles: roles})
	}
	add("editor", directory.SeedRole{Role: string(caller.Editor), Org: "bench", From: from})
	add("approver", directory.SeedRole{Role: string(caller.Approver), Org: "bench", From: from})
	for i := range s.members {
		add(fmt.Sprintf("member-%d", i))
	}
	if _, _, err := s.rooms.directory.Apply(ctx, seed); err != nil {
		return err
	}
	s.orgID = directory.OrgID("bench")
	s.editor, s.approver = s.act("editor"), s.act("approver")
	var names []string
	for i := len(s.have.Members); i < s.members; i++ {
		names = append(names, fmt.Sprintf("member-%d", i))
	}
	if s.have.Approver.Token == "" {
		names = append(names, "approver")
	}
	signed := make([]member, len(names))
	err := each(len(names), 2, func(i int) (err error) {
		signed[i], err = s.signIn(ctx, names[i])
		return err
	})
	for _, m := range signed {
		if m.Username == "approver" {
			s.have.Approver = m
		} else if m.Token != "" {
			s.have.Members = append(s.have.Members, m)
		}
	}
	return err
}

// benchOrg is the root of every benchmark's tree.
func benchOrg() directory.SeedOrg {
	return directory.SeedOrg{Key: "bench", Name: "Đảng bộ đo lường (mẫu)", Kind: "province", From: provinceFrom}
}

func (s *seeding) act(key string) *caller.Caller {
	who, _ := s.rooms.directory.Identity(directory.MemberID(key))
	return &caller.Caller{Identity: who}
}

func (s *seeding) signIn(ctx context.Context, username string) (member, error) {
	id := directory.MemberID(username)
	if err := s.rooms.account.Create(ctx, id, username, password); err != nil {
		return member{}, err
	}
	t, err := s.rooms.account.Login(ctx, account.LoginInput{Username: username, Password: password,
		Device: account.Device{InstallationID: "bench-" + ident.New(), Name: "bench", Platform: "other"}})
	return member{ID: id, Username: username, Token: t.AccessToken}, err
}

// texts makes what is missing of the documents and the drafts.
func (s *seeding) texts(ctx context.Context) error {
	from := len(s.have.Documents) + len(s.have.Drafts)
	out, drafts := max(0, s.documents-len(s.have.Documents)), max(0, s.drafts-len(s.have.Drafts))
	ids := make([]string, out+drafts)
	var done atomic.Int64
	err := each(len(ids), 3, func(i int) error {
		id, err := s.document(ctx, from+i, i < out)
		ids[i] = id
		if n := done.Add(1); n%500 == 0 {
			fmt.Fprintf(os.Stderr, "seeded %d of %d documents\n", n, len(ids))
		}
		return err
	})
	if err != nil {
		return err
	}
	s.have.Documents, s.have.Drafts = append(s.have.Documents, ids[:out]...), append(s.have.Drafts, ids[out:]...)
	return nil
}

// document takes a document to its approval, or out.
func (s *seeding) document(ctx context.Context, i int, publish bool) (string, error) {
	in := documentInput(i, s.bytes)
	item, err := s.rooms.library.CreateDocument(ctx, s.editor, s.orgID, in)
	if err != nil {
		return "", err
	}
	steps := []editorial.Verb{editorial.Submit, editorial.Approve}
	if publish {
		steps = append(steps, editorial.Publish)
	}
	for _, v := range steps {
		who := s.approver
		if v == editorial.Submit {
			who = s.editor
		}
		if _, err := s.rooms.library.StepDocument(ctx, who, item.ID, v, 0, ""); err != nil {
			return "", fmt.Errorf("%s document %d: %w", v, i, err)
		}
	}
	return item.ID, nil
}

// sectionBytes is the size of a section.
const sectionBytes = 1400

// documentInput is document i, of about n bytes as JSON; its unique word
// stands in its first section.
func documentInput(i, n int) library.DocumentInput {
	w := newWriter(i)
	text := func(s string) *string { return &s }
	var sections []library.Section
	for size := 700; size < n || len(sections) == 0; {
		html := w.html(min(sectionBytes, max(200, n-size-300)))
		if len(sections) == 0 {
			html = "<p>" + uniqueWord(i) + "</p>" + html
		}
		k := len(sections) + 1
		sections = append(sections, library.Section{Level: 2, Label: fmt.Sprintf("Mục %d", k), Heading: w.sentence(), HTML: html})
		// What JSON escapes (<, >) grows by some 8 per cent.
		size += len(html)*104/100 + 160
	}
	topics := []string{"xây dựng Đảng"}
	return library.DocumentInput{Type: text("resolution"), Number: text(fmt.Sprintf("%d-NQ/TU", i+1)),
		Title: text("Nghị quyết đo lường số " + fmt.Sprint(i+1) + " về " + w.sentence()), Abstract: text(w.sentence()),
		Issuer: text("Ban Chấp hành Đảng bộ tỉnh (mẫu)"), IssuedOn: text(fmt.Sprintf("20%02d-%02d-%02d", 10+i%16, 1+i%12, 1+i%28)),
		Topics: &topics, Sections: &sections}
}

// each calls fn for 0 … n-1 from several goroutines.
func each(n, workers int, fn func(i int) error) error {
	var next atomic.Int64
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && errs[w] == nil; i = int(next.Add(1)) - 1 {
				errs[w] = fn(i)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
