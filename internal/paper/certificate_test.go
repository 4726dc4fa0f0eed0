package paper

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"sotay/internal/study"
	"sotay/internal/study/tally"
)

func certificate() *study.Certificate {
	return &study.Certificate{Code: "7ZK3M-9QW2X-04HTB-VN6PA", Name: "Trần Thị Thu Hoài", Unit: "Chi bộ Khu phố 1, phường Hoa Sim",
		Title: "Học tập, quán triệt Nghị quyết Hội nghị lần thứ mười bốn", Basis: tally.ByApp, On: "2026-11-23", RecordedAt: printed}
}

// aCredential is as long as one is for a usual title.
var aCredential = strings.Repeat("eyJhbGciOiJFZERTQSIsImtpZCI6Ik", 27)

func TestCertificate(t *testing.T) {
	t.Parallel()
	long := certificate()
	long.Name = strings.TrimSpace(strings.Repeat("Nguyễn Phúc ", 12))
	long.Unit = "Chi bộ Công ty trách nhiệm hữu hạn một thành viên Linh kiện điện tử và Cơ khí chính xác Norvik Minh Sơn, khu công nghiệp Bắc Minh Sơn"
	long.Title, long.Basis = strings.TrimSpace(strings.Repeat("Nghị quyết về đổi mới ", 14)), tally.Voluntary
	for name, c := range map[string]*study.Certificate{"certificate": certificate(), "long": long} {
		var one, two bytes.Buffer
		p := Certificates{Now: now}
		for _, b := range []*bytes.Buffer{&one, &two} {
			if err := p.Write(b, c, "https://sotay.example.vn/v1/verify/7zk3m9qw2x04htbvn6pa", aCredential); err != nil {
				t.Fatal(err)
			}
		}
		if n := strings.Count(one.String(), "/Type /Page\n"); n != 1 || !bytes.Equal(one.Bytes(), two.Bytes()) {
			t.Errorf("%s: %d pages, or not the same twice", name, n)
		}
		if dir := os.Getenv("HANDBOOK_TEST_PAPER"); dir != "" {
			if err := os.WriteFile(dir+"/"+name+".pdf", one.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for size, fits := range map[int]bool{2900: true, 3000: false} { // the largest QR code holds 2953
		if err := (Certificates{Now: now}).Write(&bytes.Buffer{}, certificate(), "x", strings.Repeat("x", size)); (err == nil) != fits {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

// Every basis has its words.
func TestBasisWords(t *testing.T) {
	t.Parallel()
	for _, b := range []tally.Basis{tally.ByApp, tally.BySession, tally.OnBehalf, tally.Voluntary} {
		if basisWords[b] == "" {
			t.Errorf("%s has no words", b)
		}
	}
	if got := dayOf("2026-11-03"); got != "03/11/2026" {
		t.Error(got)
	}
}
