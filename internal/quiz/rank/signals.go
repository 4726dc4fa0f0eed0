package rank

// Signal is something about a person's attempts that a reviewer should look at.
// It is never a judgement: a family shares a phone, and some know it all.
type Signal struct {
	// SharedWith is how many others used a device that this person used too.
	SharedWith int64
	// Fast is how many attempts with something right took less time than it
	// takes to read the questions.
	Fast int64
}

// Signals returns what a reviewer should look at, by member. perQuestion is the
// least time that a question takes in milliseconds, 0 for not looking.
func (r *Ranking) Signals(perQuestion int64) map[string]Signal {
	out := map[string]Signal{}
	type users struct {
		last  string // facts of a member stand together
		count int64
	}
	devices := make(map[string]users, len(r.Places))
	for i := range r.Facts {
		f := &r.Facts[i]
		if perQuestion > 0 && f.Right > 0 && f.Duration < perQuestion*f.Total {
			s := out[f.Member]
			s.Fast++
			out[f.Member] = s
		}
		if u := devices[f.Device]; f.Device != "" && u.last != f.Member {
			devices[f.Device] = users{f.Member, u.count + 1}
		}
	}
	for i := range r.Facts {
		f := &r.Facts[i]
		if u := devices[f.Device]; u.count > 1 {
			s := out[f.Member]
			s.SharedWith = max(s.SharedWith, u.count-1)
			out[f.Member] = s
		}
	}
	return out
}
