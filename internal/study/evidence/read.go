package evidence

import "time"

// Rules say what counts as having read, listened and watched. They are data.
type Rules struct {
	// SyllablesPerMinute is a fast reader's pace; Percent of the time that it
	// takes must have been spent.
	SyllablesPerMinute, Percent int64
	// PlayedPercent is how much of a recording must have been played, and
	// FastestPercent how fast, of its own speed.
	PlayedPercent, FastestPercent int64
}

// Usual has 40 per cent of a pace of 500 syllables a minute, and four fifths of
// a recording at no more than double speed.
func Usual() Rules {
	return Rules{SyllablesPerMinute: 500, Percent: 40, PlayedPercent: 80, FastestPercent: 200}
}

// Floor is the least time in which so many syllables can have been read.
func (r Rules) Floor(syllables int64) time.Duration {
	if r.SyllablesPerMinute <= 0 {
		return 0
	}
	return time.Duration(syllables*r.Percent) * time.Minute / time.Duration(100*r.SyllablesPerMinute)
}

// Spent is the time on a section that can be believed.
type Spent struct {
	Time time.Duration
	// Capped says that clearly more was claimed than that: batches take their time
	// on the way, which is nobody's fault.
	Capped bool
}

// onTheWay is how much may be over for reasons of the network, beside a tenth.
const onTheWay = 5 * time.Second

// visit names a session of a device.
type visit struct{ device, session string }

// span is what a session did over all sections.
type span struct {
	first, last int64
	claimed     int64
}

// spans are the sessions of the record.
func (r *Record) spans() map[visit]span {
	out := map[visit]span{}
	for i := range r.Sections {
		for _, s := range r.Sections[i].Sessions {
			v := visit{s.DeviceID, s.SessionID}
			x, there := out[v]
			if !there {
				x = span{first: s.First, last: s.Last}
			}
			x.first, x.last, x.claimed = min(x.first, s.First), max(x.last, s.Last), x.claimed+s.Millis
			out[v] = x
		}
	}
	return out
}

// Spent returns the time on each section that can be believed, in their order.
// A session that claims more than the time between its events, or since the
// drive opened, has its sections share what there is; so have the sessions of a
// device that claim more together than the time in which any of them ran.
func (r *Record) Spent(opened time.Time) []Spent {
	spans := r.spans()
	shares := shares(spans, opened.UnixMilli())
	out := make([]Spent, len(r.Sections))
	for i := range r.Sections {
		var claimed time.Duration
		for _, s := range r.Sections[i].Sessions {
			claimed += time.Duration(s.Millis) * time.Millisecond
			out[i].Time += time.Duration(float64(s.Millis)*shares[visit{s.DeviceID, s.SessionID}]) * time.Millisecond
		}
		over := claimed - out[i].Time
		out[i].Capped = over > onTheWay && over > claimed/10
	}
	return out
}

// shares are the parts of what each session claims that can be believed.
func shares(spans map[visit]span, from int64) map[visit]float64 {
	type device struct {
		ran      []Interval
		believed int64
	}
	devices := map[string]*device{}
	out := map[visit]float64{}
	for v, x := range spans {
		begin := max(x.first, from)
		room := max(x.last-begin, 0)
		out[v] = 1
		if x.claimed > room {
			out[v] = float64(room) / float64(x.claimed)
		}
		if devices[v.device] == nil {
			devices[v.device] = &device{}
		}
		d := devices[v.device]
		d.ran, d.believed = append(d.ran, Interval{begin, x.last}), d.believed+min(x.claimed, room)
	}
	for v := range spans {
		d := devices[v.device]
		var ran int64
		for _, i := range union(d.ran, nil) {
			ran += i.To - i.From
		}
		if d.believed > ran {
			out[v] *= float64(ran) / float64(d.believed)
		}
	}
	return out
}

// Read tells whether a section with so many syllables was read: its end was
// reached, and the time that can be believed is enough.
func (r Rules) Read(s *Section, spent Spent, syllables int64) bool {
	return s.EndAt > 0 && spent.Time >= r.Floor(syllables)
}

// Heard tells whether a recording was played: enough of it, and no faster than
// anybody listens.
func (r Rules) Heard(s *Section, spent Spent, length time.Duration) bool {
	var played int64
	for _, i := range s.Played {
		played += max(min(i.To, length.Milliseconds())-max(i.From, 0), 0)
	}
	return played*100 >= length.Milliseconds()*r.PlayedPercent && played*100 <= spent.Time.Milliseconds()*r.FastestPercent
}
