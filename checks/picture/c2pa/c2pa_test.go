package c2pa

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"
	"time"

	"dossier/checks/picture/c2patest"
	"dossier/checks/picture/filetest"
)

var picture = filetest.JPEG{Width: 64, Height: 48, Values: []uint8{100, 120, 140}, Adobe: -1}.Bytes()

func plainManifest(s *c2patest.Signer) c2patest.Manifest {
	return c2patest.Manifest{Label: "urn:c2pa:one", Title: "photo.jpg", Signer: s,
		Actions: []map[string]any{{"action": "c2pa.created", "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
			"softwareAgent": map[string]any{"name": "Camera", "version": "1"}}}}
}

func TestValidCredentialsFit(t *testing.T) {
	for _, algorithm := range []int{-7, -35, -36, -37, -8} {
		for _, version := range []int{1, 2} {
			m := plainManifest(c2patest.NewSigner(algorithm, "A Maker"))
			m.Version = version
			s := Read(c2patest.JPEG(picture, 700, m))
			if s == nil || s.Active == nil {
				t.Fatalf("algorithm %d: no credentials found", algorithm)
			}
			if len(s.Damage) > 0 || s.Binding.State != Matches || s.Active.Signature.State != Matches || s.Active.Signature.ChainState != Matches {
				t.Errorf("algorithm %d version %d: damage %v, binding %v, signature %v %s, chain %v", algorithm, version, s.Damage, s.Binding,
					s.Active.Signature.State, s.Active.Signature.Reason, s.Active.Signature.ChainState)
			}
			if s.Active.Claim.Version != version || s.Active.Claim.Title != "photo.jpg" || len(s.Places) < 3 {
				t.Errorf("claim version %d, title %q, %d segments", s.Active.Claim.Version, s.Active.Claim.Title, len(s.Places))
			}
			if c := s.Active.Signature.Certificates; len(c) != 2 || c[0].Organization != "A Maker" || c[0].Issuer != "Test Authority" || !c[1].SelfSigned {
				t.Errorf("certificates %v", c)
			}
			for _, a := range s.Active.Assertions {
				if a.State != Matches {
					t.Errorf("%s: %s %s", a.Label, a.State, a.Reason)
				}
			}
			if a := s.Active.Actions; len(a) != 1 || a[0].Agent != "Camera 1" || !strings.HasSuffix(a[0].SourceType, "/digitalCapture") {
				t.Errorf("actions %v", a)
			}
		}
	}
}

// Every byte of the file matters: changed in the picture it breaks the binding, changed in the
// credentials it breaks something in them or makes them unreadable.
func TestNoByteCanChange(t *testing.T) {
	m := plainManifest(c2patest.NewSigner(-7, "A Maker"))
	file := c2patest.JPEG(picture, 0, m)
	first := Read(file).Places[0]
	step := 1
	if testing.Short() {
		step = 7
	}
	for i := 2; i < len(file); i += step {
		changed := bytes.Clone(file)
		changed[i] ^= 0x20
		s := Read(changed)
		if i >= first.To || i < first.From {
			if s == nil || s.Binding.State != Differs {
				t.Fatalf("byte %d of the picture was changed and the binding does not say so", i)
			}
			continue
		}
		if intact(s) {
			// The labels of boxes that nothing names are the one thing without a signature: the
			// store's own, and the flags of descriptions.
			if same(Read(file), s) {
				continue
			}
			t.Errorf("byte %d of the credentials was changed without a trace", i)
		}
	}
}

func intact(s *Store) bool {
	if s == nil || s.Active == nil || len(s.Damage) > 0 || s.Binding.State != Matches || s.Active.Signature.State != Matches {
		return false
	}
	for _, a := range s.Active.Assertions {
		if a.State != Matches {
			return false
		}
	}
	return true
}

// same reports whether two stores say the same of the picture.
func same(a, b *Store) bool {
	return bytes.Equal(a.Active.Claim.signed, b.Active.Claim.signed) && len(a.Active.Assertions) == len(b.Active.Assertions)
}

