package demo

import (
	"math/rand/v2"
	"strings"
)

// people is how one people of the country names its sons and daughters. The
// lists leave out given names that would make somebody well known of a common
// family name.
type people struct {
	family      []string
	men, women  []string // between family and given name; "" for none
	sons, girls []string
}

// The family names of the Kinh, the more common the more often.
var kinh = people{
	family: strings.Fields(`Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Trần Lê Lê Lê Phạm Phạm Hoàng Huỳnh Phan
		Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Đinh Đoàn Lâm Mai Trịnh Đào Hà Tạ Cao Thái Lưu Phùng Châu Nghiêm Khổng`),
	men: []string{"Văn", "Văn", "Văn", "Hữu", "Đình", "Quang", "Xuân", "Duy", "Ngọc", "Thanh", "Công", "Bá", "Viết", "Thế", "Khắc"},
	sons: strings.Fields(`Tùng Lập Hậu Khoa Kiên Sơn Toàn Thuận Trường Tuyển Vinh Hiệp Hoạt Lượng Nhật Phương Quý Tài Thành Thiện
		Tiến Tín Trí Trung Tuấn Tuệ Việt An Bảo Cần Chương Cường Danh Đạt Điền Đông Hân Hiển Hòa Huân Khang Khiêm Lộc Luận
		Lương Nam Nhân Ninh Phát Quyền Thịnh Thức Tiệp Toản Tường Ước Vĩ Xuyên Yên Bách Chuyên Đoan Hùng Khôi`),
	women: []string{"Thị", "Thị", "Thị", "Thị", "Thị Thu", "Thị Kim", "Thị Thanh", "Thị Ngọc", "Thị Bích", "Thị Hồng", "Thị Mai", "Thị Diệu", "Thị Phương"},
	girls: strings.Fields(`Hoa Hương Hằng Hạnh Hiền Huyền Lan Loan Liên Lệ Nga Nguyệt Nhung Oanh Phượng Quyên Quỳnh Sen Sương Thảo Thắm
		Thơm Thủy Thúy Trang Trinh Tuyết Uyên Vân Xuân Yến Cúc Chinh Dung Duyên Đào Hà Hảo Hợp Huệ Khánh Lài Luyến Lý Mận
		Miên Na Nhàn Nhi Nụ Phấn Thoa Thư Thương Tơ Tươi Vui Xuyến Ái Cẩm Châm Diệp`),
}

// The other peoples of the province.
var others = []people{
	{ // Tày, Nùng
		family: strings.Fields("Nông Hoàng Lương Triệu Lục Hà Chu Đàm Lộc Vi Nông Hoàng Ma"),
		men:    []string{"Văn", "Văn", "Ích", "Thanh", "Quốc"}, sons: strings.Fields("Thắm Páo Lưu Chấn Hiệu Tâm Thụ Bằng Khoan Lanh Toán Viễn Đoài Phóng Kim"),
		women: []string{"Thị", "Thị", "Thị Bích"}, girls: strings.Fields("Pình Nhình Slao Nhạn Viền Lả Phắm Đẹp Hòe Nơi Vẻ Lụa Chanh Thiết"),
	},
	{ // Thái
		family: strings.Fields("Lò Quàng Cà Tòng Lường Vì Hà Lô Bạc Cầm"),
		men:    []string{"Văn", "Văn", "Xuân"}, sons: strings.Fields("Pản Hặc Ọi Inh Pâng Thương Ún Chum Tưởng Xôm Biên Phiêng Hịa"),
		women: []string{"Thị", "Thị"}, girls: strings.Fields("Xương Ín Pành Hoan Muôn Phượng Ánh Ỏm Pánh Kẻo Diên Xoan Bun"),
	},
	{ // Mường
		family: strings.Fields("Bùi Quách Đinh Hà Bạch Phạm Trương"),
		men:    []string{"Văn", "Văn", "Công", "Thế"}, sons: strings.Fields("Ển Nhọi Lực Khuyên Chừng Diệm Hẹn Nhượng Quỳnh Sửu Thím Dựng"),
		women: []string{"Thị", "Thị"}, girls: strings.Fields("Ẻn Nhẫm Dựng Xuyên Tý Bơi Miền Nghiện Thiềm Hiên Rộng Ngắm"),
	},
	{ // Mông
		family: strings.Fields("Giàng Vàng Sùng Thào Mùa Lầu Hạng Cứ Ly Vừ Má Sình"),
		men:    []string{"A", "A", "Seo"}, sons: strings.Fields("Páo Sính Dơ Chứ Tủa Lử Khua Phử Sáng Nủ Chía Dế Vảng Hồ Trư"),
		women: []string{"Thị"}, girls: strings.Fields("Mỷ Dợ Sua Pàng Chu Dính Máy Xía Chở Lan Súa Ca Sống"),
	},
	{ // Dao
		family: strings.Fields("Bàn Đặng Phùng Triệu Lý Chảo Tẩn Phàn"),
		men:    []string{"Văn", "Tiến", "Chòi", "Phúc"}, sons: strings.Fields("Quầy Chiêu Tá Pu Lai Sênh Quyên Vạng Phẩu Hín Nhất Kiều"),
		women: []string{"Thị", "Mùi"}, girls: strings.Fields("Mẩy Pham Coi Khé Chài Nải Sếnh Phấy Ghển Lai Chiều"),
	},
	{ // Ê Đê, Ba Na, Cơ Tu: one name and the family's
		family: strings.Fields("Alăng Bhling Zơrâm Arất Hôih Pơloong"),
		men:    []string{""}, sons: strings.Fields("Nhía Bhơi Crốt Dăm Glêi Hương Mịa Nhưn Pâr Rớp Tíc Vít"),
		women: []string{"Thị", ""}, girls: strings.Fields("Nhớp Bhưng Diêm Đhơng Lơn Mơi Nhiên Plơng Tăm Trưa"),
	},
}

// name makes a name of a people.
func (p *people) name(r *rand.Rand) string {
	middle, given := p.men, p.sons
	if r.IntN(100) < 38 {
		middle, given = p.women, p.girls
	}
	parts := []string{pick(r, p.family), pick(r, middle), pick(r, given)}
	if parts[1] == "" {
		return parts[0] + " " + parts[2]
	}
	return strings.Join(parts, " ")
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }
