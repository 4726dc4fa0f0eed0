package e2e

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"sotay/internal/httpapi/contract"
)

// guestRole is nobody; the other roles of the table are accounts.
const guestRole = "guest"

var roles = []string{guestRole, member, exempt, enterprise, secretary, secretary2, editor, wardEditor, approver, leader, inspector, admin}

// call is one request of the table.
type call struct {
	path    string
	body    any
	headers []string
	token   string // instead of the role's prepared one
}

// rule says what each role gets of an operation.
type rule struct {
	call func(t *testing.T, w *cast, role string) call
	want map[string]int
}

// everybody get the same.
func everybody(status int) map[string]int {
	out := map[string]int{}
	for _, r := range roles {
		out[r] = status
	}
	return out
}

// signedIn is for all but guests.
func signedIn(status int) map[string]int {
	out := everybody(status)
	out[guestRole] = 401
	return out
}

// only is for the roles named: pairs of role and status; others get 403.
func only(status map[string]int) map[string]int {
	out := signedIn(403)
	for r, s := range status {
		out[r] = s
	}
	return out
}

// The rows of operations that editors have, in whose scope the item is not for
// the ward's editor.
var (
	byEditors   = map[string]int{editor: 200, wardEditor: 404}
	byApprovers = map[string]int{approver: 200}
	byEither    = map[string]int{editor: 200, wardEditor: 404, approver: 200}
	byLists     = map[string]int{editor: 200, wardEditor: 200, approver: 200}
)

// cast is a server with what the table's calls need.
type cast struct {
	*server
	documents, materials desk
	sample               string // a published document that all may see
	sampleFile           string // its attachment
	sampleMaterial       string
	sampleQuestion       string // in the bank
	sampleQuiz           string // one that all may sit
	otherQuiz            string // and one that nobody has begun
	leasedQuiz           string // and one that may be leased
	sampleContest        string
	rankedContest        string // its result is released
	sampleDrive          string // open, its roll taken down
	sampleCompletion     string // in it, recorded on behalf
	sampleFreeze         string // of it
	sampleEnterprise     string // at which a member on its roll works
	made                 int
}

func newCast(t *testing.T, s *server) *cast {
	t.Helper()
	w := &cast{server: s, documents: s.desk(t, "documents"), materials: s.desk(t, "materials")}
	w.sample = w.documents.create(t, document("Văn bản của bảng vai trò")).ID
	w.sampleFile = w.documents.attach(t, w.sample, pdfForm("Phụ lục")).Id
	w.documents.approve(t, w.sample)
	w.documents.publish(t, w.sample)
	w.sampleMaterial = w.materials.release(t, material("Tài liệu của bảng vai trò", w.sample)).ID
	w.quizCast(t)
	w.contestCast(t)
	w.driveCast(t)
	return w
}

func (w *cast) desk(kind string) desk {
	switch kind {
	case "documents":
		return w.documents
	case "materials":
		return w.materials
	}
	return desk{kind: kind, editor: w.documents.editor, approver: w.documents.approver}
}

// in makes an item in a state.
func (w *cast) in(t *testing.T, kind, state string) item {
	t.Helper()
	w.made++
	d, title := w.desk(kind), fmt.Sprintf("Mục số %d", w.made)
	i := d.create(t, w.draftOf(kind, title))
	switch state {
	case "submitted":
		d.editor.do(t, "POST", d.path(i.ID, "submit"), nil).want(t, 200)
	case "approved":
		d.approve(t, i.ID)
	case "published":
		d.approve(t, i.ID)
		d.publish(t, i.ID)
	}
	return i
}

// at is a call of a fixed path.
func at(path string) func(*testing.T, *cast, string) call {
	return func(*testing.T, *cast, string) call { return call{path: path} }
}

// reads is a call that puts an id of the cast in a path.
func reads(path string, id func(*cast) string) func(*testing.T, *cast, string) call {
	return func(_ *testing.T, w *cast, _ string) call { return call{path: fmt.Sprintf(path, id(w))} }
}

