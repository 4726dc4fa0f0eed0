package library

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"sotay/internal/caller"
	"sotay/internal/editorial"
	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/publication"
	"sotay/internal/store"
	"sotay/internal/viet"
)

// Files is what the room needs of a store of files, which names each by its
// content.
type Files interface {
	Put(ctx context.Context, r io.Reader, limit int64) (key string, size int64, err error)
	Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error)
	// PutAt tells when a file was put last, and whether it is there.
	PutAt(ctx context.Context, key string) (at time.Time, ok bool, err error)
	Delete(ctx context.Context, key string) error
	Each(ctx context.Context, fn func(key string, putAt time.Time) error) error
}

// Attachment is a file that a version holds.
type Attachment struct {
	ID        string `bson:"id"`
	Key       string `bson:"key"` // in the store of files
	Name      string `bson:"name"`
	MediaType string `bson:"mediaType"`
	Size      int64  `bson:"size"`
	Title     string `bson:"title"`
	AltText   string `bson:"altText"`
}

// maxAttachments bounds the files of one item.
const maxAttachments = 50

// fileRow says where an attachment belongs. It is written before the draft
// holds the attachment, and taken away when no version does.
type fileRow struct {
	store.Meta `bson:",inline"`
	Key        string     `bson:"key"`
	Kind       string     `bson:"kind"`
	ItemID     string     `bson:"itemId"`
	Version    int64      `bson:"version"` // the first that may hold it
	File       Attachment `bson:"file"`
	CreatedAt  time.Time  `bson:"createdAt"`
}

func fileSchema() *store.Schema {
	return &store.Schema{Name: "files", Indexes: []store.Index{{Name: "key", Fields: []store.Field{{Path: "key", Type: store.String}}}}}
}

func fileIDs(list []Attachment) []string {
	var out []string
	for k := range list {
		out = append(out, list[k].ID)
	}
	return out
}

func attachmentTexts(list []Attachment) []string {
	var out []string
	for k := range list {
		out = append(out, list[k].Name, list[k].Title, list[k].AltText)
	}
	return out
}

// Upload is a file that an editor brings.
type Upload struct {
	Name, Declared, Title, AltText string
	Size                           int64
	Content                        io.ReadSeeker
}

// check finds what the file is, and holds that people are told what it shows.
func (s *Service) checkUpload(u *Upload) (Attachment, error) {
	a := Attachment{ID: ident.New(), Name: u.Name, Size: u.Size, Title: viet.NFC(strings.TrimSpace(u.Title)), AltText: viet.NFC(strings.TrimSpace(u.AltText))}
	if err := s.refuseClassified(texts{lines: []string{a.Name, a.Title, a.AltText}}); err != nil {
		return a, err
	}
	head := make([]byte, sniffed)
	n, err := io.ReadFull(u.Content, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return a, fmt.Errorf("read an upload: %w", err)
	}
	if _, err := u.Content.Seek(0, io.SeekStart); err != nil {
		return a, fmt.Errorf("read an upload: %w", err)
	}
	if a.MediaType, err = mediaTypeOf(head[:n], u.Name, u.Declared); err != nil {
		return a, err
	}
	f := fault.BadInput
	if strings.HasPrefix(a.MediaType, "image/") {
		f = required(f, "/altText", a.AltText)
	} else {
		f = required(f, "/title", a.Title)
	}
	if len(f.Fields) > 0 {
		return a, f
	}
	return a, nil
}

// AttachToDocument puts a file into a document's draft.
func (s *Service) AttachToDocument(ctx context.Context, c *caller.Caller, id string, rev int64, u *Upload) (DocumentItem, error) {
	return attach(ctx, s, s.documents, KindDocument, c, id, rev, u, func(d *Document) *[]Attachment { return &d.Attachments })
}

// AttachToMaterial puts a file into a material's draft.
func (s *Service) AttachToMaterial(ctx context.Context, c *caller.Caller, id string, rev int64, u *Upload) (MaterialItem, error) {
	return attach(ctx, s, s.materials, KindMaterial, c, id, rev, u, func(m *Material) *[]Attachment { return &m.Attachments })
}

// tooMany refuses one more file.
var tooMany = fault.New(fault.Conflict, "too_many_attachments",
	"Đã đủ số tệp đính kèm cho phép.", "There are as many attachments as there may be.")

