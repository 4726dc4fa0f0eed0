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
	users := map[string][]string{} // of a device, each once
	for i := range r.Facts {
		f := &r.Facts[i]
		if perQuestion > 0 && f.Right > 0 && f.Duration < perQuestion*f.Total {
			s := out[f.Member]
			s.Fast++
			out[f.Member] = s
		}
		if f.Device == "" {
			continue
		}
		list := users[f.Device]
		if n := len(list); n == 0 || list[n-1] != f.Member { // facts of a member stand together
			users[f.Device] = append(list, f.Member)
		}
	}
	for _, list := range users {
		if len(list) < 2 {
			continue
		}
		for _, m := range list {
			s := out[m]
			s.SharedWith = max(s.SharedWith, int64(len(list)-1))
			out[m] = s
		}
	}
	return out
}
