package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"sotay/internal/sheet"
)

// The size of the lists, and of the province that they are for.
const (
	importMembers  = 100_000
	importBranches = 4_000
	importCommunes = 100
)

// importAdmin hands the lists in.
const importAdmin, importPassword = "do-nhap", "một mật khẩu để đo việc nhập"

// imports brings a province's lists into an empty store, twice.
func (m *measuring) imports(ctx context.Context) error {
	data := m.store("import")
	if err := os.RemoveAll(data); err != nil {
		return err
	}
	create := exec.CommandContext(ctx, m.server, "admin", "create", "--data", data, "--username", importAdmin, "--name", "Đo", "--org-name", "Đảng bộ tỉnh", "--password-stdin")
	create.Stdin = strings.NewReader(importPassword + "\n")
	if out, err := create.CombinedOutput(); err != nil {
		return fmt.Errorf("create the administrator: %w: %s", err, out)
	}
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	p, err := m.launch("import", servedCore, []string{"HANDBOOK_DATA=" + data, "HANDBOOK_ADDR=" + addr, "HANDBOOK_METRICS_ADDR=", "HANDBOOK_ACCESS_LIFETIME=1h"}, nil, m.server, "serve")
	if err != nil {
		return err
	}
	c := importClient{base: "http://" + addr}
	if err := awaitHTTP(ctx, p, c.base+"/healthz"); err != nil {
		return err
	}
	if err := c.login(ctx); err != nil {
		return err
	}
	orgs, err := book(orgLists)
	if err != nil {
		return err
	}
	list, err := book(memberLists)
	if err != nil {
		return err
	}
	if _, err := c.bring(ctx, p, "orgs", orgs); err != nil {
		return err
	}
	idle := p.rss()
	first, err := c.bring(ctx, p, "members", list)
	if err != nil {
		return err
	}
	again, err := c.bring(ctx, p, "members", list)
	if err != nil {
		return err
	}
	if first.New != importMembers || again.Unchanged != importMembers {
		return fmt.Errorf("%d new, then %d unchanged", first.New, again.Unchanged)
	}
	atMost("import_100k_s", first.took.Seconds(), 60)
	atMost("import_100k_mb", max(first.peak, again.peak)-idle, 300)
	atMost("import_again_s", again.took.Seconds(), 30)
	note("import: processor time %.0f s, again %.0f s", first.cpu.Seconds(), again.cpu.Seconds())
	note("import: %d members in %d branches from an .xlsx of %.1f MB; resident memory idle %.0f MB, at most %.0f MB, afterwards %.0f MB",
		importMembers, importBranches, float64(len(list))/1e6, idle, max(first.peak, again.peak), p.rss())
	return nil
}

func orgLists(yield func([]any) bool) {
	if !yield([]any{"Mã", "Tên", "Loại", "Mã cấp trên", "Ngày thành lập", "Số quyết định"}) || !yield([]any{"T", "Đảng bộ tỉnh", "đảng bộ tỉnh", "", "", ""}) {
		return
	}
	for i := range importCommunes {
		if !yield([]any{fmt.Sprintf("X%03d", i), fmt.Sprintf("Đảng bộ xã số %d", i), "đảng bộ xã", "T", "", ""}) {
			return
		}
	}
	for i := range importBranches {
		if !yield([]any{fmt.Sprintf("CB%04d", i), fmt.Sprintf("Chi bộ số %d", i), "chi bộ", fmt.Sprintf("X%03d", i%importCommunes), "", ""}) {
			return
		}
	}
}

