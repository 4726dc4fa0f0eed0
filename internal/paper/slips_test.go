package paper

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"sotay/internal/account"
)

var printed = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

func now() time.Time { return printed }

// people are slips of two units, with names that are long, and of peoples
// whose letters Vietnamese does not have.
func people() []account.Slip {
	names := []string{"Nguyễn Thị Bích Liễu", "Trần Ngọc Phương Thảo Nguyên Hoàng Gia Bảo Châu Anh Thư Quỳnh",
		"Y Ƀhiông Niê Kđăm", "H’Ƀlê Čiê̆ng Ê̆ban", "K’Brŏ Ñă Ơ̆ng", "Vàng A Sử", "Đỗ Văn Nhẫn", "Lý 漢 😀 Ngoài Bảng"}
	var out []account.Slip
	for i := range 15 {
		org := "Chi bộ Khu phố 1, phường Hoa Sim"
		if i >= 8 {
			org = "Chi bộ Công ty trách nhiệm hữu hạn một thành viên Linh kiện điện tử và Cơ khí chính xác Norvik Minh Sơn"
		}
		out = append(out, account.Slip{RosterEntry: account.RosterEntry{MemberID: fmt.Sprint(i), Name: names[i%len(names)], OrgID: org, OrgName: org},
			Issued: account.Issued{Username: fmt.Sprintf("dv%07d", i), Code: "123 456 789 012 345", ExpiresAt: printed.AddDate(0, 0, 30)}})
	}
	return out
}

func TestSlips(t *testing.T) {
	t.Parallel()
	var one, two bytes.Buffer
	p := Slips{Now: now}
	if err := p.Write(&one, people()); err != nil {
		t.Fatal(err)
	}
	if err := p.Write(&two, people()); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(one.Bytes(), []byte("%PDF-")) || !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("not a PDF, or not the same twice")
	}
	if n := strings.Count(one.String(), "/Type /Page\n"); n != 4 {
		t.Errorf("%d pages, want 2 for each unit", n)
	}
	if dir := os.Getenv("HANDBOOK_TEST_PAPER"); dir != "" {
		if err := os.WriteFile(dir+"/slips.pdf", one.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLink(t *testing.T) {
	t.Parallel()
	s := people()[1]
	for base, want := range map[string]string{
		"": "sotay:activate?u=dv0000001&c=123456789012345", "sotay-tinh:a": "sotay-tinh:a?u=dv0000001&c=123456789012345",
		"https://so.tay.vn/k": "https://so.tay.vn/k#u=dv0000001&c=123456789012345",
	} {
		if got := (Slips{URL: base}).link(&s); got != want {
			t.Errorf("%q: %s", base, got)
		}
	}
}
