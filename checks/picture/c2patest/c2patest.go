// Package c2patest makes content credentials for tests, signed with keys of its own: valid ones, and such as
// are broken in one chosen place.
//
// What lives here: the builder. What must not: anything a program that is not a test would call.
package c2patest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"fmt"
	"math/big"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// A Manifest describes one manifest.
type Manifest struct {
	Label   string
	Update  bool // without a hash of the file
	Version int  // of the claim, 1 or 2; 0 means 2
	Title   string
	Actions []map[string]any
	// Ingredients are added with the hash of the manifest that "manifest" names, a label in the same store.
	Ingredients []Ingredient
	Signer      *Signer
	Binding     string // label of the hash of the file; empty means c2pa.hash.data
	LeaveOut    int    // bytes behind the credentials that the hash leaves out too
	NoSignature bool
	Thumbnail   []byte // a JPEG of the picture, or nil
	// Unlisted is an assertion that the claim does not list.
	Unlisted bool
}

// An Ingredient is a picture that the manifest's was made from.
type Ingredient struct{ Title, Relationship, Manifest string }

// A Signer is a key with its certificates.
type Signer struct {
	Algorithm int // COSE
	Key       crypto.Signer
	Chain     [][]byte // DER
}

// NewSigner makes a key for a COSE algorithm (-7, -35, -36, -37, -8) and a certificate for the
// organization, signed by an authority of its own.
func NewSigner(algorithm int, organization string) *Signer {
	var key crypto.Signer
	switch algorithm {
	case -7:
		key = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	case -35:
		key = must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	case -36:
		key = must(ecdsa.GenerateKey(elliptic.P521(), rand.Reader))
	case -37:
		key = must(rsa.GenerateKey(rand.Reader, 2048))
	case -8:
		_, k, err := ed25519.GenerateKey(rand.Reader)
		key = must(k, err)
	default:
		panic(fmt.Sprint("no key for algorithm ", algorithm))
	}
	root := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	authority := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test Authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2034, 1, 1, 0, 0, 0, 0, time.UTC)}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "signer", Organization: []string{organization}},
		NotBefore: authority.NotBefore, NotAfter: authority.NotAfter}
	return &Signer{Algorithm: algorithm, Key: key, Chain: [][]byte{
		must(x509.CreateCertificate(rand.Reader, leaf, authority, key.Public(), root)),
		must(x509.CreateCertificate(rand.Reader, authority, authority, root.Public(), root)),
	}}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (s *Signer) sign(claim []byte) []byte {
	protected := must(cbor.Marshal(map[int]any{1: s.Algorithm, 33: s.Chain}))
	signed := must(cbor.Marshal([]any{"Signature1", protected, []byte{}, claim}))
	var signature []byte
	if s.Algorithm == -8 {
		signature = must(s.Key.Sign(rand.Reader, signed, crypto.Hash(0)))
	} else {
		h := crypto.SHA256 // of ES256, PS256, and of algorithms nobody knows
		switch s.Algorithm {
		case -35:
			h = crypto.SHA384
		case -36:
			h = crypto.SHA512
		}
		sum := h.New()
		sum.Write(signed)
		var opts crypto.SignerOpts = h
		if s.Algorithm == -37 {
			opts = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: h}
		}
		signature = must(s.Key.Sign(rand.Reader, sum.Sum(nil), opts))
		if k, ok := s.Key.(*ecdsa.PrivateKey); ok {
			var rs struct{ R, S *big.Int }
			must(asn1.Unmarshal(signature, &rs))
			size := (k.Params().BitSize + 7) / 8
			signature = append(rs.R.FillBytes(make([]byte, size)), rs.S.FillBytes(make([]byte, size))...)
		}
	}
	return must(cbor.Marshal(cbor.Tag{Number: 18, Content: []any{protected, map[string]any{}, nil, signature}}))
}

// Box builds a box.
func Box(kind string, payload []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(8+len(payload)))
	return append(append(out, kind...), payload...)
}

// Superbox builds a superbox; kind is the first four bytes of its UUID.
func Superbox(kind, label string, children ...[]byte) []byte {
	description := append([]byte(kind), 0x00, 0x11, 0x00, 0x10, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71, 0x03)
	payload := Box("jumd", append(append(description, label...), 0))
	for _, c := range children {
		payload = append(payload, c...)
	}
	return Box("jumb", payload)
}

// Store builds a manifest store for the given picture: its bytes without the credentials, which will
// be put in at offset at and take length bytes there.
func Store(picture []byte, at, length int, manifests ...Manifest) []byte {
	built := map[string][]byte{}
	var boxes [][]byte
	for _, m := range manifests {
		b := m.build(picture, at, length, built)
		built[m.Label] = b
		boxes = append(boxes, b)
	}
	return Superbox("c2pa", "c2pa", boxes...)
}