func TestUpdateManifestUsesItsParentsHash(t *testing.T) {
	signer := c2patest.NewSigner(-7, "A Maker")
	first := plainManifest(signer)
	file := c2patest.JPEG(picture, 0, first)
	length := len(file) - len(picture)
	// The hash was made when the store was shorter, so its exclusion is too short now.
	update := c2patest.Manifest{Label: "urn:c2pa:two", Update: true, Signer: signer, Actions: []map[string]any{{"action": "c2pa.edited.metadata"}},
		Ingredients: []c2patest.Ingredient{{Title: "photo.jpg", Relationship: ParentOf, Manifest: first.Label}}}
	segments := c2patest.Segments(c2patest.Store(picture, 2, length, first, update), 0)
	updated := append(append(append([]byte{}, picture[:2]...), segments...), picture[2:]...)
	s := Read(updated)
	if s.Binding.State != Matches || s.Bound == nil || s.Bound.Label != first.Label || s.Active.Label != update.Label {
		t.Fatalf("binding %v, bound %v", s.Binding, s.Bound)
	}
	if in := s.Active.Ingredients; len(in) != 1 || in[0].State != Matches {
		t.Errorf("ingredients %v", in)
	}
	updated[len(updated)-3] ^= 1
	if s := Read(updated); s.Binding.State != Differs {
		t.Errorf("the picture was changed behind an update manifest: %v", s.Binding)
	}
}

func TestWhatIsBrokenIsNamed(t *testing.T) {
	signer, other := c2patest.NewSigner(-7, "A Maker"), c2patest.NewSigner(-7, "Somebody Else")
	t.Run("signature of another key", func(t *testing.T) {
		m := plainManifest(&c2patest.Signer{Algorithm: -7, Key: other.Key, Chain: signer.Chain})
		s := Read(c2patest.JPEG(picture, 0, m))
		if s.Active.Signature.State != Differs || s.Binding.State != Matches {
			t.Errorf("signature %v, binding %v", s.Active.Signature.State, s.Binding.State)
		}
	})
	t.Run("chain of another authority", func(t *testing.T) {
		m := plainManifest(&c2patest.Signer{Algorithm: -7, Key: signer.Key, Chain: [][]byte{signer.Chain[0], other.Chain[1]}})
		s := Read(c2patest.JPEG(picture, 0, m))
		if s.Active.Signature.State != Matches || s.Active.Signature.ChainState != Differs {
			t.Errorf("signature %v, chain %v", s.Active.Signature.State, s.Active.Signature.ChainState)
		}
	})
	t.Run("no certificate", func(t *testing.T) {
		s := Read(c2patest.JPEG(picture, 0, plainManifest(&c2patest.Signer{Algorithm: -7, Key: signer.Key})))
		if s.Active.Signature.State != Differs {
			t.Errorf("signature %v", s.Active.Signature.State)
		}
	})
	t.Run("unknown algorithm", func(t *testing.T) {
		s := Read(c2patest.JPEG(picture, 0, plainManifest(&c2patest.Signer{Algorithm: -12345, Key: signer.Key, Chain: signer.Chain})))
		if got := s.Active.Signature; got.State != Unverified || got.Algorithm != "-12345" {
			t.Errorf("signature %v %s", got.State, got.Algorithm)
		}
	})
	t.Run("no signature", func(t *testing.T) {
		m := plainManifest(signer)
		m.NoSignature = true
		if s := Read(c2patest.JPEG(picture, 0, m)); s.Active.Signature.State != Missing {
			t.Errorf("signature %v", s.Active.Signature.State)
		}
	})
	t.Run("algorithm of another kind of key", func(t *testing.T) {
		m := plainManifest(&c2patest.Signer{Algorithm: -7, Key: signer.Key, Chain: c2patest.NewSigner(-8, "x").Chain})
		if s := Read(c2patest.JPEG(picture, 0, m)); s.Active.Signature.State != Differs {
			t.Errorf("signature %v", s.Active.Signature.State)
		}
	})
	t.Run("an assertion nobody listed", func(t *testing.T) {
		m := plainManifest(signer)
		m.Unlisted = true
		s := Read(c2patest.JPEG(picture, 0, m))
		last := s.Active.Assertions[len(s.Active.Assertions)-1]
		if last.Listed || last.Label != "test.unlisted" {
			t.Errorf("last assertion %v", last)
		}
	})
	t.Run("an ingredient's credentials were changed", func(t *testing.T) {
		first := plainManifest(signer)
		second := plainManifest(signer)
		second.Label, second.Ingredients = "urn:c2pa:two", []c2patest.Ingredient{{Title: "photo.jpg", Relationship: ParentOf, Manifest: first.Label}}
		file := c2patest.JPEG(picture, 0, first, second)
		s := Read(file)
		if len(s.Damage) > 0 || s.Active.Ingredients[0].State != Matches || len(s.History()) != 2 || !s.History()[1].Parent {
			t.Fatalf("ingredient %v, history %v", s.Active.Ingredients, s.History())
		}
		i := bytes.Index(file, []byte("Camera")) // the first one is the ingredient's
		file[i] = 'K'
		s = Read(file)
		if s.Active.Ingredients[0].State != Differs || s.Active.Assertions[0].State != Matches {
			t.Errorf("ingredient %v", s.Active.Ingredients)
		}
	})
	t.Run("the hash leaves out more than the credentials", func(t *testing.T) {
		m := plainManifest(signer)
		m.LeaveOut = 100
		s := Read(c2patest.JPEG(picture, 0, m))
		if s.Binding.State != Matches || len(s.Binding.Foreign) != 1 || s.Binding.Foreign[0].To-s.Binding.Foreign[0].From != 100 {
			t.Errorf("binding %v", s.Binding)
		}
	})
	t.Run("a kind of hash that is not recomputed", func(t *testing.T) {
		m := plainManifest(signer)
		m.Binding = "c2pa.hash.boxes"
		if s := Read(c2patest.JPEG(picture, 0, m)); s.Binding.State != Unverified {
			t.Errorf("binding %v", s.Binding)
		}
	})
	t.Run("only an update", func(t *testing.T) {
		m := plainManifest(signer)
		m.Update = true
		if s := Read(c2patest.JPEG(picture, 0, m)); s.Binding.State != Missing {
			t.Errorf("binding %v", s.Binding)
		}
	})
}

