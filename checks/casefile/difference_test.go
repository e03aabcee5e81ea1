package casefile

import (
	"testing"

	"pgregory.net/rapid"
)

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want likeness
	}{
		{"深圳市腾讯计算机系统有限公司", "深圳市腾讯计算机系统有限公司", same},
		{"北京创新（集团）有限公司", "北京创新(集团)有限公司", sameWidths},
		{"北京 创新 有限公司", "北京创新有限公司", sameWidths},
		{"ＡＢＣ贸易有限公司", "abc贸易有限公司", sameWidths},
		{"阿不都热依木·吾买尔", "阿不都热依木•吾买尔", sameWidths},
		{"北京创新〔集团〕有限公司", "北京创新(集团)有限公司", sameWidths},
		{"李未来", "李末来", lookAlike},
		{"张□华", "张赟华", unread},
		{"张□来", "张赟末", different}, // the last is no look-alike of 来
		{"北京创新有限公司", "北京创新科技有限公司", different},
		{"李明", "王明", different},
		{"", "李明", different},
	} {
		if got := compare(c.a, c.b); got != c.want {
			t.Errorf("compare(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
		if got := compare(c.b, c.a); got != c.want {
			t.Errorf("compare(%q, %q) = %d, want %d: the order must not matter", c.b, c.a, got, c.want)
		}
	}
}

func TestShownDifference(t *testing.T) {
	for _, c := range []struct{ a, b, left, right string }{
		{"深圳市创新有限公司", "深圳市刨新有限公司", "深圳市[创]新有限公司", "深圳市[刨]新有限公司"},
		{"北京创新有限公司", "北京创新科技有限公司", "北京创新[_]有限公司", "北京创新[科技]有限公司"},
		{"110108000000016", "110108000000061", "1101080000000[16]", "1101080000000[61]"},
		{"（", "(", "[（]", "[(]"},
	} {
		if left, right := shownDifference(c.a, c.b); left != c.left || right != c.right {
			t.Errorf("%q and %q: %q and %q, want %q and %q", c.a, c.b, left, right, c.left, c.right)
		}
	}
}

// The runs of an edit, put together, are the two texts; and no shorter way is missed for one change.
func TestEditsAreWhole(t *testing.T) {
	text := rapid.StringOfN(rapid.SampledFrom([]rune("深圳市创刨新A1（")), 0, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		was, is := "", ""
		for _, e := range edits(a, b) {
			was += e.was
			is += e.is
		}
		if was != a || is != b {
			t.Fatalf("edits of %q and %q put together are %q and %q", a, b, was, is)
		}
	})
}
