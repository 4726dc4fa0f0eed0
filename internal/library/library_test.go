package library

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"sotay/internal/audience"
	"sotay/internal/caller"
	"sotay/internal/editorial"
	"sotay/internal/fault"
)

func TestSectionIDsSurviveEdits(t *testing.T) {
	t.Parallel()
	var next int64
	first := assignSections(nil, []Section{
		{Label: "I", Heading: "Bối cảnh", HTML: "<p>một hai ba bốn</p>"},
		{Label: "II", Heading: "Nhiệm vụ", HTML: "<p>năm sáu bảy tám chín</p>"},
		{Heading: "", HTML: "<p>lời dẫn của người biên soạn cho cả tài liệu</p>"},
	}, &next)
	ids := func(s []Section) (out []string) {
		for _, x := range s {
			out = append(out, x.ID)
		}
		return out
	}
	if got := ids(first); !reflect.DeepEqual(got, []string{"s1", "s2", "s3"}) {
		t.Fatalf("got %v", got)
	}
	second := assignSections(first, []Section{
		{HTML: "<p>lời dẫn của người biên soạn cho cả tài liệu này</p>"},               // same words
		{Label: "I", Heading: "Mục mới hẳn", HTML: "<p>không giống</p>", ID: "chen"},   // given id
		{Label: "II", Heading: "BỐI CẢNH", HTML: "<p>khác hẳn</p>"},                    // same heading
		{Label: "III", Heading: "Nhiệm vụ, giải pháp", HTML: "<p>năm sáu bảy tám</p>"}, // same text
		{Heading: "Thêm", HTML: "<p>xyz</p>"},                                          // new
	}, &next)
	if got := ids(second); !reflect.DeepEqual(got, []string{"s3", "chen", "s1", "s2", "s4"}) {
		t.Fatalf("got %v", got)
	}
	third := assignSections(second, []Section{{Heading: "Thêm nữa", HTML: "<p>uvw</p>"}}, &next)
	if got := ids(third); !reflect.DeepEqual(got, []string{"s5"}) {
		t.Fatalf("an id came back: %v", got)
	}
}

func TestNumberIsUniqueByIssuerTypeNumberAndDate(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t))
	make := func(number, typ, issuer, day string) error {
		in := input("x", audience.Everyone())
		in.Number, in.Type, in.Issuer, in.IssuedOn = &number, &typ, &issuer, &day
		_, err := f.CreateDocument(t.Context(), f.editor, "root", in)
		return err
	}
	if err := make("01-HD/TW", "guidance", "Ban Bí thư", "2016-09-20"); err != nil {
		t.Fatal(err)
	}
	for _, ok := range [][4]string{
		{"01-HD/TW", "guidance", "Ban Bí thư", "2021-09-28"}, // another term
		{"01-QĐ/TW", "decision", "Ban Bí thư", "2016-09-20"},
		{"01-QĐ/TW", "regulation", "Ban Bí thư", "2016-09-20"}, // the symbol does not fix the type
		{"", "guidance", "Ban Bí thư", "2016-09-20"},
		{"", "guidance", "Ban Bí thư", "2016-09-20"},
	} {
		if err := make(ok[0], ok[1], ok[2], ok[3]); err != nil {
			t.Errorf("%v: %v", ok, err)
		}
	}
	for _, clash := range [][4]string{
		{"1 - HD/TW", "guidance", "ban bí thư", "2016-09-20"},
		{"số: 01–HD/TW", "guidance", "BAN BI THU", "2016-09-20"},
	} {
		if err := make(clash[0], clash[1], clash[2], clash[3]); !errors.Is(err, numberTaken) {
			t.Errorf("%v: %v", clash, err)
		}
	}
}

func TestNothingClassifiedIsKept(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t))
	in := input("tên không được giữ", audience.Everyone())
	in.Secrecy = ptr("Mật")
	if _, err := f.CreateDocument(t.Context(), f.editor, "root", in); !errors.Is(err, classifiedDocument) {
		t.Fatalf("got %v", err)
	}
	in = input("tên không được giữ", audience.Everyone())
	in.Sections = &[]Section{{Heading: "x", HTML: "<p>TUYỆT MẬT</p>"}}
	if _, err := f.CreateDocument(t.Context(), f.editor, "root", in); !errors.Is(err, classifiedDocument) {
		t.Fatalf("got %v", err)
	}
	list, _, err := f.EditorDocuments(t.Context(), f.editor, "", "", 10)
	if err != nil || len(list) > 0 {
		t.Fatalf("kept %d items, %v", len(list), err)
	}
}

func TestNothingEmptyIsSubmitted(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t))
	in := input("trống", audience.Everyone())
	in.Sections = nil
	i, err := f.CreateDocument(t.Context(), f.editor, "root", in)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.StepDocument(t.Context(), f.editor, i.ID, editorial.Submit, 0, ""); !errors.Is(err, empty) {
		t.Errorf("got %v", err)
	}
}