func memberLists(yield func([]any) bool) {
	family, middle, given := []string{"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ"}, []string{"Thị", "Văn", "Đức", "Minh", "Thanh"}, []string{"Hoa", "Bình", "Cường", "Dung", "Hạnh", "Sơn", "Tuyết"}
	if !yield([]any{"Số căn cước", "Mã đảng viên", "Họ và tên", "Mã chi bộ", "Loại", "Ngày vào Đảng", "Ngày chính thức", "Số thẻ", "Tình trạng", "Từ ngày", "Số quyết định", "Điện thoại", "Đối tượng", "Nhận thông tin"}) {
		return
	}
	for i := range importMembers {
		status, from, decision := "đang sinh hoạt", "", ""
		if i%6 == 0 {
			status, from, decision = "được miễn", "01/01/2026", fmt.Sprintf("%d-QĐ/CB", i)
		}
		name := family[i%len(family)] + " " + middle[i/7%len(middle)] + " " + given[i/11%len(given)]
		row := []any{fmt.Sprintf("0%011d", 38_000_000_000+i), fmt.Sprintf("DV%06d", i), name, fmt.Sprintf("CB%04d", i%importBranches), "chính thức",
			fmt.Sprintf("%02d/%02d/%d", 1+i%28, 1+i%12, 1970+i%50), fmt.Sprintf("%02d/%02d/%d", 1+i%28, 1+i%12, 1971+i%50), fmt.Sprintf("19.%06d", i),
			status, from, decision, fmt.Sprintf("09%08d", i), "", "có"}
		if !yield(row) {
			return
		}
	}
}

// book writes a list, whose first row is the header, as a workbook.
func book(rows func(yield func([]any) bool)) ([]byte, error) {
	p := sheet.Page{Name: "Dữ liệu"}
	for first := range rows {
		for _, title := range first {
			p.Headings = append(p.Headings, sheet.Heading{Title: title.(string)})
		}
		break
	}
	p.Rows = func(yield func([]any) bool) {
		head := true
		for row := range rows {
			if !head && !yield(row) {
				return
			}
			head = false
		}
	}
	var b bytes.Buffer
	err := sheet.WriteBook(&b, p)
	return b.Bytes(), err
}

// importClient is the administrator's.
type importClient struct{ base, token string }

// brought is what became of a list.
type brought struct {
	ID                      string
	State                   string
	EndedAt                 string
	New, Changed, Unchanged int
	Problems                []struct{ Detail string }
	took, cpu               time.Duration
	peak                    float64 // MB of resident memory
}

func (c *importClient) login(ctx context.Context) error {
	body, err := json.Marshal(map[string]any{"username": importAdmin, "password": importPassword,
		"device": map[string]string{"installationId": "bench", "name": "bench", "platform": "other"}})
	if err != nil {
		return err
	}
	var signed struct{ AccessToken string }
	err = c.call(ctx, "POST", "/v1/auth/login", "application/json", body, &signed)
	c.token = signed.AccessToken
	return err
}

func (c *importClient) call(ctx context.Context, method, path, kind string, body []byte, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", kind)
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if r.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %d: %.500s", method, path, r.StatusCode, text)
	}
	return json.Unmarshal(text, into)
}

// bring hands a list in, and watches the server's memory until the job ends.
func (c *importClient) bring(ctx context.Context, p *process, kind string, list []byte) (b brought, err error) {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", kind+".xlsx")
	if err == nil {
		_, err = part.Write(list)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return b, err
	}
	begin, before := time.Now(), p.cpu()
	if err := c.call(ctx, "POST", "/v1/admin/imports?kind="+kind, w.FormDataContentType(), form.Bytes(), &b); err != nil {
		return b, err
	}
	for next := begin; b.EndedAt == ""; {
		select {
		case <-ctx.Done():
			return b, ctx.Err()
		case <-p.exited:
			return b, errors.New("the server ended")
		case <-time.After(20 * time.Millisecond):
		}
		b.peak = max(b.peak, p.rss())
		if now := time.Now(); now.After(next) {
			next = now.Add(250 * time.Millisecond)
			if err := c.call(ctx, "GET", "/v1/admin/imports/"+b.ID, "", nil, &b); err != nil {
				return b, err
			}
		}
	}
	b.took, b.cpu = time.Since(begin), p.cpu()-before
	if b.State != "done" {
		return b, fmt.Errorf("the import of %s ended as %s: %+v", kind, b.State, b.Problems[:min(3, len(b.Problems))])
	}
	return b, nil
}