func TestCutOffCredentials(t *testing.T) {
	file := c2patest.JPEG(picture, 500, plainManifest(c2patest.NewSigner(-7, "A Maker")))
	places := Read(file).Places
	for i := range places {
		// One segment is taken out.
		s := Read(append(bytes.Clone(file[:places[i].From]), file[places[i].To:]...))
		if s == nil {
			// Without its first segment nothing says that the rest is a manifest store.
			if i > 0 {
				t.Errorf("segment %d was taken out and nothing is left", i)
			}
			continue
		}
		if len(s.Damage) == 0 {
			t.Errorf("segment %d was taken out and nothing is said", i)
		}
	}
	if Read(picture) != nil {
		t.Error("credentials in a picture that has none")
	}
}

// Of a store that is full of signatures, the newest are verified.
func TestManySignatures(t *testing.T) {
	signer := c2patest.NewSigner(-8, "A Maker")
	var list []c2patest.Manifest
	for i := range maxVerified + 2 {
		m := plainManifest(signer)
		m.Label = fmt.Sprintf("urn:c2pa:%03d", i)
		list = append(list, m)
	}
	s := Read(c2patest.JPEG(picture, 0, list...))
	if len(s.Manifests) != len(list) || s.Active.Signature.State != Matches || s.Binding.State != Matches {
		t.Errorf("%d manifests, the active one's signature %s, binding %v", len(s.Manifests), s.Active.Signature.State, s.Binding)
	}
	if got := s.Manifests[0].Signature.State; got != Unverified {
		t.Errorf("the oldest signature: %s", got)
	}
}

// A PNG and a GIF carry them too.
func TestOtherFormats(t *testing.T) {
	m := plainManifest(c2patest.NewSigner(-8, "A Maker"))
	png := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00\x3a\x7e\x9b\x55\x00\x00\x00\x00IEND\xae\x42\x60\x82")
	chunk := func(store []byte) []byte {
		c := binary.BigEndian.AppendUint32(nil, uint32(len(store)))
		c = append(append(c, "caBX"...), store...)
		return binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE(c[4:]))
	}
	gif := filetest.GIF{Width: 4, Height: 4, Frames: []filetest.GIFFrame{{Width: 4, Height: 4, Transparent: -1}}}.Bytes()
	extension := func(store []byte) []byte {
		c := []byte("\x21\xFF\x0BC2PA_GIF\x01\x00\x00")
		for len(store) > 0 {
			n := min(255, len(store))
			c = append(append(c, byte(n)), store[:n]...)
			store = store[n:]
		}
		return append(c, 0)
	}
	for _, c := range []struct {
		name string
		file []byte
		at   int
		wrap func([]byte) []byte
	}{{"png", png, 33, chunk}, {"gif", gif, 13, extension}} {
		length := 0
		for {
			w := c.wrap(c2patest.Store(c.file, c.at, length, m))
			if len(w) != length {
				length = len(w)
				continue
			}
			file := append(append(bytes.Clone(c.file[:c.at]), w...), c.file[c.at:]...)
			if s := Read(file); !intact(s) {
				t.Errorf("%s: %+v", c.name, s)
			}
			break
		}
	}
}

