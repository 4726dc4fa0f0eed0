package search

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

func everyone(string) bool { return true }

func ids(hits []Hit) []string {
	out := []string{}
	for _, h := range hits {
		out = append(out, h.ID)
	}
	return out
}

func section(id, title, text string) Entry {
	return Entry{Kind: KindSection, ID: id, SectionID: id, Title: title, Text: text}
}

func sample() *Index {
	return Build([]Doc{
		{OwnerID: "nq57", Entries: []Entry{
			{Kind: KindDocument, ID: "doc57", Title: "Nghị quyết số 57-NQ/TW", Text: "Về đột phá phát triển khoa học", TitleOnly: true},
			section("a", "Quan điểm", "Phát triển khoa học, công nghệ là đột phá quan trọng hàng đầu."),
			section("b", "Nhiệm vụ", "Đường lối của Đảng; khoa học và công nghệ. Chủ nghĩa xã hội."),
		}},
		{OwnerID: "kh3", Entries: []Entry{
			section("c", "Tổ chức", "Dưỡng sức dân, làm đương đầu. Xã hội hoà bình, cơ quan thuỷ lợi."),
			section("d", "Kết luận", norm.NFD.String("Đường về nhà. Hoà bình muôn năm.")),
			{Kind: KindQA, ID: "q", Title: "Đảng viên dự bị là ai?", Text: "Là người đã được kết nạp, đang trong thời gian thử thách."},
		}},
	})
}

func TestSearchVietnamese(t *testing.T) {
	t.Parallel()
	x := sample()
	for _, c := range []struct {
		name, query string
		want        []string
		exact       int // how many of the first hits are exact
	}{
		{"without marks all spellings match", "duong", []string{"d", "c", "b"}, 3},
		{"with marks the exact spelling comes first", "đường", []string{"d", "b", "c"}, 2},
		{"decomposed query", norm.NFD.String("đường"), []string{"d", "b", "c"}, 2},
		{"d with stroke is found by d", "dang vien", []string{"q"}, 1},
		{"words may stand apart", "công khoa", []string{"b", "a"}, 2},
		{"all words must occur", "khoa nhà", []string{}, 0},
		{"a phrase must stand in one piece", `"công khoa"`, []string{}, 0},
		{"a phrase in order", `"khoa học"`, []string{"a", "b"}, 2},
		{"a phrase without marks", "“xa hoi”", []string{"c", "b"}, 2},
		{"a phrase and a word", `"khoa học" Đảng`, []string{"b"}, 1},
		{"tone placement does not matter", "hòa bình", []string{"d", "c"}, 2},
		{"nor the other way round", "thủy lợi", []string{"c"}, 1},
		{"a number and symbol", "57-NQ/TW", []string{"doc57"}, 1},
		{"a number and symbol as phrase", `"57 nq tw"`, []string{"doc57"}, 1},
		{"no search by prefix", "ngh", []string{}, 0},
		{"text of a title-only entry is not searched", "về đột phá", []string{}, 0},
		{"a phrase does not reach from title to text", `"quan điểm phát triển"`, []string{}, 0},
		{"title and text together hold the words", "quan điểm phát triển", []string{"a"}, 1},
		{"a quotation never ended is plain words", `"nghệ khoa`, []string{"b", "a"}, 2},
		{"upper case", "ĐẢNG VIÊN DỰ BỊ", []string{"q"}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			hits, next, err := x.Search(Query{Text: c.query, Visible: everyone})
			if err != nil || next != nil {
				t.Fatalf("next %v, error %v", next, err)
			}
			got := ids(hits)
			slices.Sort(got)
			want := slices.Sorted(slices.Values(c.want))
			if !slices.Equal(got, want) {
				t.Fatalf("got %q, want %q", ids(hits), c.want)
			}
			for i, h := range hits {
				if h.Exact != (i < c.exact) {
					t.Errorf("hit %d (%s): exact %v, want the first %d exact", i, h.ID, h.Exact, c.exact)
				}
			}
		})
	}
}