func TestScope(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t, openEngine(t)), t.Context()
	small := who("small", "a")
	small.Roles = []caller.Role{{Name: caller.Editor, OrgID: "a"}}
	id := f.out(t, "", "của tỉnh", audience.Everyone())
	if _, err := f.CreateDocument(ctx, small, "b", input("x", audience.Everyone())); !errors.Is(err, editorial.OutOfScope) {
		t.Errorf("create in another unit: %v", err)
	}
	if _, err := f.EditorDocument(ctx, small, id); !errors.Is(err, fault.NotFound) {
		t.Errorf("read: %v", err)
	}
	if _, err := f.UpdateDocument(ctx, small, id, 0, input("x", audience.Everyone())); !errors.Is(err, fault.NotFound) {
		t.Errorf("update: %v", err)
	}
	if _, err := f.StepDocument(ctx, small, id, editorial.Withdraw, 0, "x"); !errors.Is(err, fault.NotFound) {
		t.Errorf("withdraw: %v", err)
	}
	if _, err := f.StepDocument(ctx, f.approver, id, editorial.Submit, 0, ""); !errors.Is(err, fault.NotFound) {
		t.Errorf("an approver submits: %v", err)
	}
	if list, _, err := f.EditorDocuments(ctx, small, "", "", 10); err != nil || len(list) != 0 {
		t.Errorf("list: %d items, %v", len(list), err)
	}
	mine, err := f.CreateDocument(ctx, small, "a", input("của phường", audience.Visibility{Kind: audience.Orgs, OrgIDs: []string{"a"}}))
	if err != nil {
		t.Fatal(err)
	}
	if list, _, err := f.EditorDocuments(ctx, small, "draft", "", 10); err != nil || len(list) != 1 || list[0].ID != mine.ID {
		t.Errorf("list: %v %v", list, err)
	}
}

func TestDocumentsListIsPagedInEveryOrder(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t))
	for n := range 9 {
		in := input(fmt.Sprintf("Kế hoạch số %c", 'i'-n), audience.Everyone())
		in.IssuedOn = ptr(fmt.Sprintf("2026-01-%02d", 1+n%4))
		i, err := f.CreateDocument(t.Context(), f.editor, "root", in)
		if err != nil {
			t.Fatal(err)
		}
		f.step(t, i.ID, editorial.Submit, editorial.Approve, editorial.Publish)
	}
	m := who("m", "a")
	for _, sort := range []string{"", SortNewest, SortOldest, SortTitle, SortPublished} {
		whole, next, err := f.Documents(m, DocumentFilter{Sort: sort}, "", 100)
		if err != nil || next != nil || len(whole) != 9 {
			t.Fatalf("%s: %d, %v", sort, len(whole), err)
		}
		var paged []DocumentSummary
		cursor := ""
		for pages := 0; ; pages++ {
			part, next, err := f.Documents(m, DocumentFilter{Sort: sort}, cursor, 2)
			if err != nil || pages > 9 {
				t.Fatal(sort, err)
			}
			if pages == 1 { // an insert does not move what follows
				f.out(t, "", "zzz chen vào", audience.Visibility{Kind: audience.Roles, Roles: []string{"admin"}})
			}
			paged = append(paged, part...)
			if next == nil {
				break
			}
			cursor = *next
		}
		if !reflect.DeepEqual(paged, whole) {
			t.Errorf("%s: pages give %d items in another order", sort, len(paged))
		}
		if _, _, err := f.Documents(m, DocumentFilter{Sort: sort, Type: "plan"}, cursor, 2); !errors.Is(err, fault.BadCursor) {
			t.Errorf("%s: a cursor of another filter was taken: %v", sort, err)
		}
	}
	if got, _, _ := f.Documents(m, DocumentFilter{Q: "ke hoach so e"}, "", 10); len(got) != 1 {
		t.Errorf("search in the list found %d", len(got))
	}
}

// The index may be folded at any moment: nothing that was published meanwhile
// is lost.
func TestCompactionLosesNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t))
	var last string
	for n := range compactAt + 5 {
		last = f.out(t, "", fmt.Sprintf("văn bản thứ %d", n), audience.Everyone())
	}
	done := make(chan struct{})
	go func() { defer close(done); f.compact() }()
	f.out(t, last, "bản cuối cùng", audience.Everyone())
	<-done
	f.compact()
	if n := f.catalogue.Load().index.Overlay(); n > compactAt {
		t.Errorf("%d texts beside the base", n)
	}
	hits, _, err := f.Search(who("m", "a"), "ban cuoi cung", []string{"document"}, "", 10)
	if err != nil || len(hits) != 1 || hits[0].DocumentID != last {
		t.Errorf("found %v, %v", hits, err)
	}
	if hits, _, _ := f.Search(who("m", "a"), fmt.Sprintf(`"van ban thu %d"`, compactAt+4), nil, "", 10); len(hits) != 0 {
		t.Errorf("the old version is still found: %v", hits)
	}
}
