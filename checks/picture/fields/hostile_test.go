package fields

import (
	"context"
	"math"
	"testing"

	"pgregory.net/rapid"

	"dossier/checks"
	"dossier/checks/picture/reading"
)

// Whatever is read, at whatever place, the search ends without a panic, and what it gives lies in the
// picture.
func TestAnyPage(t *testing.T) {
	words := []string{"", "名", "称", "名称", "姓名", "公民身份号码", "11010519491231002X", "出生1949年12月31日", "住址北京市朝阳区", "单位名称(盖章):", "有限公司",
		"91110000600037341L", "北京云帆有限公司", "年月日", "：：：", "   ", "2014年9月1日至", "+44 20 7946 0112", "a@b.example", "Kestrel Teas Ltd", "\u0000\uffff", "（", "·"}
	coordinates := rapid.OneOf(rapid.Float64Range(-50, 1050), rapid.SampledFrom([]float64{0, 500, 1000, math.NaN(), math.Inf(1), -math.MaxFloat64}))
	rapid.Check(t, func(t *rapid.T) {
		p := &reading.Page{Width: 1000, Height: 1000}
		for range rapid.IntRange(0, 25).Draw(t, "lines") {
			r := readLine(rapid.SampledFrom(words).Draw(t, "text"), rapid.Float64Range(0, 1).Draw(t, "sure"))
			var q reading.Quad
			if rapid.Bool().Draw(t, "upright") {
				x, y, w := rapid.Float64Range(0, 900).Draw(t, "x"), rapid.Float64Range(0, 980).Draw(t, "y"), rapid.Float64Range(1, 300).Draw(t, "w")
				q = reading.Quad{{X: x, Y: y}, {X: x + w, Y: y}, {X: x + w, Y: y + 20}, {X: x, Y: y + 20}}
			} else {
				for i := range q {
					q[i] = reading.Point{X: coordinates.Draw(t, "qx"), Y: coordinates.Draw(t, "qy")}
				}
			}
			p.Lines = append(p.Lines, reading.Line{Reading: r, Quad: q, Box: checks.Region{}})
		}
		kind := rapid.SampledFrom(checks.Kinds()).Draw(t, "kind")
		found, err := Find(context.Background(), p, kind, Looks{
			Line: func(context.Context, reading.Quad, reading.Way) (reading.Reading, error) {
				return readLine(rapid.SampledFrom(words).Draw(t, "again"), 0.9), nil
			},
			Area: func(_ context.Context, area checks.Region, _ float64) (*reading.Page, error) {
				if area.X < 0 || area.Y < 0 || area.X+area.Width > p.Width || area.Y+area.Height > p.Height {
					t.Fatalf("looked outside the picture: %v", area)
				}
				return p, nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range found {
			if r.Value == "" || r.Field == "" || r.Confidence < 0 || r.Confidence >= 1 || math.IsNaN(r.Confidence) {
				t.Fatalf("%+v", r)
			}
		}
	})
}
