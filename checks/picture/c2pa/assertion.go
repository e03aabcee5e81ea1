package c2pa

import (
	"encoding/json"
	"slices"
	"strings"

	"dossier/checks/picture/jumbf"
)

// An Assertion is one statement of a manifest.
type Assertion struct {
	Label  string // "c2pa.actions.v2"; a second one of a kind ends in "__1"
	Listed bool   // the claim, which is signed, lists it
	State  State  // its content against the hash in the claim
	Reason string // one clause in English if State is not Matches

	uri hashedURI
	box *jumbf.Box
}

// Kind is the label without its version and number: "c2pa.actions".
func (a *Assertion) Kind() string {
	kind, _, _ := strings.Cut(a.Label, "__")
	if i := strings.LastIndex(kind, ".v"); i > 0 && strings.Trim(kind[i+2:], "0123456789") == "" {
		kind = kind[:i]
	}
	return kind
}

// An Action is one thing that was done to the picture (C2PA 2.1, 18.14).
type Action struct {
	Name        string // "c2pa.created", "c2pa.edited", "com.maker.something"
	Agent       string // the program that did it
	SourceType  string // the digitalSourceType, as written; a URI
	When        string
	Description string
}

// The relationships of ingredients.
const (
	ParentOf    = "parentOf"    // the picture this one continues
	ComponentOf = "componentOf" // placed into it
	InputTo     = "inputTo"     // used to make it, as a prompt is
)

// An Ingredient is a picture that this one was made from.
type Ingredient struct {
	Title, Relationship string
	Manifest            string // label of its manifest in the store, or empty
	State               State  // that manifest against the hash in the ingredient; Unverified without a manifest
	SourceType          string
}

func (m *Manifest) readAssertions(store *jumbf.Box) {
	used := map[*jumbf.Box]bool{}
	if m.Claim != nil {
		for _, u := range m.Claim.listed {
			label := u.url[strings.LastIndexAny(u.url, "/=")+1:]
			a := &Assertion{Label: label, Listed: true, uri: u}
			a.box, _ = m.resolve(u.url)
			used[a.box] = true
			m.Assertions = append(m.Assertions, a)
		}
	}
	if store != nil {
		for _, b := range store.Children {
			if b.Type == "jumb" && !used[b] && len(m.Assertions) < 2*maxAssertions {
				m.Assertions = append(m.Assertions, &Assertion{Label: printable(b.Label), State: Unverified, Reason: "the claim does not list it", box: b})
			}
		}
	}
	for _, a := range m.Assertions {
		if a.box == nil {
			continue
		}
		switch a.Kind() {
		case "c2pa.actions":
			if v, ok := m.decode(a); ok {
				m.readActions(v)
			}
		case "c2pa.ingredient":
			if v, ok := m.decode(a); ok {
				m.readIngredient(v)
			}
		case "com.adobe.generative-ai":
			m.readFirefly(a)
		}
	}
}

func (m *Manifest) decode(a *Assertion) (value, bool) {
	b := a.box.Content("cbor")
	if b == nil {
		return value{}, false
	}
	v, err := decodeCBOR(b)
	if err != nil {
		m.damage("the assertion " + printable(a.Label) + " cannot be read: " + err.Error())
		return value{}, false
	}
	return v, true
}

func (m *Manifest) readActions(v value) {
	for _, list := range []value{v.get("actions"), v.get("templates")} {
		for _, a := range list.list() {
			if len(m.Actions) >= maxListed {
				return
			}
			action := Action{
				Name: a.get("action").text(), Agent: readGenerator(a.get("softwareAgent")).String(),
				SourceType: a.get("digitalSourceType").text(), When: a.get("when").text(), Description: a.get("description").text(),
			}
			if p := a.get("parameters"); action.Description == "" {
				action.Description = p.get("description").text()
			}
			m.Actions = append(m.Actions, action)
		}
	}
}

func (m *Manifest) readIngredient(v value) {
	if len(m.Ingredients) >= maxListed {
		return
	}
	in := Ingredient{Title: v.get("dc:title").text(), Relationship: v.get("relationship").text(), State: Unverified,
		SourceType: v.get("digitalSourceType").text()}
	for _, key := range []string{"activeManifest", "c2pa_manifest"} {
		if u := readHashedURI(v.get(key)); u.url != "" {
			in.Manifest = labelOf(u.url)
			m.ingredients = append(m.ingredients, ingredientLink{len(m.Ingredients), u, readHashedURI(v.get("claimSignature"))})
			break
		}
	}
	m.Ingredients = append(m.Ingredients, in)
}

// An ingredientLink holds the hashes of another manifest and of its signature.
type ingredientLink struct {
	index               int // into Ingredients
	manifest, signature hashedURI
}

// labelOf returns the manifest's label in an absolute JUMBF URI.
func labelOf(uri string) string {
	rest, ok := strings.CutPrefix(uri, "self#jumbf=/c2pa/")
	if !ok {
		return ""
	}
	label, _, _ := strings.Cut(rest, "/")
	return label
}

// readFirefly reads the assertion that Adobe's generator wrote before source types were in use.
func (m *Manifest) readFirefly(a *Assertion) {
	var said struct {
		Description string `json:"description"`
	}
	if b := a.box.Content("json"); len(b) < maxCBOR {
		_ = json.Unmarshal(b, &said) // the label alone says what matters
	}
	m.Actions = append(m.Actions, Action{Name: "com.adobe.generative-ai", Agent: printable(said.Description)})
}

// Redacted reports whether a later claim says that the assertion was taken out on purpose.
func (m *Manifest) redacted(label string) bool {
	for _, other := range m.store.Manifests {
		if other == m || other.Claim == nil {
			continue
		}
		if slices.ContainsFunc(other.Claim.Redacted, func(uri string) bool {
			return labelOf(uri) == m.Label && strings.HasSuffix(uri, "/"+label)
		}) {
			return true
		}
	}
	return false
}