func (m *Manifest) build(picture []byte, at, length int, built map[string][]byte) []byte {
	var assertions [][]byte
	var listed []any
	add := func(label string, content any) {
		b := Superbox("cbor", label, Box("cbor", must(cbor.Marshal(content))))
		assertions = append(assertions, b)
		sum := sha256.Sum256(b[8:])
		listed = append(listed, map[string]any{"url": "self#jumbf=c2pa.assertions/" + label, "hash": sum[:]})
	}
	if m.Thumbnail != nil {
		const label = "c2pa.thumbnail.claim"
		b := Superbox("\x40\xCB\x0C\x32", label, Box("bfdb", []byte("\x00image/jpeg\x00")), Box("bidb", m.Thumbnail))
		assertions = append(assertions, b)
		sum := sha256.Sum256(b[8:])
		listed = append(listed, map[string]any{"url": "self#jumbf=c2pa.assertions/" + label, "hash": sum[:]})
	}
	if len(m.Actions) > 0 {
		add("c2pa.actions.v2", map[string]any{"actions": m.Actions})
	}
	for i, in := range m.Ingredients {
		v := map[string]any{"dc:title": in.Title, "relationship": in.Relationship}
		if other := built[in.Manifest]; other != nil {
			sum := sha256.Sum256(other[8:])
			v["activeManifest"] = map[string]any{"url": "self#jumbf=/c2pa/" + in.Manifest, "hash": sum[:]}
		}
		label := "c2pa.ingredient.v3"
		if i > 0 {
			label += fmt.Sprintf("__%d", i)
		}
		add(label, v)
	}
	if !m.Update {
		sum := sha256.New()
		sum.Write(picture[:at])
		sum.Write(picture[at+m.LeaveOut:])
		label := m.Binding
		if label == "" {
			label = "c2pa.hash.data"
		}
		add(label, map[string]any{"alg": "sha256", "hash": sum.Sum(nil), "name": "jumbf manifest",
			"exclusions": []any{map[string]any{"start": at, "length": length + m.LeaveOut}}})
	}
	if m.Unlisted {
		assertions = append(assertions, Superbox("cbor", "test.unlisted", Box("cbor", must(cbor.Marshal("added")))))
	}
	claim := map[string]any{"alg": "sha256", "dc:title": m.Title, "signature": "self#jumbf=/c2pa/" + m.Label + "/c2pa.signature"}
	label := "c2pa.claim.v2"
	if m.Version == 1 {
		label = "c2pa.claim"
		claim["claim_generator"] = "test_writer/1.0"
		claim["assertions"] = listed
	} else {
		claim["claim_generator_info"] = map[string]any{"name": "test writer", "version": "2.0"}
		claim["created_assertions"] = listed
	}
	signed := must(cbor.Marshal(claim))
	kind := "c2ma"
	if m.Update {
		kind = "c2um"
	}
	children := [][]byte{Superbox("c2as", "c2pa.assertions", assertions...), Superbox("c2cl", label, Box("cbor", signed))}
	if !m.NoSignature {
		children = append(children, Superbox("c2cs", "c2pa.signature", Box("cbor", m.Signer.sign(signed))))
	}
	return Superbox(kind, m.Label, children...)
}

// JPEG puts credentials with the given manifests into a JPEG picture, behind its start marker, in segments
// of at most piece bytes of the box; 0 means as long as segments can be.
func JPEG(picture []byte, piece int, manifests ...Manifest) []byte {
	const at = 2
	length := 0
	for {
		// The store holds its own length, so it is built again until that is right; signatures of
		// one algorithm have one length.
		segments := Segments(Store(picture, at, length, manifests...), piece)
		if len(segments) == length {
			return append(append(append([]byte{}, picture[:at]...), segments...), picture[at:]...)
		}
		length = len(segments)
	}
}

// Segments cuts a box into APP11 segments.
func Segments(box []byte, piece int) []byte {
	const most = 65533 - 16
	if piece <= 0 || piece > most {
		piece = most
	}
	var out []byte
	body := box[8:]
	for n := uint32(1); n == 1 || len(body) > 0; n++ {
		part := body[:min(piece, len(body))]
		body = body[len(part):]
		payload := append([]byte{'J', 'P', 0, 1}, binary.BigEndian.AppendUint32(nil, n)...)
		payload = append(append(payload, box[:8]...), part...)
		out = append(out, 0xFF, 0xEB)
		out = binary.BigEndian.AppendUint16(out, uint16(len(payload)+2))
		out = append(out, payload...)
	}
	return out
}
