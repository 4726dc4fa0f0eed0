package paper

import "strings"

// maxAddress is how many bytes of an address are printed.
const maxAddress = 300

// endLink ends a link. On paper nobody can follow it, so that its address is
// written after it, unless it stands there already.
func (m *markup) endLink() {
	n := len(m.links)
	if n == 0 {
		return
	}
	address := m.links[n-1]
	m.links = m.links[:n-1]
	if address == "" || strings.HasPrefix(address, "#") {
		return
	}
	bare := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(address, "mailto:"), "https://"), "http://"), "/")
	if strings.Contains(m.lastText(), bare) {
		return
	}
	if len(bare) > maxAddress {
		bare = strings.ToValidUTF8(bare[:maxAddress], "") + "…"
	}
	m.runs = append(m.runs, run{" (" + bare + ")", m.look()})
}

// lastText is the end of the paragraph that is open, long enough to hold an
// address.
func (m *markup) lastText() string {
	const enough = 4096
	var out string
	for i := len(m.runs) - 1; i >= max(0, len(m.runs)-8) && len(out) < enough; i-- {
		t := m.runs[i].text
		out = t[max(0, len(t)-enough):] + out
	}
	return out
}
