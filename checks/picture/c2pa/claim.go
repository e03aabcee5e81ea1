package c2pa

import (
	"fmt"
	"strings"

	"dossier/checks/picture/jumbf"
)

// A Claim is the part of a manifest that is signed.
type Claim struct {
	Version    int    // 1 or 2
	Title      string // of the picture, as the writer named it
	Generators []Generator
	Algorithm  string // of the hashes, where an entry names none
	Redacted   []string

	signed []byte // the claim as it was signed
	listed []hashedURI
}

// A Generator is a program that wrote a claim or did an action.
type Generator struct{ Name, Version string }

func (g Generator) String() string { return strings.TrimSpace(g.Name + " " + g.Version) }

// A hashedURI points to a box of the store and says what its hash must be (C2PA 2.1, 8.3).
type hashedURI struct {
	url, algorithm string
	hash           []byte
}

func readHashedURI(v value) hashedURI {
	return hashedURI{url: v.get("url").text(), algorithm: v.get("alg").text(), hash: v.get("hash").bytes()}
}

// read fills in the manifest from its box.
func (m *Manifest) read() {
	var claim, signature, assertions *jumbf.Box
	for _, b := range m.box.Children {
		switch kindOf(b) {
		case kindClaim:
			if claim != nil {
				m.damage("two claims in one manifest")
				continue
			}
			claim = b
		case kindSignature:
			signature = b
		case kindAssertions:
			assertions = b
		}
	}
	if claim == nil {
		m.damage("a manifest without a claim")
	} else if c, err := readClaim(claim.Content("cbor")); err != nil {
		m.damage("the claim cannot be read: " + err.Error())
	} else {
		m.Claim = c
	}
	if signature != nil {
		m.Signature = readSignature(signature.Content("cbor"))
	} else {
		m.Signature = Signature{State: Missing, Reason: "the manifest has no signature"}
	}
	m.readAssertions(assertions)
}

func (m *Manifest) damage(clause string) { m.store.damage(clause) }

// readClaim reads a claim, version 1 or 2 (C2PA 2.1, 10.3).
func readClaim(b []byte) (*Claim, error) {
	v, err := decodeCBOR(b)
	if err != nil {
		return nil, err
	}
	if !v.isMap() {
		return nil, fmt.Errorf("it is no map")
	}
	c := &Claim{Version: 1, Title: v.get("dc:title").text(), Algorithm: v.get("alg").text(), signed: b}
	info := v.get("claim_generator_info")
	if info.isMap() { // version 2
		c.Generators = append(c.Generators, readGenerator(info))
	}
	for _, g := range info.list() { // version 1
		c.Generators = append(c.Generators, readGenerator(g))
	}
	if s := v.get("claim_generator").text(); s != "" && len(c.Generators) == 0 {
		c.Generators = append(c.Generators, Generator{Name: strings.ReplaceAll(s, "_", " ")})
	}
	lists := []value{v.get("assertions")}
	if created := v.get("created_assertions"); created.v != nil {
		c.Version = 2
		lists = []value{created, v.get("gathered_assertions")}
	}
	for _, l := range lists {
		for _, a := range l.list() {
			c.listed = append(c.listed, readHashedURI(a))
		}
	}
	if len(c.listed) == 0 || len(c.listed) > maxAssertions {
		return nil, fmt.Errorf("%d assertions listed, 1 to %d are read", len(c.listed), maxAssertions)
	}
	for _, r := range v.get("redacted_assertions").list() {
		c.Redacted = append(c.Redacted, r.text())
	}
	return c, nil
}

func readGenerator(v value) Generator {
	if s := v.text(); s != "" {
		return Generator{Name: s}
	}
	return Generator{v.get("name").text(), v.get("version").text()}
}

// resolve returns the box that a JUMBF URI names, seen from manifest m, and the manifest it lies in
// (C2PA 2.1, 8.2): "self#jumbf=c2pa.assertions/LABEL" within m, "self#jumbf=/c2pa/MANIFEST/..." anywhere.
func (m *Manifest) resolve(uri string) (*jumbf.Box, *Manifest) {
	path, ok := strings.CutPrefix(uri, "self#jumbf=")
	if !ok {
		return nil, nil
	}
	if rest, absolute := strings.CutPrefix(path, "/"); absolute {
		parts := strings.SplitN(rest, "/", 3)
		if len(parts) < 2 || parts[0] != "c2pa" {
			return nil, nil
		}
		if m = m.store.Manifest(parts[1]); m == nil {
			return nil, nil
		}
		if len(parts) == 2 {
			return m.box, m
		}
		path = parts[2]
	}
	box := m.box
	for _, label := range strings.Split(path, "/") {
		if box = box.Child(label); box == nil {
			return nil, nil
		}
	}
	return box, m
}
