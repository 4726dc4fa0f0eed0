package demo

import (
	"strings"

	"sotay/internal/directory"
)

// committee is a unit that others stand below.
type committee struct{ key, name, kind, parent string }

var committees = []committee{
	{"bantoi", "Đảng bộ xã Bản Tơi (mẫu)", "commune", "tinh"},
	{"damvang", "Đảng bộ xã Đầm Vàng (mẫu)", "commune", "tinh"},
	{"cauda", "Đảng bộ phường Cầu Đá (mẫu)", "ward", "tinh"},
	{"benhvien", "Đảng bộ Bệnh viện Đa khoa Minh Sơn (mẫu)", "baseOrg", "ubnd"},
	{"coquan", "Đảng bộ các cơ quan Đảng tỉnh (mẫu)", "directCommittee", "tinh"},
	{"khucn", "Đảng bộ Khu công nghiệp Minh Sơn (mẫu)", "directCommittee", "tinh"},
}

// setting is what sort of place a branch is: how old its people are and what
// happens to them.
type setting int

const (
	town setting = iota
	village
	office
	works
)

// branch is a unit that members belong to. Some are of the base already.
type branch struct {
	key, name, parent string
	setting           setting
	weight            int // of its share of members
	ethnic            int // of a hundred members
	remote            bool
	enterprise        string
	// committee is led by this branch's secretary, too.
	committee string
	// led says that the base has its secretary; until is its last day.
	led   bool
	until string
	// given says that the base has the unit itself.
	given bool
}

var branches = []branch{
	{key: "kp1", setting: town, weight: 18, ethnic: 8, led: true, given: true},
	{key: "kp2", setting: town, weight: 22, ethnic: 10, led: true, given: true},
	{key: "kp3", name: "Chi bộ Khu phố 3", parent: "phuong", setting: town, weight: 41, ethnic: 6, committee: "phuong"},
	{key: "kp4", name: "Chi bộ Khu phố 4", parent: "phuong", setting: town, weight: 36, ethnic: 6},
	{key: "hoasim-thcs", name: "Chi bộ Trường Trung học cơ sở Hoa Sim", parent: "phuong", setting: office, weight: 27, ethnic: 12},
	{key: "hoasim-yte", name: "Chi bộ Trạm Y tế phường Hoa Sim", parent: "phuong", setting: office, weight: 9, ethnic: 12},

	{key: "bantoi-nalau", name: "Chi bộ thôn Nà Lầu", parent: "bantoi", setting: village, weight: 31, ethnic: 92, remote: true, committee: "bantoi"},
	{key: "bantoi-khauma", name: "Chi bộ thôn Khau Mạ", parent: "bantoi", setting: village, weight: 24, ethnic: 96, remote: true},
	{key: "bantoi-pacxoai", name: "Chi bộ thôn Pác Xoài", parent: "bantoi", setting: village, weight: 22, ethnic: 94, remote: true},
	{key: "bantoi-lungchan", name: "Chi bộ thôn Lũng Chăn", parent: "bantoi", setting: village, weight: 14, ethnic: 98, remote: true},
	{key: "bantoi-truong", name: "Chi bộ Trường Phổ thông dân tộc bán trú Bản Tơi", parent: "bantoi", setting: office, weight: 21, ethnic: 55, remote: true},

	{key: "damvang-dong", name: "Chi bộ thôn Đông", parent: "damvang", setting: village, weight: 37, ethnic: 2, committee: "damvang"},
	{key: "damvang-tay", name: "Chi bộ thôn Tây", parent: "damvang", setting: village, weight: 33, ethnic: 2},
	{key: "damvang-cualach", name: "Chi bộ thôn Cửa Lạch", parent: "damvang", setting: village, weight: 29, ethnic: 3, remote: true},
	{key: "damvang-htx", name: "Chi bộ Hợp tác xã Nghề cá Đầm Vàng (mẫu)", parent: "damvang", setting: works, weight: 16, ethnic: 3},

	{key: "cauda-1", name: "Chi bộ Khu phố Cầu Đá 1", parent: "cauda", setting: town, weight: 46, ethnic: 5, committee: "cauda"},
	{key: "cauda-2", name: "Chi bộ Khu phố Cầu Đá 2", parent: "cauda", setting: town, weight: 43, ethnic: 5},
	{key: "cauda-3", name: "Chi bộ Khu phố Cầu Đá 3", parent: "cauda", setting: town, weight: 34, ethnic: 5},
	{key: "cauda-4", name: "Chi bộ Khu phố Cầu Đá 4", parent: "cauda", setting: town, weight: 17, ethnic: 5, until: "2026-06-30"},
	{key: "cauda-cho", name: "Chi bộ Ban Quản lý chợ Cầu Đá", parent: "cauda", setting: office, weight: 11, ethnic: 4},

	{key: "dn", setting: works, weight: 28, ethnic: 18, enterprise: "norvik", given: true},
	{key: "ubnd-vp", name: "Chi bộ Văn phòng Ủy ban nhân dân tỉnh", parent: "ubnd", setting: office, weight: 34, ethnic: 10},
	{key: "ubnd-nnmt", name: "Chi bộ Sở Nông nghiệp và Môi trường", parent: "ubnd", setting: office, weight: 47, ethnic: 12},
	{key: "ubnd-gddt", name: "Chi bộ Sở Giáo dục và Đào tạo", parent: "ubnd", setting: office, weight: 38, ethnic: 12},
	{key: "benhvien-noi", name: "Chi bộ Khối Nội", parent: "benhvien", setting: office, weight: 44, ethnic: 9, committee: "benhvien"},
	{key: "benhvien-ngoai", name: "Chi bộ Khối Ngoại và Cấp cứu", parent: "benhvien", setting: office, weight: 41, ethnic: 9},

	{key: "coquan-vp", name: "Chi bộ Văn phòng Tỉnh ủy", parent: "coquan", setting: office, weight: 39, ethnic: 9, committee: "coquan"},
	{key: "coquan-tgdv", name: "Chi bộ Ban Tuyên giáo và Dân vận Tỉnh ủy", parent: "coquan", setting: office, weight: 31, ethnic: 14},
	{key: "coquan-bao", name: "Chi bộ Báo và Phát thanh, Truyền hình Minh Sơn (mẫu)", parent: "coquan", setting: office, weight: 42, ethnic: 8},

	{key: "khucn-may", name: "Chi bộ Công ty Cổ phần May Thanh Bằng (mẫu)", parent: "khucn", setting: works, weight: 38, ethnic: 12, enterprise: "may", committee: "khucn"},
	{key: "khucn-giay", name: "Chi bộ Công ty TNHH Giày Kasta Minh Sơn (mẫu)", parent: "khucn", setting: works, weight: 33, ethnic: 20, enterprise: "giay"},
	{key: "khucn-baobi", name: "Chi bộ Công ty TNHH Bao bì Tre Vàng (mẫu)", parent: "khucn", setting: works, weight: 18, ethnic: 10, enterprise: "baobi"},
	{key: "khucn-nuoc", name: "Chi bộ Công ty TNHH MTV Cấp nước Minh Sơn (mẫu)", parent: "khucn", setting: works, weight: 26, ethnic: 6, enterprise: "nuoc"},
}

