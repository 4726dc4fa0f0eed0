package sheet

import (
	"errors"
	"fmt"
	"io"

	"sotay/internal/fault"
)

// Problem is one thing wrong with a file, addressed as the office sees it.
type Problem struct {
	// Row counts from 1; 0 when the whole file is meant.
	Row int
	// Column is the column's letters, "" when no column is meant; Title its
	// name in the header.
	Column, Title string
	// Code is stable, for programs.
	Code string
	// VI and EN are sentences for people.
	VI, EN string
	// Warning marks what keeps nothing from being taken over.
	Warning bool
}

// The refusals of a whole file.
func refuse(code, vi, en string) *fault.Fault { return fault.New(fault.Unsuited, code, vi, en) }

// damaged is the answer to a file that breaks off or contradicts itself.
func damaged(err error) error {
	if f := fault.As(err); f != nil {
		return f
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF // else a caller takes it for the end
	}
	return refuse("file_damaged", "Tệp bị hỏng hoặc không đầy đủ. Hãy mở tệp, lưu lại rồi gửi lại.",
		"The file is damaged or not complete. Open it, save it again and send that.").Because(err)
}

var (
	errUnknown = refuse("file_not_spreadsheet", "Tệp không phải bảng tính .xlsx hay .csv.", "The file is neither an .xlsx workbook nor a .csv file.")
	errLocked  = refuse("file_password_protected", "Tệp được đặt mật khẩu. Hãy bỏ mật khẩu rồi gửi lại.",
		"The file is protected by a password. Take it off and send the file again.")
	errOld = refuse("file_old_format", "Tệp ở định dạng .xls cũ. Hãy lưu lại dưới dạng .xlsx.", "The file is in the old .xls format. Save it as .xlsx.")
	errBig = refuse("file_expands_too_far", "Tệp khi giải nén lớn hơn mức cho phép.", "The file, once unpacked, is larger than allowed.")
	errXML = refuse("file_not_allowed", "Tệp chứa khai báo XML không được phép.", "The file holds XML declarations that are not allowed.")
	errDup = refuse("file_damaged", "Tệp có hai phần trùng tên.", "Two parts of the file have one name.")
	errDoc = refuse("file_not_workbook", "Tệp nén này không phải bảng tính .xlsx (có thể là .docx, .ods hoặc .zip).",
		"This archive is not an .xlsx workbook (it may be a .docx, .ods or .zip file).")
	errEmpty = refuse("file_empty", "Tệp không có nội dung.", "The file has no content.")
	errUTF8  = refuse("file_not_utf8", "Tệp .csv không phải UTF-8 (có thể là Windows-1258, TCVN3 hoặc VNI). Hãy lưu lại dạng “CSV UTF-8” hoặc .xlsx.",
		"The .csv file is not UTF-8 (it may be Windows-1258, TCVN3 or VNI). Save it as “CSV UTF-8” or .xlsx.")
)

func tooLarge(l Limits) error {
	return fault.New(fault.TooLarge, "file_too_large", fmt.Sprintf("Tệp lớn hơn %d MiB.", l.FileBytes>>20), fmt.Sprintf("The file is larger than %d MiB.", l.FileBytes>>20))
}

func tooManyRows(l Limits) error {
	return refuse("file_too_many_rows", fmt.Sprintf("Tệp có hơn %d hàng dữ liệu. Hãy chia thành nhiều tệp.", l.Rows),
		fmt.Sprintf("The file has more than %d rows of data. Split it.", l.Rows))
}

func tooManyColumns(l Limits, row int) error {
	return refuse("file_too_many_columns", fmt.Sprintf("Hàng %d có dữ liệu ngoài cột thứ %d (%s).", row, l.Columns, Letters(l.Columns-1)),
		fmt.Sprintf("Row %d has data beyond column %d (%s).", row, l.Columns, Letters(l.Columns-1)))
}
