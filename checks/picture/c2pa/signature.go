package c2pa

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math/big"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// A Signature is the COSE_Sign1 structure over a claim (RFC 9052, 4.2; C2PA 2.1, 13.2).
type Signature struct {
	Algorithm string // "ES256", "PS256", "EdDSA", ...; or the number, if it is not known
	// State says whether the signature fits the claim and the key of the first certificate. It does not
	// say whose key that is.
	State  State
	Reason string // one clause in English if State is not Matches
	// Certificates are the signer's and those above it, as they came along.
	Certificates []Certificate
	// ChainState says whether each certificate is signed by the next one.
	ChainState State
	// SignedAt is what a time stamp in the signature says; zero without. The stamp's own signature
	// is not verified.
	SignedAt time.Time

	protected, signature []byte
	keys                 []*x509.Certificate
}

// A Certificate is what one certificate says of its holder.
type Certificate struct {
	Organization, Name  string // of the subject
	Issuer              string // common name, else organization
	NotBefore, NotAfter time.Time
	SelfSigned          bool
}

// Holder is the holder's name for people.
func (c Certificate) Holder() string {
	switch {
	case c.Organization != "" && c.Name != "" && c.Organization != c.Name:
		return c.Organization + " (" + c.Name + ")"
	case c.Organization != "":
		return c.Organization
	}
	return c.Name
}

// COSE header labels and algorithms (RFC 9052, 9053, 9360, 9864).
const (
	headerAlgorithm = 1
	headerChain     = 33
)

type algorithm struct {
	name   string
	hash   crypto.Hash
	family string
}

var algorithms = map[int64]algorithm{
	-7: {"ES256", crypto.SHA256, "ecdsa"}, -35: {"ES384", crypto.SHA384, "ecdsa"}, -36: {"ES512", crypto.SHA512, "ecdsa"},
	-9: {"ESP256", crypto.SHA256, "ecdsa"}, -51: {"ESP384", crypto.SHA384, "ecdsa"}, -52: {"ESP512", crypto.SHA512, "ecdsa"},
	-37: {"PS256", crypto.SHA256, "pss"}, -38: {"PS384", crypto.SHA384, "pss"}, -39: {"PS512", crypto.SHA512, "pss"},
	-8: {"EdDSA", 0, "eddsa"}, -19: {"Ed25519", 0, "eddsa"},
}

// maxCertificates bounds the chain; three or four are usual.
const maxCertificates = 10

// maxKeyBits bounds an RSA key, whose verification grows with the cube of its length. The
// specification asks for 2048 to 4096 bits.
const maxKeyBits = 8192

func readSignature(b []byte) Signature {
	fail := func(format string, args ...any) Signature {
		return Signature{State: Differs, Reason: fmt.Sprintf(format, args...)}
	}
	v, err := decodeCBOR(b)
	if err != nil {
		return fail("the signature cannot be read: %v", err)
	}
	if tag, ok := v.v.(cbor.Tag); ok { // 18: COSE_Sign1
		v = value{tag.Content}
	}
	parts, _ := v.v.([]any)
	if len(parts) != 4 {
		return fail("the signature is no COSE_Sign1 structure")
	}
	protected, _ := parts[0].([]byte)
	signature, _ := parts[3].([]byte)
	headers, err := decodeCBOR(protected)
	if err != nil {
		return fail("the signature's protected headers cannot be read: %v", err)
	}
	if payload, ok := parts[2].([]byte); ok && len(payload) > 0 {
		// The claim must be the payload, detached; another one in its place is signed in vain.
		return fail("the signature brings a payload of its own")
	}
	s := Signature{protected: protected, signature: signature, ChainState: Unverified}
	unprotected := value{parts[1]}
	s.readChain(headers, unprotected)
	s.readTime(unprotected)
	var number int64
	switch n := headers.get(headerAlgorithm).v.(type) {
	case int64:
		number = n
	case uint64:
		number = int64(min(n, 1<<40))
	}
	a, ok := algorithms[number]
	if !ok {
		s.Algorithm = fmt.Sprint(number)
		s.State, s.Reason = Unverified, fmt.Sprintf("the signature algorithm %d is not known", number)
		return s
	}
	s.Algorithm = a.name
	if len(s.keys) == 0 {
		// The specification asks for one; without it a signature is anybody's.
		s.State, s.Reason = Differs, "no readable certificate comes along"
	}
	return s
}

