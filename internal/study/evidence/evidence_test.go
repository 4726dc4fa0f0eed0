package evidence

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var opened = time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)

func at(seconds int) int64 { return opened.Add(time.Duration(seconds) * time.Second).UnixMilli() }

func claim() *rapid.Generator[Claim] {
	name := rapid.SampledFrom([]string{"a", "b", "c"})
	interval := rapid.Custom(func(t *rapid.T) Interval {
		return Interval{rapid.Int64Range(-5, 50).Draw(t, "from"), rapid.Int64Range(0, 60).Draw(t, "to")}
	})
	return rapid.Custom(func(t *rapid.T) Claim {
		return Claim{Key: Key{name.Draw(t, "item"), rapid.Int64Range(1, 2).Draw(t, "version"), name.Draw(t, "section")},
			DeviceID: name.Draw(t, "device"), SessionID: name.Draw(t, "session"), At: at(rapid.IntRange(-100, 1000).Draw(t, "at")),
			Millis: rapid.Int64Range(0, 100_000).Draw(t, "millis"), End: rapid.Bool().Draw(t, "end"), Played: rapid.SliceOfN(interval, 0, 4).Draw(t, "played")}
	})
}

func record() *rapid.Generator[Record] {
	return rapid.Custom(func(t *rapid.T) Record {
		var r Record
		for _, c := range rapid.SliceOfN(claim(), 0, 8).Draw(t, "claims") {
			r = Merge(r, c.Record())
		}
		return r
	})
}

// Batches may come twice, late and in any order.
func TestMergeIsAJoin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := record().Draw(t, "a"), record().Draw(t, "b"), record().Draw(t, "c")
		if !Equal(Merge(a, b), Merge(b, a)) {
			t.Fatal("not commutative")
		}
		if !Equal(Merge(Merge(a, b), c), Merge(a, Merge(b, c))) {
			t.Fatal("not associative")
		}
		if !Equal(Merge(a, a), a) || !Equal(Merge(Merge(a, b), b), Merge(a, b)) {
			t.Fatal("not idempotent")
		}
	})
}

// However claims come, the record is the same.
func TestClaimsHaveNoOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		claims := rapid.SliceOfN(claim(), 0, 12).Draw(t, "claims")
		var want, got Record
		for _, c := range claims {
			want = Merge(want, c.Record())
		}
		for _, i := range rapid.Permutation(indexes(len(claims))).Draw(t, "order") {
			got = Merge(Merge(got, claims[i].Record()), claims[i].Record())
		}
		if !Equal(got, want) {
			t.Fatalf("got %+v\nwant %+v", got, want)
		}
	})
}

func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// More evidence never makes less of a member's reading but where it shows that
// too much was claimed.
func TestSpentIsBounded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := record().Draw(t, "record")
		rooms := map[visit]int64{}
		for v, s := range r.spans() {
			rooms[v] = max(s.last-max(s.first, opened.UnixMilli()), 0)
		}
		var room int64
		for _, n := range rooms {
			room += n
		}
		var total, claimed time.Duration
		for i, s := range r.Spent(opened) {
			total += s.Time
			var here time.Duration
			for _, x := range r.Sections[i].Sessions {
				here += time.Duration(x.Millis) * time.Millisecond
			}
			claimed += here
			over := here - s.Time
			if over < 0 || s.Time < 0 || s.Capped != (over > onTheWay && over > here/10) {
				t.Fatalf("%v of %v claimed, capped %v", s.Time, here, s.Capped)
			}
		}
		if total > claimed || total > time.Duration(room)*time.Millisecond {
			t.Fatalf("%v are believed, %v were claimed in %d ms", total, claimed, room)
		}
	})
}