func sample(w *cast) string         { return w.sample }
func sampleMaterial(w *cast) string { return w.sampleMaterial }

// steps is a call on an item made for it in the state that it needs.
func steps(kind, state, verb string, body any) func(*testing.T, *cast, string) call {
	return func(t *testing.T, w *cast, _ string) call {
		i := w.in(t, kind, state)
		c := call{path: w.desk(kind).path(i.ID), body: body}
		if verb != "" {
			c.path += "/" + verb
		} else if body != nil {
			c.headers = []string{"If-Match", i.tag}
		}
		return c
	}
}

// creates is a call that begins an item.
func creates(path string, body func(w *cast) fields) func(*testing.T, *cast, string) call {
	return func(_ *testing.T, w *cast, role string) call { return call{path: path, body: body(w)} }
}

// posts is a call with a fixed body.
func posts(path string, body fields) func(*testing.T, *cast, string) call {
	return func(*testing.T, *cast, string) call { return call{path: path, body: body} }
}

var aPhone = fields{"installationId": "i", "name": "n", "platform": "web"}

// account is who a role signs in as.
func account(role string) string {
	if role == guestRole {
		return member
	}
	return role
}

// table has a row for each operation of the contract.
func table() map[string]rule {
	rows := map[string]rule{
		"healthz":     {at("/healthz"), everybody(200)},
		"readyz":      {at("/readyz"), everybody(200)},
		"getContract": {at("/openapi.yaml"), everybody(200)},
		"getGuide":    {at("/huong-dan"), everybody(200)},
		"getDocs":     {at("/docs"), everybody(200)},
		"getJWKS":     {at("/.well-known/jwks.json"), everybody(200)},

		"login": {func(_ *testing.T, _ *cast, r string) call {
			return call{path: "/v1/auth/login", body: signIn(account(r), password, "t-"+r)}
		}, everybody(200)},
		"refresh": {refreshes, everybody(200)},
		"logout":  {freshly("/v1/auth/logout", false), signedIn(204)},
		// A weak new password is refused to all: nobody's changes, and who may
		// not call it hears so first.
		"changePassword": {creates("/v1/auth/password", func(*cast) fields { return fields{"currentPassword": "x", "newPassword": "x"} }), signedIn(422)},
		"listSessions":   {at("/v1/auth/sessions"), signedIn(200)},
		"endSession":     {freshly("/v1/auth/sessions/", true), signedIn(204)},

		"activate": {activates, everybody(200)},
		// Not turned on in this table.
		"loginWithFirebase":          {posts("/v1/auth/firebase", fields{"idToken": "x", "device": aPhone}), everybody(404)},
		"getOIDC":                    {at("/v1/auth/oidc"), everybody(404)},
		"newOIDCNonce":               {at("/v1/auth/oidc/nonce"), everybody(404)},
		"loginWithOIDC":              {posts("/v1/auth/oidc", fields{"idToken": "x", "nonce": "x", "device": aPhone}), everybody(404)},
		"getPrivacyNotice":           {at("/v1/privacy-notice"), everybody(200)},
		"issueActivationCode":        {at("/v1/members/" + person("m04") + "/activation-code"), only(map[string]int{secretary: 201, secretary2: 404})},
		"issueActivationCodeAsAdmin": {at("/v1/admin/members/" + person("m04") + "/activation-code"), only(map[string]int{admin: 201})},
		"printActivationSheet":       {at("/v1/admin/orgs/" + org("kp1") + "/activation-sheet"), only(map[string]int{admin: 200})},
		"endMemberSessions":          {at("/v1/admin/members/" + person("m04") + "/sessions"), only(map[string]int{admin: 204})},

		"getMe":              {at("/v1/me"), signedIn(200)},
		"listBookmarks":      {at("/v1/me/bookmarks"), signedIn(200)},
		"putBookmark":        {reads("/v1/me/bookmarks/%s", sample), signedIn(204)},
		"deleteBookmark":     {reads("/v1/me/bookmarks/%s", sample), signedIn(204)},
		"listDocuments":      {at("/v1/documents"), signedIn(200)},
		"getDocument":        {reads("/v1/documents/%s", sample), signedIn(200)},
		"getDocumentVersion": {reads("/v1/documents/%s/versions/1", sample), signedIn(200)},
		"listMaterials":      {at("/v1/materials"), signedIn(200)},
		"getMaterial":        {reads("/v1/materials/%s", sampleMaterial), signedIn(200)},
		"search":             {at("/v1/search?q=a"), signedIn(200)},
		"getDocumentChanges": {reads("/v1/documents/%s/changes?from=1", sample), signedIn(200)},
		"getFile":            {reads("/v1/files/%s", func(w *cast) string { return w.sampleFile }), signedIn(200)},
		"sync":               {at("/v1/sync"), signedIn(200)},

		"listEditorDocuments": {at("/v1/editor/documents"), only(byLists)},
		"listEditorMaterials": {at("/v1/editor/materials"), only(byLists)},
		"createDocument": {creates("/v1/editor/documents", func(*cast) fields { return document("Văn bản mới") }),
			only(map[string]int{editor: 201, wardEditor: 403})},
		"createMaterial": {creates("/v1/editor/materials", func(w *cast) fields { return material("Tài liệu mới", w.sample) }),
			only(map[string]int{editor: 201, wardEditor: 403})},
	}
	maps.Copy(rows, directoryRows())
	maps.Copy(rows, importRows())
	maps.Copy(rows, quizRows())
	maps.Copy(rows, contestRows())
	maps.Copy(rows, bankRows())
	maps.Copy(rows, driveRows())
	maps.Copy(rows, printRows())
	maps.Copy(rows, certificateRows())
	maps.Copy(rows, workbookRows())
	maps.Copy(rows, pushRows())
	maps.Copy(rows, inboxRows())
	for kind, name := range map[string]string{"documents": "Document", "materials": "Material"} {
		rows["getEditor"+name] = rule{steps(kind, "draft", "", nil), only(byEither)}
		rows["update"+name] = rule{steps(kind, "draft", "", fields{"title": "Tên mới"}), only(byEditors)}
		rows["submit"+name] = rule{steps(kind, "draft", "submit", nil), only(byEditors)}
		rows["approve"+name] = rule{steps(kind, "submitted", "approve", nil), only(byApprovers)}
		rows["reject"+name] = rule{steps(kind, "submitted", "reject", because), only(byApprovers)}
		rows["publish"+name] = rule{steps(kind, "approved", "publish", nil), only(byEither)}
		rows["attachTo"+name] = rule{steps(kind, "draft", "attachments", pdfForm("Phụ lục")), only(map[string]int{editor: 201, wardEditor: 404})}
		rows["detachFrom"+name] = rule{detaches(kind), only(byEditors)}
		rows["withdraw"+name] = rule{steps(kind, "published", "withdraw", because), only(byEither)}
	}
	return rows
}