// readChain reads the certificates (RFC 9360: label 33, one byte string or an array of them; version 1
// of the specification also put them under the text "x5chain", and into the unprotected headers).
func (s *Signature) readChain(headers ...value) {
	for _, h := range headers {
		for _, key := range []any{headerChain, "x5chain"} {
			v := h.get(key)
			raw := [][]byte{v.bytes()}
			for _, e := range v.list() {
				raw = append(raw, e.bytes())
			}
			for _, der := range raw {
				if len(der) == 0 || len(s.keys) >= maxCertificates {
					continue
				}
				cert, err := x509.ParseCertificate(der)
				if err != nil {
					if len(s.keys) == 0 {
						return // the signer's own: the others are of no use without it
					}
					continue
				}
				if cert.PublicKey == nil {
					cert.PublicKey, cert.PublicKeyAlgorithm = pssKey(cert.RawSubjectPublicKeyInfo)
				}
				s.keys = append(s.keys, cert)
				s.Certificates = append(s.Certificates, describe(cert))
			}
			if len(s.keys) > 0 {
				return
			}
		}
	}
}

func describe(c *x509.Certificate) Certificate {
	out := Certificate{Name: printable(c.Subject.CommonName), Issuer: printable(c.Issuer.CommonName), NotBefore: c.NotBefore, NotAfter: c.NotAfter}
	if len(c.Subject.Organization) > 0 {
		out.Organization = printable(c.Subject.Organization[0])
	}
	if out.Issuer == "" && len(c.Issuer.Organization) > 0 {
		out.Issuer = printable(c.Issuer.Organization[0])
	}
	out.SelfSigned = string(c.RawSubject) == string(c.RawIssuer)
	return out
}

// chain checks that each certificate is signed by the next.
func (s *Signature) chain() {
	s.ChainState = Matches
	for i := 0; i+1 < len(s.keys); i++ {
		above := s.keys[i+1]
		if tooLong(above.PublicKey) {
			s.ChainState = Unverified
			return
		}
		if err := above.CheckSignature(s.keys[i].SignatureAlgorithm, s.keys[i].RawTBSCertificate, s.keys[i].Signature); err != nil {
			s.ChainState = Differs
			return
		}
	}
	if len(s.keys) == 1 && !s.Certificates[0].SelfSigned {
		s.ChainState = Unverified // those above it did not come along
	}
}

// pssKey reads an RSA key that may be used for PSS signatures alone (RFC 4055, 3.1), which the
// standard library leaves unread and the specification recommends.
func pssKey(info []byte) (any, x509.PublicKeyAlgorithm) {
	var spki struct {
		Algorithm struct {
			OID        asn1.ObjectIdentifier
			Parameters asn1.RawValue `asn1:"optional"`
		}
		Key asn1.BitString
	}
	if _, err := asn1.Unmarshal(info, &spki); err != nil || !spki.Algorithm.OID.Equal(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}) {
		return nil, x509.UnknownPublicKeyAlgorithm
	}
	key, err := x509.ParsePKCS1PublicKey(spki.Key.RightAlign())
	if err != nil {
		return nil, x509.UnknownPublicKeyAlgorithm
	}
	return key, x509.RSA
}

func tooLong(key any) bool {
	k, ok := key.(*rsa.PublicKey)
	return ok && k.N.BitLen() > maxKeyBits
}

