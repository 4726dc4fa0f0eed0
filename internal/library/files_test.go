package library

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"sotay/internal/audience"
	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/editorial"
	"sotay/internal/fault"
)

// memoryFiles is a store of files for tests.
type memoryFiles struct {
	now   clock.Now
	files map[string][]byte
	at    map[string]time.Time
}

func newMemoryFiles(now clock.Now) *memoryFiles {
	return &memoryFiles{now: now, files: map[string][]byte{}, at: map[string]time.Time{}}
}

func (m *memoryFiles) Put(_ context.Context, r io.Reader, limit int64) (string, int64, error) {
	b, err := io.ReadAll(r)
	if err != nil || int64(len(b)) > limit {
		return "", 0, errors.Join(err, errors.New("too large"))
	}
	sum := sha256.Sum256(b)
	key := hex.EncodeToString(sum[:])
	m.files[key], m.at[key] = b, m.now()
	return key, int64(len(b)), nil
}

func (m *memoryFiles) Open(_ context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	b, ok := m.files[key]
	if !ok {
		return nil, errors.New("no such file")
	}
	b = b[offset:]
	if length >= 0 {
		b = b[:length]
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

func (m *memoryFiles) PutAt(_ context.Context, key string) (time.Time, bool, error) {
	at, ok := m.at[key]
	return at, ok, nil
}

func (m *memoryFiles) Delete(_ context.Context, key string) error {
	delete(m.files, key)
	delete(m.at, key)
	return nil
}

func (m *memoryFiles) Each(_ context.Context, fn func(string, time.Time) error) error {
	for _, key := range slices.Sorted(maps.Keys(m.files)) {
		if err := fn(key, m.at[key]); err != nil {
			return err
		}
	}
	return nil
}

func pdf(name, content string) *Upload {
	body := "%PDF-1.7\n" + content
	return &Upload{Name: name, Declared: "application/pdf", Title: "Phụ lục", Size: int64(len(body)), Content: strings.NewReader(body)}
}

func (f *fixture) attach(t *testing.T, id string, u *Upload) Attachment {
	t.Helper()
	i, err := f.AttachToDocument(t.Context(), f.editor, id, 0, u)
	if err != nil {
		t.Fatal(err)
	}
	return i.Payload.Attachments[len(i.Payload.Attachments)-1]
}

// Who may read an attachment: those of the versions that hold it, and of a
// draft its editors.
func TestWhoMayReadFiles(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t))
	a, b := who("m1", "a"), who("m2", "b")
	onlyA := audience.Visibility{Kind: audience.Orgs, OrgIDs: []string{"a"}}
	i, err := f.CreateDocument(t.Context(), f.editor, "root", input("có tệp", onlyA))
	if err != nil {
		t.Fatal(err)
	}
	file := f.attach(t, i.ID, pdf("a.pdf", "một"))
	may := func(want bool, id string, who *caller.Caller) {
		t.Helper()
		_, err := f.File(t.Context(), who, id)
		if want != (err == nil) || err != nil && !errors.Is(err, fault.NotFound) {
			t.Errorf("%s reads %s: %v, want %v", who.MemberID, id, err, want)
		}
	}
	stranger := who("e2", "b", caller.Editor)
	stranger.Roles[0].OrgID = "b"
	may(true, file.ID, f.editor)
	may(true, file.ID, f.approver)
	may(false, file.ID, a)
	may(false, file.ID, stranger)
	f.step(t, i.ID, editorial.Submit, editorial.Approve, editorial.Publish)
	may(true, file.ID, a)
	may(false, file.ID, b)
	// The next version drops it: it stays with version 1, for who may see that.
	if _, err := f.DetachFromDocument(t.Context(), f.editor, i.ID, 0, file.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := f.DetachFromDocument(t.Context(), f.editor, i.ID, 0, file.ID); !errors.Is(err, fault.NotFound) {
		t.Errorf("taken out twice: %v", err)
	}
	f.out(t, i.ID, "không tệp", audience.Everyone())
	may(true, file.ID, a)
	may(false, file.ID, b)
	f.step(t, i.ID, editorial.Withdraw)
	may(false, file.ID, a)
	may(false, "khong-co", a)
}

// What nobody refers to is removed when its time has passed, and nothing else.
func TestCleanFiles(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t))
	files := f.files.(*memoryFiles)
	now := f.now()
	clock := func() time.Time { return now }
	f.now, files.now = clock, clock
	id := f.out(t, "", "có tệp", audience.Everyone())
	kept := f.attach(t, id, pdf("a.pdf", "giữ"))
	f.step(t, id, editorial.Submit, editorial.Approve, editorial.Publish)
	again := f.attach(t, id, pdf("b.pdf", "giữ")) // the same content
	dropped := f.attach(t, id, pdf("c.pdf", "bỏ"))
	for _, x := range []string{again.ID, dropped.ID, kept.ID} { // the last stays with its version
		if _, err := f.DetachFromDocument(t.Context(), f.editor, id, 0, x); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := files.Put(t.Context(), strings.NewReader("của một lần tải bị đứt"), 100); err != nil {
		t.Fatal(err)
	}
	draft := f.attach(t, id, pdf("d.pdf", "bản thảo"))
	clean := func(want int) {
		t.Helper()
		if n, err := f.CleanFiles(t.Context()); err != nil || n != want {
			t.Errorf("%d files removed, %v, want %d", n, err, want)
		}
	}
	clean(0)
	now = now.Add(25 * time.Hour)
	fresh, _, _ := files.Put(t.Context(), strings.NewReader("đang tải lên"), 100)
	clean(2)
	clean(0)
	var left []string
	for key := range files.files {
		left = append(left, key)
	}
	want := []string{kept.Key, draft.Key, fresh}
	slices.Sort(left)
	if slices.Sort(want); !slices.Equal(left, want) {
		t.Errorf("left are %v, want %v", left, want)
	}
	if _, err := f.File(t.Context(), who("m", "a"), kept.ID); err != nil {
		t.Errorf("the file of version 2: %v", err)
	}
}

