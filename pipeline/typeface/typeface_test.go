package typeface

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
)

func TestEmbeddedFontIsTheOneStated(t *testing.T) {
	sum := sha256.Sum256(Regular())
	if got := hex.EncodeToString(sum[:]); got != SHA256 {
		t.Errorf("font digest %s, stated %s", got, SHA256)
	}
}

func TestCoverage(t *testing.T) {
	for _, s := range []string{"统一社会信用代码", "营业执照（副本）", "张翀赟", "Dossier 2014-09 · 通过", "臺灣"} {
		if m := Missing(s); len(m) != 0 {
			t.Errorf("%s: missing %q", s, m)
		}
	}
	// A character outside the subset must be reported, not silently lost.
	if m := Missing("王𠀀𠀀"); len(m) != 1 || m[0] != '𠀀' {
		t.Errorf("missing of an uncovered character: %q", m)
	}
}
