package directory

import (
	"fmt"

	"sotay/internal/sheet"
)

// memberColumns are what a list of members may have. A cell that is empty
// leaves what is held as it is.
var memberColumns = []sheet.Column{
	{Key: "citizen", Names: []string{"Số căn cước", "Căn cước", "CCCD", "Số CCCD", "Số định danh cá nhân", "Citizen id"},
		Note: "12 chữ số; dùng để nhận ra đảng viên, hệ thống chỉ giữ mã băm. Nếu trống thì cần Mã đảng viên.", Example: "038190000001"},
	{Key: "code", Names: []string{"Mã đảng viên", "Mã số đảng viên", "Member code"},
		Note: "Mã trong danh sách của tỉnh; cần có khi không có Số căn cước.", Example: "DV-0001"},
	{Key: "name", Names: []string{"Họ và tên", "Họ tên", "Full name"}, Required: true, Note: "Họ tên đầy đủ, có dấu.", Example: "Nguyễn Thị Ví Dụ", Width: 28},
	{Key: "org", Names: []string{"Mã chi bộ", "Mã tổ chức", "Mã tổ chức đảng", "Branch code"}, Required: true, Note: "Mã của chi bộ trong cây tổ chức.", Example: "CB-001"},
	{Key: "since", Names: []string{"Ngày về chi bộ", "Sinh hoạt tại chi bộ từ", "In the branch since"},
		Note: "Nếu trống: với người mới là ngày vào Đảng hoặc ngày lập chi bộ, với người chuyển chi bộ là ngày gửi tệp.", Example: ""},
	{Key: "kind", Names: []string{"Loại", "Loại đảng viên", "Kind"}, Note: "chính thức hoặc dự bị; trống là chính thức.", Example: "chính thức"},
	{Key: "joined", Names: []string{"Ngày vào Đảng", "Ngày kết nạp", "Joined on"}, Note: "dd/mm/yyyy.", Example: "03/02/1990"},
	{Key: "official", Names: []string{"Ngày chính thức", "Ngày công nhận chính thức", "Official on"}, Note: "dd/mm/yyyy.", Example: "03/02/1991"},
	{Key: "card", Names: []string{"Số thẻ", "Số thẻ đảng viên", "Số thẻ Đảng", "Card number"}, Note: "Không bắt buộc.", Example: "19.000001"},
	{Key: "status", Names: []string{"Tình trạng", "Tình trạng sinh hoạt", "Status"},
		Note: "đang sinh hoạt, được miễn, tạm miễn, sinh hoạt tạm thời, chuyển sinh hoạt, đình chỉ, xóa tên, khai trừ, xin ra, từ trần.", Example: "đang sinh hoạt", Width: 22},
	{Key: "from", Names: []string{"Từ ngày", "From"}, Note: "Ngày đầu của tình trạng; cần có nếu không phải đang sinh hoạt.", Example: ""},
	{Key: "to", Names: []string{"Đến ngày", "To"}, Note: "Ngày cuối của tình trạng, nếu có.", Example: ""},
	{Key: "decision", Names: []string{"Số quyết định", "Quyết định", "Decision number"}, Note: "Số quyết định về tình trạng.", Example: ""},
	{Key: "host", Names: []string{"Mã nơi sinh hoạt tạm thời", "Mã chi bộ tạm thời", "Host branch code"}, Note: "Cần có khi sinh hoạt tạm thời.", Example: "", Width: 20},
	{Key: "phone", Names: []string{"Điện thoại", "Số điện thoại", "Phone"}, Note: "Hệ thống chỉ giữ mã băm.", Example: "0912345678"},
	{Key: "enterprise", Names: []string{"Mã doanh nghiệp", "Doanh nghiệp", "Enterprise code"}, Note: "Mã doanh nghiệp đã khai báo.", Example: ""},
	{Key: "shift", Names: []string{"Ca", "Ca làm việc", "Shift"}, Note: "Tên ca của doanh nghiệp.", Example: ""},
	{Key: "tags", Names: []string{"Đối tượng", "Nhóm đối tượng", "Tags"},
		Note: "Cách nhau bằng dấu chấm phẩy: dân tộc thiểu số; vùng sâu vùng xa; doanh nghiệp tư nhân; doanh nghiệp FDI.", Example: "", Width: 24},
	{Key: "informed", Names: []string{"Nhận thông tin", "Muốn nhận thông tin", "Wants information"}, Note: "có hoặc không.", Example: "có"},
}

