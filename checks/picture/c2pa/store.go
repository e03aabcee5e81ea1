package c2pa

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"dossier/checks"
	"dossier/checks/picture/jumbf"
)

// A State says how a comparison came out.
type State string

// The states. Only Matches reassures.
const (
	Matches    State = "matches"
	Differs    State = "differs"
	Missing    State = "missing"    // what should be compared is not there
	Unverified State = "unverified" // there, and not something this package can compare
)

// A Store is what a file carries.
type Store struct {
	Manifests []*Manifest // in file order
	Active    *Manifest   // the last one; nil if none could be read
	// Binding compares the file with the hash that was signed. For an update manifest it is that of
	// the manifest it updates.
	Binding Binding
	// Bound is the manifest that holds the binding; nil without.
	Bound  *Manifest
	Places []jumbf.Span // where in the file the store lies
	// Damage says what could not be read, one clause in English each; at most maxDamage.
	Damage []string
}

// A Manifest is one entry of the store.
type Manifest struct {
	Label      string
	Update     bool // it only adds to the manifest of its parent ingredient, and has no binding of its own
	Claim      *Claim
	Assertions []*Assertion // those the claim lists, in its order; then those in the store that it does not list
	Signature  Signature

	Actions     []Action
	Ingredients []Ingredient

	ingredients []ingredientLink
	box         *jumbf.Box
	store       *Store
}

// Limits of what is read. The largest honest store seen in public samples holds 40 manifests.
const (
	maxManifests  = 256
	maxAssertions = 512  // of one manifest
	maxListed     = 1024 // actions, ingredients, entries of lists
	maxDamage     = 20
	maxHashed     = 256 << 20 // bytes hashed for one file, so that a store cannot list the same box over and over
	maxVerified   = 48        // manifests whose signature is verified
)

// Kinds of content of superboxes: the first four bytes of their UUID (C2PA 2.1, 11.1); the others
// are the same for all of them.
const (
	kindStore      = "c2pa"
	kindManifest   = "c2ma"
	kindUpdate     = "c2um"
	kindCompressed = "c2cm"
	kindAssertions = "c2as"
	kindClaim      = "c2cl"
	kindSignature  = "c2cs"
)

// kindOf returns the first four bytes of a superbox's UUID.
func kindOf(b *jumbf.Box) string { return string(b.UUID[:4]) }

// Shared is the subject's store, read and compared once for all checks; nil if the file carries none.
var Shared = checks.NewShared("content credentials", func(_ context.Context, s *checks.Subject) (*Store, error) {
	return Read(s.Data), nil
})

// Read reads the manifest store of the file in data, a JPEG, PNG or GIF. It returns nil if there is
// none. A store that is damaged is returned as far as it could be read.
func Read(data []byte) *Store {
	var s *Store
	for _, e := range jumbf.Find(data) {
		boxes, err := jumbf.Parse(e.Data)
		if !isStore(e.Data, boxes) {
			continue
		}
		if s != nil {
			s.damage("the file carries more than one manifest store; only the first was read")
			break
		}
		s = &Store{Places: e.Places}
		if e.Damage != nil {
			s.damage(e.Damage.Error())
		} else if err != nil {
			s.damage(err.Error())
		}
		s.read(boxes)
	}
	if s == nil {
		return nil
	}
	h := &hasher{left: maxHashed, signatures: maxVerified}
	// The newest first: it is the one that counts, should a hostile store use up what is allowed.
	for _, m := range slices.Backward(s.Manifests) {
		m.compare(h)
	}
	s.bind(data, h)
	return s
}

// isStore reports whether what was found is a manifest store, or the beginning of one.
func isStore(raw []byte, boxes []*jumbf.Box) bool {
	if len(boxes) > 0 && boxes[0].Type == "jumb" && kindOf(boxes[0]) == kindStore {
		return true
	}
	// Cut off before the tree could be read: the description's kind still stands near the start.
	head := raw[:min(len(raw), 64)]
	return bytes.Contains(head, []byte("jumdc2pa"))
}

func (s *Store) damage(clause string) {
	if len(s.Damage) < maxDamage {
		s.Damage = append(s.Damage, clause)
	}
}

func (s *Store) read(boxes []*jumbf.Box) {
	if len(boxes) == 0 || kindOf(boxes[0]) != kindStore {
		if len(s.Damage) == 0 {
			s.damage("the manifest store cannot be read")
		}
		return
	}
	for _, b := range boxes[0].Children {
		if b.Type != "jumb" {
			continue
		}
		switch kindOf(b) {
		case kindManifest, kindUpdate:
			if len(s.Manifests) >= maxManifests {
				s.damage(fmt.Sprintf("more than %d manifests", maxManifests))
				return
			}
			m := &Manifest{Label: b.Label, Update: kindOf(b) == kindUpdate, box: b, store: s}
			s.Manifests = append(s.Manifests, m)
			m.read()
		case kindCompressed:
			s.damage("a compressed manifest, which is not read")
		default:
			s.damage(fmt.Sprintf("a box of unknown kind %q among the manifests", printable(kindOf(b))))
		}
	}
	if n := len(s.Manifests); n > 0 {
		s.Active = s.Manifests[n-1]
	} else if len(s.Damage) == 0 {
		s.damage("a manifest store without a manifest")
	}
}

// Manifest returns the manifest of that label, or nil.
func (s *Store) Manifest(label string) *Manifest {
	for _, m := range s.Manifests {
		if m.Label == label {
			return m
		}
	}
	return nil
}

// Thumbnail returns the small copy of the picture that the active manifest holds and signs, coded as a JPEG
// or PNG; nil if there is none, or not the one that was signed.
func (s *Store) Thumbnail() []byte {
	if s.Active == nil {
		return nil
	}
	for _, a := range s.Active.Assertions {
		// The name of the format follows in the labels of version 1: "c2pa.thumbnail.claim.jpeg".
		if a.Listed && a.State == Matches && strings.HasPrefix(a.Label, "c2pa.thumbnail.claim") {
			return a.box.Content("bidb")
		}
	}
	return nil
}

// History returns the active manifest and those of the pictures it was made from, the newest
// first; parent reports of each whether only "opened" steps lie between it and this file, so that it
// tells of this very picture and not of something placed into it.
func (s *Store) History() []HistoryEntry {
	var out []HistoryEntry
	seen := map[*Manifest]bool{}
	var visit func(m *Manifest, parent bool)
	visit = func(m *Manifest, parent bool) {
		if m == nil || seen[m] {
			return
		}
		seen[m] = true
		out = append(out, HistoryEntry{m, parent})
		for _, in := range m.Ingredients {
			visit(s.Manifest(in.Manifest), parent && in.Relationship == ParentOf)
		}
	}
	visit(s.Active, true)
	return out
}

// A HistoryEntry is one manifest that tells of this picture's making.
type HistoryEntry struct {
	Manifest *Manifest
	Parent   bool // it tells of this very picture, not of something placed into it
}