// detaches is a call that takes a file out of a draft made for it.
func detaches(kind string) func(*testing.T, *cast, string) call {
	return func(t *testing.T, w *cast, _ string) call {
		i := w.in(t, kind, "draft")
		return call{path: w.desk(kind).path(i.ID) + "/attachments/" + w.desk(kind).attach(t, i.ID, pdfForm("Phụ lục")).Id}
	}
}

func refreshes(_ *testing.T, w *cast, role string) call {
	return call{path: "/v1/auth/refresh", body: fields{"refreshToken": w.env.signed[account(role)].RefreshToken}}
}

// freshly is a call in a session of its own, for it ends it.
func freshly(path string, named bool) func(*testing.T, *cast, string) call {
	return func(t *testing.T, w *cast, role string) call {
		c := w.guest(t)
		signed := c.login(t, account(role), password, "fresh-"+role)
		out := call{path: path}
		if role != guestRole {
			out.token = signed.AccessToken
		}
		if named {
			for _, s := range get[contract.SessionList](t, c.with(signed.AccessToken), "/v1/auth/sessions").Items {
				if s.Current {
					out.path += s.Id
				}
			}
		}
		return out
	}
}

// alike is how many roles that get the same make a call on MongoDB, whose
// stand-in is slow. On SQLite all do.
const alike = 2