func TestWhatFilesAreTaken(t *testing.T) {
	t.Parallel()
	const png, jpg, mp4 = "\x89PNG\r\n\x1a\n0123456789", "\xff\xd8\xff\xe0 0123456789abc", "\x00\x00\x00\x20ftypisom\x00\x00\x02\x00"
	for _, c := range []struct{ name, declared, head, want string }{
		{"a.pdf", "application/pdf", "%PDF-1.4 0123456789", "application/pdf"}, {"A.PDF", "", "%PDF-", "application/pdf"},
		{"a.jpeg", "image/jpeg", jpg, "image/jpeg"}, {"a.jpg", "image/jpg", jpg, "image/jpeg"}, {"a.png", "application/octet-stream", png, "image/png"},
		{"a.webp", "image/webp", "RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"}, {"a.mp3", "audio/mpeg", "ID3\x04 0123456789ab", "audio/mpeg"},
		{"a.mp3", "audio/mp3", "\xff\xfb\x90\x64 0123456789ab", "audio/mpeg"}, {"a.m4a", "audio/x-m4a", mp4, "audio/mp4"}, {"a.mp4", "video/mp4", mp4, "video/mp4"},
		{"a.ogg", "audio/ogg", "OggS\x00 0123456789ab", "audio/ogg"},
		{"a.svg", "image/svg+xml", "<svg xmlns=...", ""}, {"a.html", "text/html", "<!doctype html>", ""}, {"a.pdf", "", "<html>%PDF-", ""},
		{"a.png", "image/png", jpg, ""}, {"a.png", "text/html", png, ""}, {"a.pdf", "image/png", "%PDF-1.4", ""}, {"a", "application/pdf", "%PDF-1.4", ""},
		{"a.pdf.exe", "application/pdf", "%PDF-1.4", ""}, {"a.mp4", "video/mp4", "\x00\x00\x00\x20ftypheic\x00\x00\x02\x00", ""}, {"a.mp3", "", "", ""},
		{"a.zip", "application/zip", "PK\x03\x04", ""},
	} {
		got, err := mediaTypeOf([]byte(c.head), c.name, c.declared)
		if got != c.want || (err != nil) != (c.want == "") || err != nil && len(fault.As(err).Fields) != 1 {
			t.Errorf("%s declared %q with %.10q: %q, %v", c.name, c.declared, c.head, got, err)
		}
	}
}

func TestRefusedUploadsLeaveNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t))
	id := f.out(t, "", "có tệp", audience.Everyone())
	image := pdf("a.png", "")
	image.Content, image.Declared = strings.NewReader("\x89PNG\r\n\x1a\n0123456789"), "image/png"
	for name, c := range map[string]struct {
		change func(*Upload)
		by     *caller.Caller
		want   string
	}{
		"no title":        {func(u *Upload) { u.Title = "  " }, f.editor, "invalid_request"},
		"no altText":      {func(u *Upload) { *u = *image }, f.editor, "invalid_request"},
		"secret by name":  {func(u *Upload) { u.Name = "TUYỆT MẬT.pdf" }, f.editor, "classified_document"},
		"secret by title": {func(u *Upload) { u.Title = "TUYỆT MẬT" }, f.editor, "classified_document"},
		"a script":        {func(u *Upload) { u.Content = strings.NewReader("<script>") }, f.editor, "unsupported_file"},
		"a stranger":      {func(*Upload) {}, who("m", "a"), "not_found"},
	} {
		u := pdf("a.pdf", "x")
		c.change(u)
		_, err := f.AttachToDocument(t.Context(), c.by, id, 0, u)
		if got := fault.As(err); got == nil || got.Code != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if _, err := f.AttachToDocument(t.Context(), f.editor, id, 99, pdf("a.pdf", "x")); fault.As(err) == nil {
		t.Errorf("an older revision: %v", err)
	}
	if n := len(f.files.(*memoryFiles).files); n != 1 { // of the last, which will be cleaned away
		t.Errorf("%d files are kept", n)
	}
	if i, _ := f.EditorDocument(t.Context(), f.editor, id); len(i.Payload.Attachments) != 0 || i.Draft != "" {
		t.Errorf("the draft is %+v", i.Payload.Attachments)
	}
}