// Numbers that ask for memory, nesting, and maps that contradict themselves are refused.
func TestHostileCBOR(t *testing.T) {
	for name, b := range map[string][]byte{
		"an array of 2^32 elements": {0x9A, 0xFF, 0xFF, 0xFF, 0xFF},
		"a text of 2^63 bytes":      {0x7B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF},
		"nested 1000 times":         bytes.Repeat([]byte{0x81}, 1000),
		"one key twice":             {0xA2, 0x61, 'a', 1, 0x61, 'a', 2},
		"something behind it":       {0x01, 0x02},
		"nothing":                   {},
		"too long":                  append([]byte{0x5A, 0, 0x20, 0, 0}, make([]byte, 2<<20)...),
	} {
		if _, err := decodeCBOR(b); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	for _, claim := range [][]byte{{0xA0}, {0x80}, {0x9A, 0xFF, 0xFF, 0xFF, 0xFF}} {
		store := c2patest.Superbox("c2pa", "c2pa", c2patest.Superbox("c2ma", "m", c2patest.Superbox("c2cl", "c2pa.claim", c2patest.Box("cbor", claim))))
		s := Read(append(append(bytes.Clone(picture[:2]), c2patest.Segments(store, 0)...), picture[2:]...))
		if s == nil || len(s.Damage) == 0 || s.Active == nil || s.Active.Claim != nil {
			t.Errorf("claim %x: %+v", claim, s)
		}
	}
}

// The key of a certificate for PSS signatures alone, which the standard library does not read.
func TestKeyForPSSAlone(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	type spki struct {
		Algorithm struct{ OID asn1.ObjectIdentifier }
		Key       asn1.BitString
	}
	var v spki
	v.Algorithm.OID = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	der := x509.MarshalPKCS1PublicKey(&key.PublicKey)
	v.Key = asn1.BitString{Bytes: der, BitLength: 8 * len(der)}
	b, err := asn1.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	got, kind := pssKey(b)
	if kind != x509.RSA || !key.PublicKey.Equal(got) {
		t.Errorf("read %v of kind %v", got, kind)
	}
	if got, _ := pssKey(der); got != nil {
		t.Error("another structure was read as a key")
	}
}

func TestTimeStamp(t *testing.T) {
	when := time.Date(2025, 3, 4, 5, 6, 7, 0, time.UTC)
	type stamp struct {
		Version int
		Policy  asn1.ObjectIdentifier
		Imprint []int
		Serial  int
		Time    time.Time `asn1:"generalized"`
	}
	mustDER := func(v any) []byte {
		b, err := asn1.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	explicit := func(b []byte) asn1.RawValue {
		return asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: b}
	}
	info := mustDER(stamp{1, asn1.ObjectIdentifier{1, 2, 3}, []int{1}, 1, when})
	signed := mustDER(struct {
		Version  int
		Digests  []int `asn1:"set"`
		Contents struct {
			Type    asn1.ObjectIdentifier
			Content asn1.RawValue
		}
	}{3, nil, struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue
	}{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}, explicit(mustDER(info))}})
	token := mustDER(struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue
	}{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}, explicit(signed)})
	if got, ok := stampTime(token); !ok || !got.Equal(when) {
		t.Errorf("token: %v %v", got, ok)
	}
	response := mustDER(struct {
		Status struct{ Status int }
		Token  asn1.RawValue
	}{Token: asn1.RawValue{FullBytes: token}})
	if got, ok := stampTime(response); !ok || !got.Equal(when) {
		t.Errorf("response: %v %v", got, ok)
	}
	if _, ok := stampTime(token[:len(token)-5]); ok {
		t.Error("a token that is cut off gave a time")
	}
}

func FuzzRead(f *testing.F) {
	m := plainManifest(c2patest.NewSigner(-8, "A Maker"))
	f.Add(c2patest.JPEG(picture, 0, m))
	f.Add(c2patest.JPEG(picture, 300, m))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := Read(data)
		if s == nil {
			return
		}
		s.History()
		if len(s.Damage) > maxDamage || s.Active == nil && len(s.Damage) == 0 {
			t.Fatalf("damage %v", s.Damage)
		}
	})
}

func FuzzCBOR(f *testing.F) {
	f.Add([]byte{0xA1, 0x61, 'a', 0x81, 0x01})
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := decodeCBOR(b)
		if err != nil {
			return
		}
		v.get("alg").text()
		v.list()
		v.number()
		readSignature(b)
	})
}
