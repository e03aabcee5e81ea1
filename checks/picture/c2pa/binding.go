package c2pa

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"slices"
	"strings"

	"dossier/checks/picture/jumbf"
)

// A Binding is the file compared with the hash that was signed.
type Binding struct {
	Kind      string // the assertion: "c2pa.hash.data", "c2pa.hash.bmff", ...; empty without
	State     State
	Reason    string // one clause in English if State is not Matches
	Algorithm string
	Excluded  int // bytes that the hash leaves out
	// Foreign are bytes that the hash leaves out although they are not the store's own: whatever
	// stands there could be changed without a trace.
	Foreign []jumbf.Span
}

// A hasher hashes boxes and files, and lets signatures be verified, as long as its allowance lasts.
type hasher struct {
	left       int // bytes
	signatures int
}

func newHash(algorithm string) hash.Hash {
	switch strings.ToLower(algorithm) {
	case "sha256":
		return sha256.New()
	case "sha384":
		return sha512.New384()
	case "sha512":
		return sha512.New()
	}
	return nil
}

// compare hashes parts one behind the other and compares with want.
func (h *hasher) compare(algorithm string, want []byte, parts ...[]byte) (State, string) {
	sum := newHash(algorithm)
	if sum == nil {
		if algorithm == "" {
			return Unverified, "no hash algorithm is named"
		}
		return Unverified, fmt.Sprintf("the hash algorithm %q is not known", printable(algorithm))
	}
	for _, p := range parts {
		if h.left -= len(p); h.left < 0 {
			return Unverified, "the store asks for more hashing than an honest one"
		}
		sum.Write(p)
	}
	if !bytes.Equal(sum.Sum(nil), want) {
		return Differs, "the hash differs"
	}
	return Matches, ""
}

// first returns the first of the names that is not empty.
func first(names ...string) string {
	for _, n := range names {
		if n != "" {
			return n
		}
	}
	return ""
}

// compare compares all that the manifest holds against what was signed.
func (m *Manifest) compare(h *hasher) {
	if m.Claim == nil {
		return
	}
	if m.Signature.State == "" {
		if h.signatures--; h.signatures >= 0 {
			m.Signature.verify(m.Claim.signed)
		} else {
			m.Signature.State, m.Signature.Reason = Unverified, "the store holds more signatures than an honest one"
		}
	}
	for _, a := range m.Assertions {
		switch {
		case !a.Listed:
		case a.box != nil:
			// The hash is of the superbox without its own header.
			a.State, a.Reason = h.compare(first(a.uri.algorithm, m.Claim.Algorithm, "sha256"), a.uri.hash, a.box.Payload)
			if a.State == Differs && m.redacted(a.Label) {
				a.State, a.Reason = Unverified, "a later claim says that it was taken out on purpose"
			}
		case m.redacted(a.Label):
			a.State, a.Reason = Unverified, "a later claim says that it was taken out on purpose"
		case !strings.HasPrefix(a.uri.url, "self#jumbf="):
			a.State, a.Reason = Unverified, "it is stored elsewhere"
		default:
			a.State, a.Reason = Missing, "it is not there"
		}
	}
	for _, l := range m.ingredients {
		m.Ingredients[l.index].State = m.compareIngredient(l, h)
	}
}

// compareIngredient compares an ingredient's manifest with the hash that was taken when it was added.
func (m *Manifest) compareIngredient(l ingredientLink, h *hasher) State {
	// Some writers name the claim's box in the link; the hash is of the whole manifest all the same.
	other := m.store.Manifest(labelOf(l.manifest.url))
	if other == nil {
		return Missing
	}
	algorithm := first(l.manifest.algorithm, m.Claim.Algorithm, "sha256")
	state, _ := h.compare(algorithm, l.manifest.hash, other.box.Payload)
	if state == Differs && other.Claim != nil {
		// Version 1.0 of the specification hashed the claim alone.
		state, _ = h.compare(algorithm, l.manifest.hash, other.Claim.signed)
	}
	if state == Differs && other.isRedacted() {
		// Something was taken out on purpose: then the signature, which covers what is left of it, must be the same.
		state = Unverified
		if box, _ := m.resolve(l.signature.url); box != nil {
			state, _ = h.compare(first(l.signature.algorithm, m.Claim.Algorithm, "sha256"), l.signature.hash, box.Payload)
		}
	}
	return state
}

