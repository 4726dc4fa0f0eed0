package paper

import (
	"io"
	"time"

	"sotay/internal/clock"
	"sotay/internal/study"
	"sotay/internal/study/tally"
)

// Certificates prints certificates of completions.
type Certificates struct {
	Now clock.Now
}

// The layout of a certificate, in millimetres.
const (
	outerFrame, innerFrame = 9.0, 11.5
	checkQR                = 50.0
	// credentialQR is large: it holds some hundred letters, for phones whose
	// cameras are old.
	credentialQR = 84.0
	qrTop        = 165.0
	credLeft     = pageWidth - 20 - credentialQR
	// The column beside it begins where the dark of its QR code does.
	checkLeft  = 20.0
	checkQuiet = 4.9
	checkWidth = credLeft - checkLeft - 4
)

// basisWords say what a completion rests on.
var basisWords = map[tally.Basis]string{
	tally.ByApp: "Tự học trong ứng dụng", tally.BySession: "Học tập trung", tally.OnBehalf: "Chi bộ ghi nhận", tally.Voluntary: "Tự nguyện học",
}

// Write prints a certificate on one page. check is what leads to its check,
// credential what can be checked without us.
func (p Certificates) Write(w io.Writer, c *study.Certificate, check, credential string) error {
	now := p.Now()
	d := New(Options{Title: "Giấy chứng nhận hoàn thành học tập", Made: now})
	d.pdf.SetFooterFunc(func() {}) // one page needs no number
	d.Page()
	d.frame()
	d.certifies(c)
	d.proves(c, check, credential)
	d.centred(pageHeight-15, column-10, regular, 8, "In từ Sổ tay ngày "+day(now)+".")
	return d.Write(w)
}

// frame draws two lines around the page, and a square over each corner.
func (d *Document) frame() {
	d.pdf.SetDrawColor(110, 30, 30)
	for _, f := range []struct{ at, width float64 }{{outerFrame, 0.9}, {innerFrame, 0.3}} {
		d.pdf.SetLineWidth(f.width)
		d.pdf.Rect(f.at, f.at, pageWidth-2*f.at, pageHeight-2*f.at, "D")
	}
	const side = 5.0
	d.pdf.SetFillColor(255, 255, 255)
	for _, x := range []float64{outerFrame, pageWidth - outerFrame - side} {
		for _, y := range []float64{outerFrame, pageHeight - outerFrame - side} {
			d.pdf.Rect(x, y, side, side, "FD")
		}
	}
}

// certifies writes who has completed what.
func (d *Document) certifies(c *study.Certificate) {
	d.pdf.SetTextColor(110, 30, 30)
	d.centred(36, column, bold, 28, "GIẤY CHỨNG NHẬN")
	d.centred(47, column, bold, 17, "HOÀN THÀNH HỌC TẬP")
	d.pdf.SetTextColor(0, 0, 0)
	d.pdf.SetLineWidth(0.4)
	d.pdf.Line(pageWidth/2-25, 52.5, pageWidth/2+25, 52.5)
	d.centred(63, column, regular, 12, "Chứng nhận đồng chí")
	d.block(65, 15, bold, 22, c.Name)
	d.block(80, 11, regular, 12, c.Unit)
	d.centred(99, column, regular, 12, "đã hoàn thành đợt học tập")
	d.block(102, 27, bold, 16, c.Title)
	d.centred(138, column, regular, 12, "Ngày hoàn thành: "+dayOf(c.On))
	d.centred(145, column, regular, 12, "Hình thức: "+basisWords[c.Basis])
	d.centred(152, column, regular, 12, "Ghi nhận ngày: "+day(c.RecordedAt))
}

// proves writes the code and draws the QR codes, and says what each is.
func (d *Document) proves(c *study.Certificate, check, credential string) {
	d.pdf.SetLineWidth(0.2)
	d.pdf.SetDrawColor(150, 150, 150)
	d.pdf.Line(margin+5, qrTop-6, pageWidth-margin-5, qrTop-6)
	d.qr(checkLeft-checkQuiet, qrTop, checkQR, check)
	d.denseQR(credLeft, qrTop, credentialQR, credential)

	d.line(checkLeft, qrTop+checkQR+5, checkWidth, bold, 10, "1. Kiểm tra trên mạng")
	d.line(checkLeft, qrTop+checkQR+14, checkWidth, regular, 9, "Mã chứng nhận:")
	d.line(checkLeft, qrTop+checkQR+20, checkWidth, bold, 14, c.Code)
	d.pdf.SetY(qrTop + checkQR + 24)
	d.lines(checkLeft, regular, 8, d.wrap(checkWidth, regular, 8, "Quét mã 1, hoặc nhập mã chứng nhận, để biết giấy này còn giá trị, đã được đính chính hay đã bị thu hồi. "+
		"Kết quả chỉ hiện chữ cái đầu của họ và tên."))
	d.line(credLeft+4, qrTop+credentialQR+4, credentialQR-8, bold, 10, "2. Kiểm tra không cần mạng")
	d.pdf.SetY(qrTop + credentialQR + 6)
	d.lines(credLeft+4, regular, 8, d.wrap(credentialQR-8, regular, 8, "Mã 2 chứa nội dung giấy này cùng chữ ký số (W3C Verifiable Credential, vc+jwt). "+
		"Ai có khóa công khai của nơi cấp đều kiểm tra được; mã này không cho biết việc thu hồi về sau."))
}

// block writes a text in centred lines in the middle of a height, in type small
// enough to stay within it.
func (d *Document) block(y, height float64, weight string, size float64, text string) {
	lines := d.wrap(column-16, weight, size, text)
	for size > 7 && d.height(size)*float64(len(lines)) > height {
		size -= 0.5
		lines = d.wrap(column-16, weight, size, text)
	}
	y += (height - d.height(size)*float64(len(lines))) / 2
	for i, l := range lines {
		d.centred(y+d.height(size)*(float64(i)+0.78), column, weight, size, l)
	}
}

// centred writes one line in the middle of the page.
func (d *Document) centred(y, width float64, weight string, size float64, text string) {
	text = printable(text)
	d.set(weight, size)
	w := min(d.pdf.GetStringWidth(text), width)
	d.line((pageWidth-w)/2, y, w+0.01, weight, size, text)
}

// dayOf writes a calendar day as people here do.
func dayOf(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return t.Format("02/01/2006")
}
