package bundle

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aead.dev/minisign"
)

// Vectors made elsewhere would tie us to nothing: what counts is that a signature by one key
// holds for these bytes, and for no other bytes and no other key.
func TestSignature(t *testing.T) {
	public, private, err := minisign.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	stranger, _, err := minisign.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "bundle.zip")
	if _, err := Build(t.Context(), path, passing(t)); err != nil {
		t.Fatal(err)
	}
	if v := verifyFile(t, path, public.String()); v.OK || told(v) != "unsigned" {
		t.Errorf("unsigned, and a key given: %q", told(v))
	}
	name, err := Sign(t.Context(), path, private, "李雷，2026-03-02，提交")
	if err != nil || name != path+".minisig" {
		t.Fatalf("%s %v", name, err)
	}

	v := verifyFile(t, path, public.String())
	if !v.OK || !v.Signature.Valid || v.Signature.Comment != "李雷，2026-03-02，提交" || !strings.Contains(v.Assurance().En, "signed") {
		t.Errorf("signed: %s %+v %v", told(v), v.Signature, v.Assurance())
	}
	text, _ := public.MarshalText()
	if v := verifyFile(t, path, "\n"+string(text)+"\n"); !v.OK {
		t.Errorf("the key as its file has it: %s", told(v))
	}
	// Without a key nothing may be claimed, only that there is something to check.
	if v := verifyFile(t, path, ""); !v.OK || v.Signature == nil || v.Signature.Valid || v.Signature.Checked || v.Signature.Comment != "" ||
		v.Signature.KeyID == "" || strings.Contains(v.Assurance().En, "signed it") {
		t.Errorf("no key given: %+v %v", v.Signature, v.Assurance())
	}
	if v := verifyFile(t, path, stranger.String()); v.OK || told(v) != "unsigned" || v.Signature.Valid {
		t.Errorf("another's key: %s", told(v))
	}
	if _, err := VerifyFile(t.Context(), path, Options{PublicKey: "RWnonsense"}); err == nil {
		t.Error("nonsense was taken for a key")
	}

	// A bundle built anew on purpose, with all its checksums right, under the old signature.
	in := passing(t)
	in.Case.Answers["operator_name"] = "李某"
	if _, err := Build(t.Context(), path, in); err != nil {
		t.Fatal(err)
	}
	if v := verifyFile(t, path, ""); !v.OK {
		t.Errorf("without the key another bundle must pass: %s", told(v))
	}
	if v := verifyFile(t, path, public.String()); v.OK || told(v) != "unsigned" {
		t.Errorf("another bundle under the old signature: %q", told(v))
	}

	for what, data := range map[string]string{"nonsense": "x", "nothing": ""} {
		if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		if v := verifyFile(t, path, public.String()); v.OK || told(v) != "unsigned" {
			t.Errorf("a signature of %s: %q", what, told(v))
		}
	}
	if err := os.WriteFile(name, make([]byte, maxSignatureBytes+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := VerifyFile(t.Context(), path, Options{PublicKey: public.String()}); err == nil {
		t.Error("a signature file of any length was read")
	}
	if _, err := Sign(t.Context(), path, private, "two\nlines"); err == nil {
		t.Error("a comment of two lines was signed")
	}
	if _, err := Sign(t.Context(), filepath.Join(dir, "none.zip"), private, ""); err == nil {
		t.Error("a missing bundle was signed")
	}
}

func verifyFile(t *testing.T, path, key string) *Verification {
	t.Helper()
	v, err := VerifyFile(t.Context(), path, Options{PublicKey: key})
	if err != nil {
		t.Fatal(err)
	}
	return v
}