func TestReadingASection(t *testing.T) {
	t.Parallel()
	one := func(session string, seconds int, millis int64, end bool) Claim {
		return Claim{Key: Key{"d", 1, "s"}, DeviceID: "phone", SessionID: session, At: at(seconds), Millis: millis, End: end}
	}
	const syllables = 500 // 24 seconds at the least
	for name, c := range map[string]struct {
		claims []Claim
		read   bool
		capped bool
	}{
		"opened":                                    {[]Claim{one("1", 10, 0, false)}, false, false},
		"to the end at once":                        {[]Claim{one("1", 10, 0, false), one("1", 12, 2_000, true)}, false, false},
		"to the end in time":                        {[]Claim{one("1", 10, 0, false), one("1", 34, 24_000, true)}, true, false},
		"long, and never to the end":                {[]Claim{one("1", 10, 0, false), one("1", 900, 800_000, false)}, false, false},
		"in pieces over shifts":                     {[]Claim{one("1", 10, 0, false), one("1", 24, 12_000, false), one("2", 9000, 0, false), one("2", 9013, 12_000, true)}, true, false},
		"more than the time between its events":     {[]Claim{one("1", 10, 0, false), one("1", 12, 90_000, true)}, false, true},
		"a batch that was late on the way":          {[]Claim{one("1", 10, 0, false), one("1", 69, 60_000, true)}, true, false},
		"one event that claims all":                 {[]Claim{one("1", 10, 90_000, true)}, false, true},
		"sessions side by side on one device":       {[]Claim{one("1", 10, 0, false), one("1", 22, 12_000, false), one("2", 10, 0, false), one("2", 22, 12_000, true)}, false, true},
		"before the drive opened":                   {[]Claim{one("1", -90, 0, false), one("1", 10, 60_000, true)}, false, true},
		"the end before the time, which came later": {[]Claim{one("1", 10, 0, true), one("1", 40, 25_000, false)}, true, false},
	} {
		var r Record
		for _, claim := range c.claims {
			r = Merge(r, claim.Record())
		}
		spent := r.Spent(opened)[0]
		if read := Usual().Read(&r.Sections[0], spent, syllables); read != c.read || spent.Capped != c.capped {
			t.Errorf("%s: read %v, capped %v after %v", name, read, spent.Capped, spent.Time)
		}
	}
}

func TestHearingARecording(t *testing.T) {
	t.Parallel()
	const length = 100 * time.Second
	play := func(end int, parts ...Interval) Record {
		begin := Claim{Key: Key{"m", 1, ""}, DeviceID: "phone", SessionID: "1", At: at(0)}
		all := Claim{Key: begin.Key, DeviceID: "phone", SessionID: "1", At: at(end), Millis: int64(end) * 1000, Played: parts}
		return Merge(begin.Record(), all.Record())
	}
	for name, c := range map[string]struct {
		r    Record
		want bool
	}{
		"all of it":                  {play(100, Interval{0, 100_000}), true},
		"at double speed":            {play(50, Interval{0, 100_000}), true},
		"faster than anybody hears":  {play(20, Interval{0, 100_000}), false},
		"the same minute twice":      {play(120, Interval{0, 60_000}, Interval{0, 60_000}), false},
		"with a gap that is allowed": {play(100, Interval{0, 40_000}, Interval{60_000, 100_000}), true},
		"beyond its end":             {play(200, Interval{90_000, 300_000}), false},
	} {
		if got := Usual().Heard(&c.r.Sections[0], c.r.Spent(opened)[0], length); got != c.want {
			t.Errorf("%s: heard %v", name, got)
		}
	}
}

// What lies in a window goes on by whole sessions, and never shows more than the
// whole does.
func TestWithin(t *testing.T) {
	t.Parallel()
	r := Record{Sections: []Section{
		{Key: Key{ItemID: "document/nq", Version: 1, SectionID: "s1"}, EndAt: 150, Sessions: []Session{
			{DeviceID: "a", SessionID: "truoc", Millis: 5, First: 50, Last: 120}, {DeviceID: "a", SessionID: "trong", Millis: 7, First: 110, Last: 190}}},
		{Key: Key{ItemID: "document/nq", Version: 1, SectionID: "s2"}, EndAt: 60, Sessions: []Session{{DeviceID: "a", SessionID: "sau", Millis: 1, First: 150, Last: 200}}},
		{Key: Key{ItemID: "material/bg", Version: 1}, Played: []Interval{{0, 9}}, Sessions: []Session{
			{DeviceID: "a", SessionID: "1", First: 10, Last: 20}, {DeviceID: "a", SessionID: "2", First: 100, Last: 199}}},
	}}
	want := Record{Sections: []Section{
		{Key: r.Sections[0].Key, EndAt: 150, Sessions: r.Sections[0].Sessions[1:]},
		{Key: r.Sections[2].Key, Sessions: r.Sections[2].Sessions[1:]},
	}}
	if got := r.Within(100, 200); !Equal(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if got := r.Within(0, 1000); !Equal(got, r) {
		t.Errorf("the whole: %+v", got)
	}
}