func attach[P any](ctx context.Context, s *Service, m *publication.Machine[P], kind string, c *caller.Caller, id string, rev int64, u *Upload, files func(*P) *[]Attachment) (item publication.Item[P], err error) {
	// Who may not is told before the file is looked at or kept.
	item, err = m.Get(ctx, id)
	if err != nil {
		return item, err
	}
	if err := s.office.InScope(c, editorial.Editors...)(item.OrgID); err != nil {
		return item, err
	}
	a, err := s.checkUpload(u)
	if err != nil {
		return item, err
	}
	if a.Key, _, err = s.files.Put(ctx, u.Content, u.Size); err != nil {
		return item, err
	}
	version := item.Version
	if item.Draft == "" {
		version++
	}
	row := fileRow{Key: a.Key, Kind: kind, ItemID: id, Version: version, File: a, CreatedAt: s.now()}
	row.ID = a.ID
	if err := s.fileRows.Insert(ctx, &row); err != nil {
		return item, err
	}
	item, err = m.Edit(ctx, s.office.Actor(c, editorial.Editors...), id, rev, func(i *publication.Item[P]) error {
		list := files(&i.Payload)
		if len(*list) >= maxAttachments {
			return tooMany
		}
		if i.Version != version { // published meanwhile
			return publication.StaleRevision
		}
		*list = append(slices.Clone(*list), a)
		return nil
	})
	if err != nil {
		return item, err
	}
	// A file like this one that nobody wanted may have been removed between our
	// putting it and our saying that we want it.
	if _, ok, err := s.files.PutAt(ctx, a.Key); err != nil || ok {
		return item, err
	}
	if _, err := u.Content.Seek(0, io.SeekStart); err != nil {
		return item, err
	}
	_, _, err = s.files.Put(ctx, u.Content, u.Size)
	return item, err
}

// DetachFromDocument takes a file out of a document's draft.
func (s *Service) DetachFromDocument(ctx context.Context, c *caller.Caller, id string, rev int64, fileID string) (DocumentItem, error) {
	return detach(ctx, s, s.documents, c, id, rev, fileID, func(d *Document) *[]Attachment { return &d.Attachments })
}

// DetachFromMaterial takes a file out of a material's draft.
func (s *Service) DetachFromMaterial(ctx context.Context, c *caller.Caller, id string, rev int64, fileID string) (MaterialItem, error) {
	return detach(ctx, s, s.materials, c, id, rev, fileID, func(m *Material) *[]Attachment { return &m.Attachments })
}

// detach leaves the file itself to CleanFiles: a published version may hold it.
func detach[P any](ctx context.Context, s *Service, m *publication.Machine[P], c *caller.Caller, id string, rev int64, fileID string, files func(*P) *[]Attachment) (publication.Item[P], error) {
	return m.Edit(ctx, s.office.Actor(c, editorial.Editors...), id, rev, func(i *publication.Item[P]) error {
		list := files(&i.Payload)
		rest := slices.DeleteFunc(slices.Clone(*list), func(a Attachment) bool { return a.ID == fileID })
		if len(rest) == len(*list) {
			return fault.NotFound
		}
		*list = rest
		return nil
	})
}

// File finds an attachment that the caller may read: one of what is out now
// for them, of an older version that was for them as well, or of a draft in
// their scope.
func (s *Service) File(ctx context.Context, c *caller.Caller, id string) (Attachment, error) {
	row, err := s.fileRows.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Attachment{}, notYours
	}
	if err != nil {
		return Attachment{}, err
	}
	cat := s.catalogue.Load()
	if row.Kind == KindDocument {
		var live *standingFiles
		if d := cat.documents[row.ItemID]; d != nil {
			live = &standingFiles{d.Version, d.files, d.visibility.Admits(c.Identity)}
		}
		return row.File, mayRead(ctx, s, s.documents, c, &row, live, func(d *Document) []Attachment { return d.Attachments })
	}
	var live *standingFiles
	if m := cat.materials[row.ItemID]; m != nil {
		live = &standingFiles{m.Version, m.files, m.visibility.Admits(c.Identity)}
	}
	return row.File, mayRead(ctx, s, s.materials, c, &row, live, func(m *Material) []Attachment { return m.Attachments })
}

// standingFiles is what the catalogue knows of the files of what is out.
type standingFiles struct {
	version int64
	files   []string
	admits  bool
}

func mayRead[P any](ctx context.Context, s *Service, m *publication.Machine[P], c *caller.Caller, row *fileRow, live *standingFiles, files func(*P) []Attachment) error {
	if live != nil && live.admits && slices.Contains(live.files, row.ID) {
		return nil
	}
	if live != nil && live.admits && row.Version < live.version {
		v, err := m.Version(ctx, row.ItemID, row.Version)
		if err != nil && !errors.Is(err, fault.NotFound) {
			return err
		}
		if err == nil && slices.Contains(fileIDs(files(&v.Payload)), row.ID) && v.Visibility.Admits(c.Identity) {
			return nil
		}
	}
	if !c.Has(editorial.Publishers...) {
		return notYours
	}
	item, err := editorial.Item(ctx, &s.office, m, c, row.ItemID)
	if err != nil {
		return err
	}
	if !slices.Contains(fileIDs(files(&item.Payload)), row.ID) {
		return notYours
	}
	return nil
}

// OpenFile reads a part of an attachment; a negative length reads to the end.
// The context must live as long as the reading.
func (s *Service) OpenFile(ctx context.Context, a *Attachment, offset, length int64) (io.ReadCloser, error) {
	return s.files.Open(ctx, a.Key, offset, length)
}
