package rank

// Unit is what an organisation's members did in a round.
type Unit struct {
	ID                           string
	People, Attempts, AllCorrect int64
}

// Units counts by the organisation of the attempts that count. A person is
// counted once, with all attempts, where the one that counts was made.
func (r *Ranking) Units() map[string]Unit {
	out := map[string]Unit{}
	for i := range r.Places {
		p := &r.Places[i]
		u := out[p.Unit]
		u.ID = p.Unit
		u.People++
		u.Attempts += p.Attempts
		if p.AllRight {
			u.AllCorrect++
		}
		out[p.Unit] = u
	}
	return out
}