func TestSearchRanks(t *testing.T) {
	t.Parallel()
	x := Build([]Doc{{OwnerID: "o", Entries: []Entry{
		section("apart", "Một", "công tác, cán bộ, công việc"),
		section("once", "Hai", "về công việc của chúng ta, cán bộ"),
		section("piece", "Ba", "bộ máy của cán bộ là máy của bộ"),
		section("title", "Cán bộ", "không có gì"),
		section("folded", "Bốn", "can bo, can bo, can bo"),
	}}})
	hits, _, err := x.Search(Query{Text: "cán bộ", Visible: everyone})
	if err != nil {
		t.Fatal(err)
	}
	if got := ids(hits); got[0] != "title" || got[len(got)-1] != "folded" {
		t.Errorf("got %q, want the title first and the folded match last", got)
	}
}

func TestSearchRefuses(t *testing.T) {
	t.Parallel()
	x := sample()
	for _, c := range []struct {
		query string
		want  error
	}{
		{"", ErrEmptyQuery}, {" \t", ErrEmptyQuery}, {`"" - ,`, ErrEmptyQuery}, {"\u0301", ErrEmptyQuery},
		{strings.Repeat("a ", 17), ErrQueryTooLong}, {strings.Repeat("ạ", 201), ErrQueryTooLong},
	} {
		if _, _, err := x.Search(Query{Text: c.query, Visible: everyone}); !errors.Is(err, c.want) {
			t.Errorf("%q: error %v, want %v", c.query, err, c.want)
		}
	}
	if _, _, err := x.Search(Query{Text: strings.Repeat("a ", 16), Visible: everyone}); err != nil {
		t.Errorf("16 words: %v", err)
	}
}

func TestSearchFiltersKindAndOwner(t *testing.T) {
	t.Parallel()
	x := sample()
	hits, _, err := x.Search(Query{Text: "đảng", Kinds: []Kind{KindQA}, Visible: everyone})
	if err != nil || !slices.Equal(ids(hits), []string{"q"}) {
		t.Errorf("kind qa: %q, %v", ids(hits), err)
	}
	asked := map[string]int{}
	hits, _, err = x.Search(Query{Text: "duong", Visible: func(o string) bool { asked[o]++; return o == "nq57" }})
	if err != nil || !slices.Equal(ids(hits), []string{"b"}) {
		t.Errorf("visible nq57: %q, %v", ids(hits), err)
	}
	if asked["kh3"] != 1 || asked["nq57"] != 1 {
		t.Errorf("Visible was asked %v, want once for each owner", asked)
	}
	if hits, _, _ = x.Search(Query{Text: "duong"}); len(hits) > 0 {
		t.Errorf("without Visible %q came out", ids(hits))
	}
}

func TestSnippet(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("một hai ba bốn ", 100)
	x := Build([]Doc{{OwnerID: "o", Entries: []Entry{
		section("esc", "A", `Nếu a < b & "Đường" thì <script>.`),
		section("far", "B", long+"con Rồng cháu Tiên "+long),
		section("title", "Rắn & rết", "không"),
	}}})
	for _, c := range []struct{ query, want string }{
		{"duong", `Nếu a &lt; b &amp; &#34;<mark>Đường</mark>&#34; thì &lt;script&gt;.`},
		{"rắn", "<mark>Rắn</mark> &amp; rết"},
	} {
		hits, _, err := x.Search(Query{Text: c.query, Visible: everyone})
		if err != nil || len(hits) != 1 || hits[0].Snippet != c.want {
			t.Errorf("%q: %+v, %v; want %q", c.query, hits, err, c.want)
		}
	}
	hits, _, err := x.Search(Query{Text: `"rong chau"`, Visible: everyone})
	if err != nil || len(hits) != 1 {
		t.Fatalf("%v, %v", hits, err)
	}
	got := hits[0].Snippet
	plain := strings.NewReplacer("<mark>", "", "</mark>", "", "…", "").Replace(got)
	if !strings.Contains(got, "con <mark>Rồng</mark> <mark>cháu</mark> Tiên") || !strings.HasPrefix(got, "…") || !strings.HasSuffix(got, "…") {
		t.Errorf("snippet %q", got)
	}
	if n := len([]rune(plain)); n < 120 || n > 160 || !strings.Contains(long+"con Rồng cháu Tiên "+long, plain) {
		t.Errorf("snippet of %d characters: %q", n, got)
	}
}
