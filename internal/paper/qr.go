package paper

import (
	"fmt"
	"image/color"

	"github.com/boombuler/barcode/qr"
)

// quietZone is the white that a QR code needs around it, in its modules.
const quietZone = 4

// qr draws a QR code with its quiet zone into a square. It is drawn in
// rectangles, so that no printer blurs it.
func (d *Document) qr(x, y, side float64, content string) {
	code, err := qr.Encode(content, qr.M, qr.Auto)
	if err != nil {
		d.pdf.SetError(fmt.Errorf("QR code: %w", err))
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
