package study

import (
	"context"
	"fmt"
	"maps"
	"time"

	"sotay/internal/changelog"
	"sotay/internal/fault"
)

// catalogue is what is published. It is never changed.
type catalogue struct {
	drives map[string]*DriveVersion
	// newest is the order of the newest entry of each drive.
	newest map[string]int64
}

// Apply takes new entries of the change log into the catalogue: all of them, or
// none. It implements changelog.Apply.
func (s *Service) Apply(ctx context.Context, entries []changelog.Entry) error {
	old := s.out.Load()
	next := &catalogue{drives: maps.Clone(old.drives), newest: maps.Clone(old.newest)}
	for i := range entries {
		e := &entries[i]
		if e.Kind != KindDrive || e.Order < next.newest[e.ID] {
			continue
		}
		next.newest[e.ID] = e.Order
		delete(next.drives, e.ID)
		if e.Op == changelog.Delete {
			continue
		}
		v, err := s.drives.Version(ctx, e.ID, e.Version)
		if err != nil {
			return fmt.Errorf("drive %s: %w", e.ID, err)
		}
		next.drives[e.ID] = &v
	}
	s.out.Store(next)
	return nil
}

// drive returns a published drive or fault.NotFound.
func (s *Service) drive(id string) (*DriveVersion, error) {
	if v := s.out.Load().drives[id]; v != nil {
		return v, nil
	}
	return nil, fault.NotFound
}

// DriveTitle returns the title of a drive that is out and when it opens; false for
// none.
func (s *Service) DriveTitle(id string) (title string, opensAt time.Time, ok bool) {
	if v := s.out.Load().drives[id]; v != nil {
		return v.Payload.Title, v.Payload.OpensAt, true
	}
	return "", time.Time{}, false
}

// known returns what is out of a drive, or what was last out of it.
func (s *Service) known(ctx context.Context, id string) (*DriveVersion, error) {
	if v, err := s.drive(id); err == nil {
		return v, nil
	}
	i, err := s.drives.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	n := i.LiveVersion
	if n == 0 && i.Live != "" { // withdrawn: a draft may have begun since
		if n = i.Version; i.Draft != "" {
			n--
		}
	}
	v, err := s.drives.Version(ctx, id, n)
	return &v, err
}

// text returns the outline of a version.
func (s *Service) text(ctx context.Context, kind, id string, version int64) (*Text, error) {
	key := fmt.Sprintf("%s/%s/%d", kind, id, version)
	if t, ok := s.texts.Get(key); ok {
		return t, nil
	}
	t := &Text{Version: version}
	var err error
	t.Title, t.Seconds, err = s.Texts.Outline(ctx, kind, id, version, func(section string, syllables int64, hash string) {
		t.Sections = append(t.Sections, Section{ID: section, Syllables: syllables, Hash: hash})
	})
	if err != nil {
		return nil, fmt.Errorf("outline of %s: %w", key, err)
	}
	s.texts.Add(key, t)
	return t, nil
}

// asked returns the outline that a step asks for: of what is out, else of what
// was when the drive was handed in.
func (s *Service) asked(ctx context.Context, t *Step) (*Text, error) {
	kind, id := t.Item()
	if text, err := s.current(ctx, kind, id); text != nil || err != nil {
		return text, err
	}
	return s.text(ctx, kind, id, t.Version)
}

// current returns the outline of what is out of a document or material, nil for
// none.
func (s *Service) current(ctx context.Context, kind, id string) (*Text, error) {
	v := s.Texts.LiveVersion(kind, id)
	if v == 0 {
		return nil, nil
	}
	return s.text(ctx, kind, id, v)
}