// atEdge tells whether a call is refused before any store is asked: guests, and
// roles that the contract does not name.
func (o *operation) atEdge(want int) bool {
	_, roles := o.spec.Extensions["x-access"].([]any)
	return want == 401 || want == 403 && roles
}

// TestEveryRoleOnEveryRoute makes every call of the contract as everybody; on
// MongoDB, where the store decides, as some.
func TestEveryRoleOnEveryRoute(t *testing.T) {
	t.Parallel()
	rows := table()
	for id := range rows {
		operationNamed(t, id)
	}
	forEachEngine(t, func(t *testing.T, e *env) {
		w := newCast(t, e.serve(t))
		for _, o := range contractOf(t) {
			row, ok := rows[o.id]
			if !ok {
				t.Errorf("operation %s has no row: who may call it?", o.id)
				continue
			}
			var shared call
			made := map[int]int{}
			for _, role := range roles {
				want := row.want[role]
				if made[want]++; e.engine == "mongodb" && (o.atEdge(want) || made[want] > alike) {
					continue
				}
				w.holds(t, o, row, role, &shared)
			}
		}
	})
}

// holds makes one call as one role. Whoever is refused is refused on the same
// item, which must not change.
func (w *cast) holds(t *testing.T, o *operation, row rule, role string, shared *call) {
	t.Helper()
	want := row.want[role]
	c := *shared
	if want < 400 || c.path == "" {
		c = row.call(t, w, role)
	}
	if want >= 400 {
		*shared = c
	}
	who := w.guest(t)
	if role != guestRole {
		who = w.as(t, role)
		if c.token != "" {
			who = who.with(c.token)
		}
	}
	a := who.do(t, o.method, c.path, c.body, c.headers...)
	if a.status != want {
		t.Errorf("%s as %s: %d, want %d: %s", o.id, role, a.status, want, a.body)
	}
	if want >= 400 && strings.HasPrefix(c.path, "/v1/editor/documents/") {
		if i := w.documents.get(t, strings.Split(c.path, "/")[4]); i.Content.Title == "Tên mới" {
			t.Errorf("%s as %s changed the item", o.id, role)
		}
	}
}

// TestUnknownIDs calls everything that names a thing with a name that nobody
// has, as one who may.
func TestUnknownIDs(t *testing.T) {
	t.Parallel()
	s := newEnv(t, "sqlite").serve(t)
	c := s.as(t, both)
	rows := table()
	w := newCast(t, s)
	for _, o := range contractOf(t) {
		if !strings.Contains(strings.ReplaceAll(o.path, "{year}", ""), "{") {
			continue
		}
		path := strings.NewReplacer("{id}", "khong-co-id-nay", "{documentId}", "khong-co-id-nay", "{driveId}", "khong-co-id-nay", "{freezeId}", "khong-co-id-nay", "{enterpriseId}", "khong-co-id-nay", "{year}", "2026", "{fileId}", "khong-co-id-nay", "{questionId}", "q1", "{code}", "khong-co-id-nay", "{installationId}", "khong-co-id-nay", "{n}", "1").Replace(o.path)
		k := call{body: goodBody(t, o), headers: ifMatch(o)}
		if strings.HasPrefix(o.path, "/v1/editor/") {
			k = rows[o.id].call(t, w, editor)
		}
		if q := goodQuery(o); len(q) > 0 {
			path += "?" + q.Encode()
		}
		a := o.may(t, s).do(t, o.method, path, k.body, k.headers...)
		if want := map[string]int{"deleteBookmark": 204, "getImportTemplate": 400}[o.id]; a.status != want && (want != 0 || a.status != 404) {
			t.Errorf("%s of an unknown id: %d %s", o.id, a.status, a.body)
		}
	}
	sampleID := c.documents(t)[0].Id
	for _, path := range []string{"/v1/documents/" + sampleID + "/versions/99", "/v1/materials/" + sampleID, "/v1/editor/materials/" + sampleID} {
		c.do(t, "GET", path, nil).want(t, 404, "not_found")
	}
}