// orgColumns are what a list of organisations may have.
var orgColumns = []sheet.Column{
	{Key: "code", Names: []string{"Mã", "Mã tổ chức", "Mã tổ chức đảng", "Code"}, Required: true, Note: "Mã trong danh sách của tỉnh, không trùng nhau.", Example: "CB-001"},
	{Key: "name", Names: []string{"Tên", "Tên tổ chức", "Tên tổ chức đảng", "Name"}, Required: true, Note: "Tên đầy đủ.", Example: "Chi bộ Ví Dụ", Width: 36},
	{Key: "kind", Names: []string{"Loại", "Loại tổ chức", "Kind"}, Required: true, Note: "đảng bộ tỉnh, đảng bộ xã, đảng bộ phường, đảng bộ đặc khu, đảng bộ cơ sở, đảng bộ bộ phận, chi bộ …", Example: "chi bộ"},
	{Key: "parent", Names: []string{"Mã cấp trên", "Mã tổ chức cấp trên", "Cấp trên", "Parent code"}, Note: "Mã của tổ chức cấp trên; chỉ tổ chức cao nhất để trống.", Example: "DB-01"},
	{Key: "on", Names: []string{"Ngày thành lập", "Ngày lập", "Since"}, Note: "Nếu trống: ngày lập của tổ chức cấp trên.", Example: "01/07/2025"},
	{Key: "decision", Names: []string{"Số quyết định", "Quyết định", "Decision number"}, Note: "Số quyết định thành lập.", Example: "12-QĐ/TU"},
}

var kindChoices = []sheet.Choice{
	{Value: Official, Names: []string{"chính thức", "đảng viên chính thức", "ct", Official}},
	{Value: Probationary, Names: []string{"dự bị", "đảng viên dự bị", "db", Probationary}},
}

var statusChoices = []sheet.Choice{
	{Value: Active, Names: []string{"đang sinh hoạt", "sinh hoạt", "bình thường", Active}},
	{Value: Exempt, Names: []string{"được miễn", "miễn sinh hoạt", "được miễn sinh hoạt", "miễn", Exempt}},
	{Value: TemporarilyExempt, Names: []string{"tạm miễn", "tạm miễn sinh hoạt", TemporarilyExempt}},
	{Value: TemporaryAttachment, Names: []string{"sinh hoạt tạm thời", TemporaryAttachment}},
	{Value: Transfer, Names: []string{"chuyển sinh hoạt", "chuyển sinh hoạt chính thức", Transfer}},
	{Value: Suspended, Names: []string{"đình chỉ", "đình chỉ sinh hoạt", Suspended}},
	{Value: StruckOff, Names: []string{"xóa tên", "xoá tên", StruckOff}},
	{Value: Expelled, Names: []string{"khai trừ", Expelled}},
	{Value: Resigned, Names: []string{"xin ra", "xin ra khỏi Đảng", Resigned}},
	{Value: Deceased, Names: []string{"từ trần", "đã mất", "chết", Deceased}},
}

var tagChoices = []sheet.Choice{
	{Value: "ethnicMinority", Names: []string{"dân tộc thiểu số", "người dân tộc thiểu số", "dtts", "ethnicMinority"}},
	{Value: "remote", Names: []string{"vùng sâu vùng xa", "vùng sâu", "vùng xa", "vùng đặc biệt khó khăn", "biên giới hải đảo", "remote"}},
	{Value: "privateEnterprise", Names: []string{"doanh nghiệp tư nhân", "doanh nghiệp ngoài nhà nước", "dntn", "privateEnterprise"}},
	{Value: "fdiEnterprise", Names: []string{"doanh nghiệp FDI", "FDI", "doanh nghiệp có vốn đầu tư nước ngoài", "fdiEnterprise"}},
}

// orgKinds are the kinds that lists name in words. Others are kept as they are
// written: kinds are data.
var orgKinds = []sheet.Choice{
	{Value: "province", Names: []string{"đảng bộ tỉnh", "đảng bộ thành phố", "tỉnh ủy", "thành ủy", "tỉnh", "province"}},
	{Value: "commune", Names: []string{"đảng bộ xã", "xã", "commune"}},
	{Value: "ward", Names: []string{"đảng bộ phường", "phường", "ward"}},
	{Value: "specialZone", Names: []string{"đảng bộ đặc khu", "đặc khu", "specialZone"}},
	{Value: "directCommittee", Names: []string{"đảng ủy trực thuộc tỉnh ủy", "đảng bộ trực thuộc", "đảng bộ trực thuộc tỉnh", "directCommittee"}},
	{Value: "baseOrg", Names: []string{"đảng bộ cơ sở", "tổ chức cơ sở đảng", "baseOrg"}},
	{Value: "subOrg", Names: []string{"đảng bộ bộ phận", "đảng bộ trực thuộc cơ sở", "subOrg"}},
	{Value: "branch", Names: []string{"chi bộ", "chi bộ cơ sở", "chi bộ trực thuộc", "branch"}},
}

// already says where in the file the same thing stands.
func already(r *sheet.Record, key string, row int) {
	r.Fail(key, "twice", fmt.Sprintf("Đã có ở hàng %d.", row), fmt.Sprintf("It stands in row %d already.", row))
}
