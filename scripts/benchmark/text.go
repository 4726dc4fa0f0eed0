package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// phrases are what texts of this kind are made of; repeating them makes the
// text compress about as well as real ones do.
var phrases = strings.Split(`ban chấp hành đảng bộ tỉnh|cấp ủy các cấp|chi bộ trực thuộc|đảng viên được miễn sinh hoạt|công tác xây dựng đảng|học tập và quán triệt nghị quyết|nâng cao chất lượng sinh hoạt chi bộ|cán bộ và nhân dân|phát triển kinh tế xã hội|nhiệm vụ trọng tâm|giải pháp đột phá|kiểm tra, giám sát|tổ chức thực hiện|theo chức năng, nhiệm vụ được giao|đẩy mạnh chuyển đổi số|khoa học và công nghệ|nguồn nhân lực chất lượng cao|đồng bào dân tộc thiểu số|doanh nghiệp tư nhân|doanh nghiệp có vốn đầu tư nước ngoài|mặt trận tổ quốc và các đoàn thể|trách nhiệm nêu gương|người đứng đầu|thường xuyên, liên tục|định kỳ sáu tháng, một năm|báo cáo kết quả|căn cứ tình hình thực tế|quy định của điều lệ đảng|bảo đảm thiết thực, hiệu quả|tiếp tục đổi mới nội dung|phương thức lãnh đạo|tự phê bình và phê bình|giữ vững kỷ cương|văn hóa công vụ|an sinh xã hội|bảo vệ môi trường|xây dựng nông thôn mới|cải cách hành chính|tuyên truyền, phổ biến|đối thoại với nhân dân|phòng, chống lãng phí|chương trình hành động|kế hoạch cụ thể|sơ kết, tổng kết|biểu dương, nhân rộng`, "|")

var (
	onsets = strings.Split("b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x", " ")
	rimes  = strings.Split("a à ả ạ an án ang àng anh ao ăn ăng âm ân ấp ậc ay ây e em ên ệt i im inh ích o oa oan óc on ông ơ ở ơn u ua ung uyên ư ưa ương ước ươi y êu iên iệp", " ")
)

// writer makes Vietnamese-looking text, the same from the same seed.
type writer struct{ *rand.Rand }

func newWriter(seed int) writer { return writer{rand.New(rand.NewPCG(uint64(seed), 7))} }

func (w writer) syllable() string { return onsets[w.IntN(len(onsets))] + rimes[w.IntN(len(rimes))] }

// sentence has three parts in eight of syllables by chance.
func (w writer) sentence() string {
	var b strings.Builder
	for k := range 3 + w.IntN(4) {
		if k > 0 {
			b.WriteString([]string{" ", ", ", " và ", " "}[w.IntN(4)])
		}
		if w.IntN(8) < 3 {
			for j := range 2 + w.IntN(4) {
				if j > 0 {
					b.WriteByte(' ')
				}
				b.WriteString(w.syllable())
			}
			continue
		}
		b.WriteString(phrases[w.IntN(len(phrases))])
	}
	b.WriteString(". ")
	return b.String()
}

// html is a section's text of about n bytes.
func (w writer) html(n int) string {
	var b strings.Builder
	for b.Len() < n {
		b.WriteString("<p>")
		for range 3 + w.IntN(3) {
			b.WriteString(w.sentence())
		}
		b.WriteString("</p>")
	}
	return b.String()
}

// query is something that a person might look for.
func (w writer) query() string {
	words := strings.Fields(strings.ReplaceAll(phrases[w.IntN(len(phrases))], ",", ""))
	n := min(2+w.IntN(2), len(words))
	at := w.IntN(len(words) - n + 1)
	return strings.Join(words[at:at+n], " ")
}

// uniqueWord is a word that stands in one document alone.
func uniqueWord(i int) string { return fmt.Sprintf("zq%dx", i) }