// speaksBelow: a ward speaks to its own members alone, and does not end what
// the province has issued (decision 21). Nor does a title hold what nobody sees.
func speaksBelow(t *testing.T, root, ward desk) {
	t.Helper()
	above := root.release(t, document("Của tỉnh, còn hiệu lực"))
	own := with(document("Nói quá lời"), fields{"orgId": org("phuong")})
	for at, more := range map[string]fields{
		"/visibility/kind":         {"visibility": fields{"kind": "all"}},
		"/visibility/orgIds/0":     {"visibility": fields{"kind": "orgs", "orgIds": []any{org("dn")}}},
		"/relations/0/documentId":  {"relations": []any{fields{"kind": "replaces", "documentId": above.ID}}},
		"/relations/00/documentId": {"relations": []any{fields{"kind": "repeals", "documentId": above.ID}}},
	} {
		at = strings.Replace(at, "00", "0", 1)
		if a := ward.editor.do(t, "POST", "/v1/editor/documents", with(own, more)); a.status != 400 || !a.names(t, at) || !strings.Contains(string(a.body), `"out_of_scope"`) {
			t.Errorf("%v: %d %s", more, a.status, a.body)
		}
	}
	if a := ward.editor.do(t, "POST", "/v1/editor/documents", with(own, fields{"title": "Nghị\u2066 quyết"})); a.status != 400 || !a.names(t, "/title") {
		t.Errorf("a title with a character that nobody sees: %d %s", a.status, a.body)
	}
	if now := root.get(t, above.ID); now.State != "published" {
		t.Errorf("the province's document is %s", now.State)
	}
}

// TestWardEditor works in the ward's own scope, and sees nothing beside it.
func TestWardEditor(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		root := s.desk(t, "documents")
		ward := desk{kind: "documents", editor: s.as(t, wardEditor), approver: root.approver}
		other := root.create(t, document("Của tỉnh"))
		mine := ward.release(t, with(document("Của phường"), fields{"orgId": org("phuong")}))
		branch := ward.create(t, with(document("Của khu phố"), fields{"orgId": org("kp2")}))
		ward.editor.do(t, "POST", "/v1/editor/documents", with(document("x"), fields{"orgId": org("dn")})).want(t, 403, "out_of_scope")
		ward.editor.do(t, "POST", "/v1/editor/documents", with(document("x"), fields{"orgId": "khong-co"})).want(t, 403, "out_of_scope")
		ids := func(c *client) []string {
			var out []string
			for _, d := range get[contract.EditorDocumentList](t, c, "/v1/editor/documents?limit=100").Items {
				out = append(out, d.Id)
			}
			return out
		}
		if got := ids(ward.editor); !slices.Equal(got, []string{branch.ID, mine.ID}) {
			t.Errorf("the ward's editor sees %v, want %v", got, []string{branch.ID, mine.ID})
		}
		if got := ids(root.editor); len(got) != 8 || !slices.Contains(got, other.ID) { // and the samples
			t.Errorf("the province's editor sees %v", got)
		}
		ward.editor.do(t, "GET", root.path(other.ID), nil).want(t, 404, "not_found")
		// A page that is filtered still goes on to its end.
		var paged []string
		for cursor := ""; ; {
			page := get[contract.EditorDocumentList](t, ward.editor, "/v1/editor/documents?limit=1"+cursor)
			for _, d := range page.Items {
				paged = append(paged, d.Id)
			}
			if page.NextCursor == nil {
				break
			}
			cursor = "&cursor=" + *page.NextCursor
		}
		if !slices.Equal(paged, []string{branch.ID, mine.ID}) {
			t.Errorf("in pages: %v", paged)
		}
		speaksBelow(t, root, ward)
	})
}
