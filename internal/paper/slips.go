package paper

import (
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"sotay/internal/account"
	"sotay/internal/clock"
)

// DefaultActivationURL is what a QR code begins with: a scheme that the app
// opens.
const DefaultActivationURL = "sotay:activate"

// Slips prints sheets of activation codes.
type Slips struct {
	// URL is what a QR code begins with.
	URL string
	Now clock.Now
}

// The layout of a slip, in millimetres.
const (
	slipHeight = 38.5
	slipQR     = 36.0
	slipText   = margin + slipQR + 2
	slipWidth  = pageWidth - margin - slipText
)

// Write prints slips that stand in the order of their units: a page for each
// unit, a slip to cut off for each member.
func (p Slips) Write(w io.Writer, slips []account.Slip) error {
	now := p.Now()
	d := New(Options{Title: "Phiếu mã kích hoạt Sổ tay", Footer: "Phiếu mã kích hoạt Sổ tay, in ngày " + day(now), Made: now})
	for from := 0; from < len(slips); {
		to := from
		for to < len(slips) && slips[to].OrgID == slips[from].OrgID {
			to++
		}
		p.unit(d, slips[from:to])
		from = to
	}
	return d.Write(w)
}

// unit prints the slips of one unit.
func (p Slips) unit(d *Document, slips []account.Slip) {
	d.Page()
	d.Heading(1, slips[0].OrgName)
	d.Paragraph(fmt.Sprintf("Phiếu mã kích hoạt Sổ tay: %d người.", len(slips)))
	d.Small("Cắt theo đường nét đứt và trao tận tay từng người. Không sao, chụp hay gửi tờ này qua mạng; phiếu không trao được thì hủy. " +
		"Mã cấp trước đây cho những người này không còn dùng được.")
	for i := range slips {
		if d.Room() < slipHeight {
			d.Page()
			d.Small(slips[0].OrgName + " (tiếp theo)")
		}
		p.slip(d, &slips[i])
	}
}

// slip prints what one member gets.
func (p Slips) slip(d *Document, s *account.Slip) {
	top := d.pdf.GetY()
	d.cut(top)
	d.qr(margin, top+1.5, slipQR, p.link(s))
	d.line(slipText, top+7.5, slipWidth, bold, 13, s.Name)
	d.line(slipText, top+14, 30, regular, 9.5, "Tên đăng nhập")
	d.line(slipText+32, top+14, slipWidth-32, bold, 14, s.Username)
	d.line(slipText, top+21.5, 30, regular, 9.5, "Mã kích hoạt")
	d.line(slipText+32, top+21.5, slipWidth-32, bold, 18, s.Code)
	d.line(slipText, top+27, slipWidth, regular, 9.5, "Dùng được một lần, đến hết ngày "+day(s.ExpiresAt.AddDate(0, 0, -1))+".")
	d.line(slipText, top+31.8, slipWidth, regular, 8.5, "Mở ứng dụng Sổ tay, chọn “Kích hoạt”, quét mã QR hoặc gõ tên đăng nhập và mã,")
	d.line(slipText, top+35.6, slipWidth, regular, 8.5, "rồi tự đặt mật khẩu của riêng mình. Không đưa mã cho bất kỳ ai, kể cả người hỗ trợ.")
	d.cut(top + slipHeight)
	d.pdf.SetY(top + slipHeight)
}

// cut draws a line to cut along.
func (d *Document) cut(y float64) {
	d.pdf.SetDrawColor(120, 120, 120)
	d.pdf.SetLineWidth(0.2)
	d.pdf.SetDashPattern([]float64{2, 1.6}, 0)
	d.pdf.Line(margin, y, pageWidth-margin, y)
	d.pdf.SetDashPattern(nil, 0)
}

// link is what the QR code holds. Behind an address of the web the code stands
// in the fragment, which a browser sends to nobody.
func (p Slips) link(s *account.Slip) string {
	base, sep := p.URL, "?"
	if base == "" {
		base = DefaultActivationURL
	}
	if strings.HasPrefix(base, "https:") || strings.HasPrefix(base, "http:") {
		sep = "#"
	}
	return base + sep + "u=" + url.QueryEscape(s.Username) + "&c=" + strings.ReplaceAll(s.Code, " ", "")
}

// day writes a day as people here do.
func day(t time.Time) string { return t.In(clock.Vietnam).Format("02/01/2006") }
