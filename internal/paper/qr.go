package paper

import (
	"errors"
	"image/color"

	"github.com/boombuler/barcode/qr"
)

// quietZone is the white that a QR code needs around it, in its modules.
const quietZone = 4

// qr draws a QR code with its quiet zone into a square: it can be read while an
// eighth of it is spoilt.
func (d *Document) qr(x, y, side float64, content string) { d.qrAt(x, y, side, content, qr.M) }

// denseQR draws one that holds much. Fewer of its modules are for repair, and
// larger in turn: old phones read it more easily.
func (d *Document) denseQR(x, y, side float64, content string) {
	d.qrAt(x, y, side, content, qr.L)
}

// qrAt draws in rectangles, so that no printer blurs the code.
func (d *Document) qrAt(x, y, side float64, content string, level qr.ErrorCorrectionLevel) {
	code, err := qr.Encode(content, level, qr.Auto)
	if err != nil {
		d.pdf.SetError(errors.New("the content does not fit a QR code")) // the library's error quotes it
		return
	}
	n := code.Bounds().Dx()
	module := side / float64(n+2*quietZone)
	dark := func(i, j int) bool { return code.At(i, j) == color.Black }
	d.pdf.SetFillColor(0, 0, 0)
	for j := range n {
		for i := 0; i < n; i++ {
			from := i
			for i < n && dark(i, j) {
				i++
			}
			if i > from {
				d.pdf.Rect(x+module*float64(from+quietZone), y+module*float64(j+quietZone), module*float64(i-from), module, "F")
			}
		}
	}
}