// isRedacted reports whether any claim says that something of m was taken out.
func (m *Manifest) isRedacted() bool {
	for _, other := range m.store.Manifests {
		if other.Claim != nil && slices.ContainsFunc(other.Claim.Redacted, func(uri string) bool { return labelOf(uri) == m.Label }) {
			return true
		}
	}
	return false
}

// bind finds the hard binding and compares it with the file.
func (s *Store) bind(data []byte, h *hasher) {
	s.Binding = Binding{State: Missing, Reason: "no assertion holds a hash of the file"}
	m := s.Active
	seen := map[*Manifest]bool{}
	for m != nil && !seen[m] {
		seen[m] = true
		if a := m.hardBinding(); a != nil {
			s.Bound = m
			s.Binding = s.compareFile(m, a, data, h)
			return
		}
		if !m.Update {
			return
		}
		parent := ""
		for _, in := range m.Ingredients {
			if in.Relationship == ParentOf {
				parent = in.Manifest
			}
		}
		m = s.Manifest(parent)
	}
}

func (m *Manifest) hardBinding() *Assertion {
	for _, a := range m.Assertions {
		if a.Listed && strings.HasPrefix(a.Kind(), "c2pa.hash.") {
			return a
		}
	}
	return nil
}

func (s *Store) compareFile(m *Manifest, a *Assertion, data []byte, h *hasher) Binding {
	b := Binding{Kind: a.Kind(), State: Unverified}
	if a.box == nil {
		b.State, b.Reason = Missing, "the assertion with the hash of the file is not there"
		return b
	}
	if b.Kind != "c2pa.hash.data" {
		b.Reason = "bindings of this kind are not recomputed"
		return b
	}
	v, ok := m.decode(a)
	if !ok {
		b.Reason = "the assertion with the hash of the file cannot be read"
		return b
	}
	b.Algorithm = first(v.get("alg").text(), m.Claim.Algorithm, "sha256")
	var holes []jumbf.Span
	for _, e := range v.get("exclusions").list() {
		start, ok := e.get("start").number()
		length, ok2 := e.get("length").number()
		if !ok || !ok2 || start > uint64(len(data)) || length > uint64(len(data))-start {
			b.State, b.Reason = Differs, "the hash leaves out a range that reaches beyond the file"
			return b
		}
		holes = append(holes, jumbf.Span{From: int(start), To: int(start + length)})
	}
	if s.Active != m {
		holes = s.grown(holes)
	}
	slices.SortFunc(holes, func(a, b jumbf.Span) int { return a.From - b.From })
	var parts [][]byte
	at := 0
	for _, hole := range holes {
		if hole.From < at {
			b.State, b.Reason = Differs, "the ranges that the hash leaves out overlap"
			return b
		}
		parts = append(parts, data[at:hole.From])
		b.Excluded += hole.To - hole.From
		b.Foreign = append(b.Foreign, s.outside(hole)...)
		at = hole.To
	}
	parts = append(parts, data[at:])
	b.State, b.Reason = h.compare(b.Algorithm, v.get("hash").bytes(), parts...)
	return b
}

// grown returns the holes of a manifest to which a later one has been added: the store has become
// longer than it was when the hash was made (C2PA 2.1, 15.12.1).
func (s *Store) grown(holes []jumbf.Span) []jumbf.Span {
	if len(s.Places) == 0 {
		return holes
	}
	from, to := s.Places[0].From, s.Places[len(s.Places)-1].To
	out := slices.Clone(holes)
	for i := range out {
		if out[i].From == from && out[i].To < to {
			grown := to - out[i].To
			out[i].To = to
			for j := range out { // what comes behind has moved
				if out[j].From > from {
					out[j].From += grown
					out[j].To += grown
				}
			}
			return out
		}
	}
	return out
}

// outside returns the parts of a hole that are not the store's own segments.
func (s *Store) outside(hole jumbf.Span) []jumbf.Span {
	var out []jumbf.Span
	at := hole.From
	for _, p := range s.Places {
		if p.To <= at || p.From >= hole.To {
			continue
		}
		if p.From > at {
			out = append(out, jumbf.Span{From: at, To: p.From})
		}
		at = p.To
	}
	if at < hole.To {
		out = append(out, jumbf.Span{From: at, To: hole.To})
	}
	return out
}
