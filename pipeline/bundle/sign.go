package bundle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"aead.dev/minisign"

	"dossier/checks"
	"dossier/pipeline/durable"
)

// SignatureSuffix is what the name of a bundle's signature file ends in, as minisign has it.
const SignatureSuffix = ".minisig"

// maxSignatureBytes is several times what minisign writes: four lines, the longest a comment.
const maxSignatureBytes = 16 << 10

// Options of VerifyFile.
type Options struct {
	// PublicKey is a minisign public key, as its file has it or its last line alone
	// ("RWQ..."). If it is given, the bundle must have a valid signature by it beside it.
	PublicKey string
}

// A Signature is what is known of the file that lies beside a bundle.
type Signature struct {
	File    string `json:"file"`
	Valid   bool   `json:"valid"`   // made over these very bytes by the key that was given
	Checked bool   `json:"checked"` // a key was given
	KeyID   string `json:"key_id"`  // of the key it names, in hexadecimal, as minisign shows it
	Comment string `json:"comment"` // the signed comment; "" unless Valid
}

// Sign writes a minisign signature over the bundle at path beside it, and returns the name of
// that file. It is the same that minisign's own program makes and checks. comment is signed
// with it; use it to say who signed and what for.
func Sign(ctx context.Context, path string, key minisign.PrivateKey, comment string) (string, error) {
	if strings.ContainsAny(comment, "\r\n") {
		return "", errors.New("signing the bundle: the comment must be one line")
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	r := minisign.NewReader(&contextReader{ctx: ctx, r: f})
	if _, err := io.Copy(io.Discard, r); err != nil {
		return "", fmt.Errorf("signing the bundle: %w", err)
	}
	name := path + SignatureSuffix
	signature := r.SignWithComments(key, comment, fmt.Sprintf("signature of a Dossier bundle by key %016X", key.ID()))
	return name, durable.WriteFile(name, signature, durable.FileMode)
}

// verifySignature looks at the signature beside the bundle at path, whose bytes f has.
func (v *Verification) verifySignature(ctx context.Context, f *os.File, path string, o Options) error {
	name := path + SignatureSuffix
	data, err := readSmall(name, maxSignatureBytes)
	if errors.Is(err, fs.ErrNotExist) {
		if o.PublicKey != "" {
			v.add(Unsigned, "", -1, checks.Textf("a signature was asked for and there is none: %s is missing",
				"要求验证签名，但没有签名：缺少 %s", name))
		}
		return nil
	}
	if err != nil {
		return err
	}
	v.Signature = &Signature{File: name}
	var signature minisign.Signature
	if err := signature.UnmarshalText(data); err != nil {
		if o.PublicKey != "" {
			v.add(Unsigned, "", -1, checks.Textf("%[1]s is not a minisign signature", "%[1]s 不是 minisign 签名", name))
		}
		return nil
	}
	v.Signature.KeyID = fmt.Sprintf("%016X", signature.KeyID)
	if o.PublicKey == "" {
		return nil
	}
	key, err := parsePublicKey(o.PublicKey)
	if err != nil {
		return err
	}
	v.Signature.Checked = true
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	r := minisign.NewReader(&contextReader{ctx: ctx, r: f})
	if _, err := io.Copy(io.Discard, r); err != nil {
		return fmt.Errorf("verifying the signature: %w", err)
	}
	switch {
	case key.ID() != signature.KeyID:
		v.add(Unsigned, "", -1, checks.Textf("the signature was made by key %016X, not by the key that was given (%016X)",
			"签名所用的密钥是 %016X，而不是所给的密钥（%016X）", signature.KeyID, key.ID()))
	case !r.Verify(key, data):
		v.add(Unsigned, "", -1, checks.Text{
			En: "the signature is not valid: the bundle or its signature has been changed since it was signed",
			Zh: "签名无效：签名之后，提交包或签名文件已被改动"})
	default:
		v.Signature.Valid, v.Signature.Comment = true, signature.TrustedComment
	}
	return nil
}

func parsePublicKey(text string) (minisign.PublicKey, error) {
	var key minisign.PublicKey
	if err := key.UnmarshalText([]byte(strings.TrimSpace(text))); err != nil {
		return key, fmt.Errorf("the public key is not one of minisign (it begins with \"RW\" and has 56 characters): %w", err)
	}
	return key, nil
}

// readSmall reads a file that must be small.
func readSmall(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, &checks.LimitError{What: name, Value: int64(len(data)), Limit: limit, Unit: "bytes"}
	}
	return data, nil
}
