package directory

import (
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/secret"
	"sotay/internal/viet"
)

// Who acts: a caller of the API, or nil for the command line and the seed,
// which may do everything.

func actorID(who *caller.Caller) string {
	if who == nil {
		return ""
	}
	return who.MemberID
}

// covers tells whether somebody holds one of the roles over a path.
func covers(who *caller.Caller, path []string, roles ...caller.RoleName) bool {
	return path != nil && (who == nil || who.Covers(path, roles...))
}

// madeID is the id of what a request makes: always the same for one caller,
// kind of request and Idempotency-Key, a new one without a key.
func madeID(who *caller.Caller, route, key string) string {
	if key == "" {
		return ident.New()
	}
	return ident.Derive("request", actorID(who), route, key)
}

// request stands for what was asked, under a key: it may have held a citizen
// id.
func (k keys) request(in any) string {
	b, _ := json.Marshal(in) // plain structs of strings
	return hex.EncodeToString(k.secret.Hash(secret.Requests, b))
}

// listName binds a cursor to its list and filters.
func listName(list string, filter any) string {
	b, _ := json.Marshal(filter) // plain strings
	return list + string(b)
}

// goOn reads where a list goes on into a value; "" leaves it at the beginning.
func (s *Service) goOn(list, cursor string, into any) error {
	if cursor == "" {
		return nil
	}
	b, err := s.pages.Open(list, cursor)
	if err != nil {
		return err
	}
	if json.Unmarshal(b, into) != nil {
		return fault.BadCursor
	}
	return nil
}

func actAudit(a *Act) map[string]string {
	ids := make([]string, 0, len(a.Changes))
	for i := range a.Changes {
		if len(ids) < 20 {
			ids = append(ids, a.Changes[i].OrgID)
		}
	}
	return audit.Args(a.At, a.By, "org."+a.Kind, "orgact/"+a.ID, map[string]string{"on": a.On, "orgs": strings.Join(ids, ",")})
}

// tidy is text from outside as it is stored.
func tidy(s string) string { return viet.NFC(strings.TrimSpace(viet.Seen(s))) }

// The checks of input; each adds what is wrong to a fault.

func needText(f *fault.Fault, pointer, value string) *fault.Fault {
	if value == "" {
		return f.At(pointer, "required", "Không được để trống.", "It may not be empty.")
	}
	return f
}

func needDay(f *fault.Fault, pointer, day string, must bool) *fault.Fault {
	if day == "" && !must {
		return f
	}
	if t, err := time.Parse(time.DateOnly, day); err != nil || t.Year() < 1900 || t.Year() > 2200 {
		return f.At(pointer, "invalid_date", "Cần ngày có thật theo dạng YYYY-MM-DD.", "It must be a real day as YYYY-MM-DD.")
	}
	return f
}

func needOneOf(f *fault.Fault, pointer, value string, list []string) *fault.Fault {
	if !slices.Contains(list, value) {
		return f.At(pointer, "unknown", "Giá trị không có trong danh mục: "+strings.Join(list, ", ")+".", "It must be one of "+strings.Join(list, ", ")+".")
	}
	return f
}

func faultOrNil(f *fault.Fault) error {
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}
