package speaker

import (
	"slices"
	"testing"
	"time"
)

func TestPlate(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		plate       string
		one         One
		zh, english string
	}{
		{"粤B12345", OneYao, "粤 B 幺 二 三 四 五", "粤B12345"},
		{"粤B12345", OneYi, "粤 B 一 二 三 四 五", "粤B12345"},
		{" 粤b·123-45 ", OneYao, "粤 B 幺 二 三 四 五", "粤B12345"},
		{"沪AD00001", OneYao, "沪 A D 零 零 零 零 幺", "沪AD00001"},
		{"粤Z1234港", OneYao, "粤 Z 幺 二 三 四 港", "粤Z1234港"},
		{"WJ粤1234X", OneYao, "W J 粤 幺 二 三 四 X", "WJ粤1234X"},
		{"使014578", OneYao, "使 零 幺 四 五 七 八", "使014578"},
		{"民航A1234", OneYao, "民 航 A 幺 二 三 四", "民航A1234"},
		{"", OneYao, "无牌车", "car without a plate"},
		{"_无_", OneYao, "无牌车", "car without a plate"},
		{" \x1b?? ", OneYao, "无牌车", "car without a plate"},
	} {
		part := Plate(row.plate, row.one)
		if got := zh(part); got != row.zh || part.English != row.english {
			t.Errorf("%q is %q, %q; want %q, %q", row.plate, got, part.English, row.zh, row.english)
		}
	}
}

func TestDuration(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		stay        time.Duration
		zh, english string
	}{
		{2*time.Hour + 15*time.Minute, "两小时十五分钟", "2 hours 15 minutes"},
		{2*time.Hour + 15*time.Minute + 59*time.Second, "两小时十五分钟", "2 hours 15 minutes"},
		{time.Hour, "一小时", "1 hour"},
		{2 * time.Minute, "两分钟", "2 minutes"},
		{12 * time.Hour, "十二小时", "12 hours"},
		{22 * time.Minute, "二十二分钟", "22 minutes"},
		{59 * time.Second, "一分钟", "1 minute"},
		{0, "一分钟", "1 minute"},
		{-time.Hour, "一分钟", "1 minute"},
		{24 * time.Hour, "一天", "1 day"},
		{50*time.Hour + time.Minute, "两天两小时一分钟", "2 days 2 hours 1 minute"},
		{110 * 24 * time.Hour, "一百一十天", "110 days"},
	} {
		part := Duration(row.stay)
		if got := zh(part); got != row.zh || part.English != row.english {
			t.Errorf("%s is %q, %q; want %q, %q", row.stay, got, part.English, row.zh, row.english)
		}
	}
}

func TestPhrase(t *testing.T) {
	t.Parallel()
	p := Phrase{ID: "8123", Window: 10 * time.Second, Parts: []Part{
		Plate("粤B12345", OneYao), Words("停车", "parked"), Duration(2*time.Hour + 15*time.Minute), Words("，微信收款", "WeChat received"), Amount(1250, YuanJiaoFen),
	}}
	if got, want := p.Chinese(), "粤 B 幺 二 三 四 五 停车两小时十五分钟，微信收款十二元五角"; got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
	if got, want := p.English(), "粤B12345 parked 2 hours 15 minutes WeChat received twelve yuan fifty"; got != want {
		t.Errorf("in English it says %q, want %q", got, want)
	}
	want := []Token{"粤", "B", "幺", "二", "三", "四", "五", "停车", "两", "小时", "十", "五", "分钟", "，微信收款", "十", "二", "元", "五", "角"}
	if got := p.Tokens(); !slices.Equal(got, want) {
		t.Errorf("its tokens are %q, want %q", got, want)
	}
	free := Phrase{Parts: []Part{Words("免费放行", "free exit"), Amount(0, Decimal)}}
	if free.Chinese() != "免费放行" || free.English() != "free exit" {
		t.Errorf("a free exit says %q, %q", free.Chinese(), free.English())
	}
}