// orgs are the units that the base has not, parents first.
func orgs() []directory.SeedOrg {
	var out []directory.SeedOrg
	for _, c := range committees {
		out = append(out, directory.SeedOrg{Key: c.key, Name: c.name, Kind: c.kind, Code: code(c.key), Parent: c.parent, From: began})
	}
	for i := range branches {
		if b := &branches[i]; !b.given {
			out = append(out, directory.SeedOrg{Key: b.key, Name: b.name, Kind: "branch", Code: code(b.key), Parent: b.parent, From: began})
		}
	}
	return out
}

// code is a unit's code in the province's own lists: what a spreadsheet names
// it by.
func code(key string) string { return strings.ToUpper(key) }

// acts are what happened to units in the year: one became part of another, one
// has a new name.
var acts = []directory.SeedAct{
	{On: "2026-07-01", DecisionNo: "41-QĐ/ĐU", Orgs: []string{"cauda-4"}, Into: "cauda-3"},
	{On: "2026-09-15", DecisionNo: "57-QĐ/ĐU", Org: "damvang-cualach", Name: "Chi bộ khu dân cư Cửa Lạch"},
}

var shifts = []directory.Shift{
	{ID: "ca1", Name: "Ca 1", Starts: "06:00", Ends: "14:00"},
	{ID: "ca2", Name: "Ca 2", Starts: "14:00", Ends: "22:00"},
	{ID: "ca3", Name: "Ca 3", Starts: "22:00", Ends: "06:00"},
}

var enterprises = []directory.SeedEnterprise{
	{Key: "norvik", Name: "Công ty TNHH Linh kiện Norvik Minh Sơn (mẫu)", Ownership: directory.ForeignOwned, Org: "ubnd", Shifts: shifts},
	{Key: "giay", Name: "Công ty TNHH Giày Kasta Minh Sơn (mẫu)", Ownership: directory.ForeignOwned, Org: "khucn", Shifts: shifts},
	{Key: "may", Name: "Công ty Cổ phần May Thanh Bằng (mẫu)", Ownership: directory.PrivateOwned, Org: "khucn", Shifts: shifts[:2]},
	{Key: "baobi", Name: "Công ty TNHH Bao bì Tre Vàng (mẫu)", Ownership: directory.PrivateOwned, Org: "khucn", Shifts: shifts[:2]},
	{Key: "nuoc", Name: "Công ty TNHH MTV Cấp nước Minh Sơn (mẫu)", Ownership: directory.StateOwned, Org: "khucn", Shifts: shifts},
}
