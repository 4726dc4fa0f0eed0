package e2e

import (
	"strings"
	"testing"

	"sotay/internal/httpapi/contract"
)

// fields is a JSON object.
type fields = map[string]any

// with returns the object with more in it.
func with(f fields, more fields) fields {
	out := fields{}
	for _, part := range []fields{f, more} {
		for k, v := range part {
			out[k] = v
		}
	}
	return out
}

// document is what an editor sends for a new document.
func document(title string) fields {
	return fields{"orgId": org("tinh"), "type": "resolution", "title": title, "issuer": "Ban Thường vụ Tỉnh ủy", "issuedOn": "2026-03-03",
		"sections": []fields{
			{"heading": "Quan điểm", "html": "<p>Nội dung của " + title + ".</p>"},
			{"heading": "Nhiệm vụ", "html": "<p>Các chi bộ tổ chức học tập.</p>"}}}
}

// material is what an editor sends for a new material of a document.
func material(title, documentID string) fields {
	return fields{"orgId": org("tinh"), "kind": "learning", "title": title, "documentId": documentID,
		"sections": []fields{{"heading": "Tóm tắt", "html": "<p>Tóm tắt " + title + ".</p>"}}}
}

// desk is where a document or a material goes through its life: kind is
// "documents" or "materials".
type desk struct {
	kind             string
	editor, approver *client
}

func (s *server) desk(t *testing.T, kind string) desk {
	t.Helper()
	return desk{kind: kind, editor: s.as(t, editor), approver: s.as(t, approver)}
}

// item is what documents and materials have in common for an editor.
type item struct {
	ID               string `json:"id"`
	State            string
	Version          int64
	PublishedVersion int64
	Revision         int64
	Editors          []string
	Steps            []contract.Step
	Content          struct {
		Title    string
		Sections []contract.Section
		Items    []contract.QAItem

		Attachments []contract.Attachment
		Relations   []contract.RelationInput
	}
	tag string
}

func itemOf(t *testing.T, a *answer) item {
	t.Helper()
	i := parse[item](t, a)
	i.tag = a.header.Get("ETag")
	return i
}

func (d desk) path(parts ...string) string {
	return "/v1/editor/" + d.kind + "/" + strings.Join(parts, "/")
}

// create begins an item.
func (d desk) create(t *testing.T, body fields) item {
	t.Helper()
	return itemOf(t, d.editor.do(t, "POST", strings.TrimSuffix(d.path(), "/"), body).want(t, 201))
}

// get reads an item as an editor.
func (d desk) get(t *testing.T, id string) item {
	t.Helper()
	return itemOf(t, d.editor.do(t, "GET", d.path(id), nil).want(t, 200))
}

// patch changes an item as it stands.
func (d desk) patch(t *testing.T, id string, body fields) item {
	t.Helper()
	return itemOf(t, d.editor.do(t, "PATCH", d.path(id), body, "If-Match", d.get(t, id).tag).want(t, 200))
}

// approve takes a draft to where it may be published.
func (d desk) approve(t *testing.T, id string) item {
	t.Helper()
	d.editor.do(t, "POST", d.path(id, "submit"), nil).want(t, 200)
	return itemOf(t, d.approver.do(t, "POST", d.path(id, "approve"), nil).want(t, 200))
}

// publish publishes an approved item.
func (d desk) publish(t *testing.T, id string) item {
	t.Helper()
	return itemOf(t, d.approver.do(t, "POST", d.path(id, "publish"), nil).want(t, 200))
}

// withdraw takes back what is out.
func (d desk) withdraw(t *testing.T, id string) item {
	t.Helper()
	return itemOf(t, d.editor.do(t, "POST", d.path(id, "withdraw"), because).want(t, 200))
}

// release creates an item and takes it through its life.
func (d desk) release(t *testing.T, body fields) item {
	t.Helper()
	i := d.create(t, body)
	d.approve(t, i.ID)
	return d.publish(t, i.ID)
}

// because is the reason of a rejection or a withdrawal.
var because = fields{"reason": "Có bản thay thế."}

// attach puts a file into a draft.
func (d desk) attach(t *testing.T, id string, f form) contract.Attachment {
	t.Helper()
	i := itemOf(t, d.editor.do(t, "POST", d.path(id, "attachments"), f).want(t, 201))
	return i.Content.Attachments[len(i.Content.Attachments)-1]
}