// verify compares the signature with the claim, and the certificates with each other.
func (s *Signature) verify(claim []byte) {
	s.chain()
	// RFC 9052, 4.4: what is signed is this array, with an empty external part.
	signed, err := cbor.Marshal([]any{"Signature1", s.protected, []byte{}, claim})
	if err != nil {
		s.State, s.Reason = Unverified, err.Error()
		return
	}
	a := algorithm{}
	for _, have := range algorithms {
		if have.name == s.Algorithm {
			a = have
		}
	}
	key := s.keys[0].PublicKey
	if tooLong(key) {
		s.State, s.Reason = Unverified, fmt.Sprintf("the key is longer than %d bits", maxKeyBits)
		return
	}
	digest := signed
	if a.hash != 0 {
		h := a.hash.New()
		h.Write(signed)
		digest = h.Sum(nil)
	}
	fits, matched := false, true
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		if matched = a.family == "ecdsa"; matched {
			fits = verifyECDSA(k, digest, s.signature)
		}
	case *rsa.PublicKey:
		if matched = a.family == "pss"; matched {
			fits = rsa.VerifyPSS(k, a.hash, digest, s.signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto, Hash: a.hash}) == nil
		}
	case ed25519.PublicKey:
		if matched = a.family == "eddsa"; matched {
			fits = len(s.signature) == ed25519.SignatureSize && ed25519.Verify(k, digest, s.signature)
		}
	default:
		matched = false
	}
	switch {
	case !matched:
		s.State, s.Reason = Differs, fmt.Sprintf("the certificate's key cannot make signatures of the kind %s", s.Algorithm)
	case fits:
		s.State = Matches
	default:
		s.State, s.Reason = Differs, "the signature does not fit the claim and the certificate"
	}
}

// verifyECDSA takes the two numbers one behind the other, as COSE writes them (RFC 9053, 2.1), or as the
// ASN.1 structure that some writers put there.
func verifyECDSA(k *ecdsa.PublicKey, digest, signature []byte) bool {
	size := (k.Curve.Params().BitSize + 7) / 8
	if len(signature) != 2*size {
		return ecdsa.VerifyASN1(k, digest, signature)
	}
	der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:])})
	return err == nil && ecdsa.VerifyASN1(k, digest, der)
}

// readTime looks for an RFC 3161 time stamp (C2PA 2.1, 13.2.4: headers "sigTst" and "sigTst2").
func (s *Signature) readTime(unprotected value) {
	for _, key := range []string{"sigTst2", "sigTst"} {
		for _, token := range unprotected.get(key).get("tstTokens").list() {
			if t, ok := stampTime(token.get("val").bytes()); ok {
				s.SignedAt = t
				return
			}
		}
	}
}

// stampTime takes the time out of a time stamp token: CMS SignedData around a TSTInfo (RFC 3161,
// 2.4.2), with or without the response around it.
func stampTime(der []byte) (time.Time, bool) {
	type contentInfo struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"explicit,tag:0"`
	}
	var response struct {
		Status asn1.RawValue
		Token  contentInfo
	}
	var info contentInfo
	if _, err := asn1.Unmarshal(der, &info); err != nil {
		if _, err := asn1.Unmarshal(der, &response); err != nil {
			return time.Time{}, false
		}
		info = response.Token
	}
	var signed struct {
		Version  int
		Digests  asn1.RawValue
		Contents struct {
			Type    asn1.ObjectIdentifier
			Content asn1.RawValue `asn1:"explicit,optional,tag:0"`
		}
	}
	if _, err := asn1.Unmarshal(unwrap(info.Content), &signed); err != nil {
		return time.Time{}, false
	}
	var octets []byte
	if _, err := asn1.Unmarshal(unwrap(signed.Contents.Content), &octets); err != nil {
		return time.Time{}, false
	}
	var stamp struct {
		Version int
		Policy  asn1.ObjectIdentifier
		Imprint asn1.RawValue
		Serial  *big.Int
		Time    time.Time `asn1:"generalized"`
	}
	if _, err := asn1.Unmarshal(octets, &stamp); err != nil {
		return time.Time{}, false
	}
	return stamp.Time, true
}

// unwrap returns the bytes within an explicit tag, or the value itself if the tag is gone already.
func unwrap(v asn1.RawValue) []byte {
	if v.Class == asn1.ClassContextSpecific {
		return v.Bytes
	}
	return v.FullBytes
}
