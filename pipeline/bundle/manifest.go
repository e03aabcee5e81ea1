package bundle

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"dossier/checks"
	"dossier/pipeline"
)

// ManifestSchema is the name of the manifest's published JSON schema.
const ManifestSchema = "dossier.manifest/1"

const (
	manifestName = "manifest.json"

	// maxEntries bounds a bundle: a case has five documents, a long scan some dozens of pages.
	maxEntries = 1000

	// maxManifestBytes leaves each of them 8 KiB, several times what one takes with a name of
	// 255 bytes and a decision with its reason.
	maxManifestBytes = 8 << 20

	// maxBundleBytes keeps offsets within 32 bit, so that no zip64 record is ever needed, and
	// the whole within what mail gateways and old tools still open.
	maxBundleBytes = 1 << 30

	// maxNameBytes is what an entry's name may take: ours are under 60.
	maxNameBytes = 200
)

// A Role says what an entry of a bundle is for.
type Role string

// Roles of an entry.
const (
	RoleDocument Role = "document"
	RoleAnswers  Role = "answers"
	RoleReport   Role = "report"
	RoleBinder   Role = "binder"
)

// A Manifest says what a bundle holds. It is the bundle's first entry, manifest.json.
type Manifest struct {
	Schema        string              `json:"schema"` // ManifestSchema
	Case          string              `json:"case"`
	Path          checks.Path         `json:"path"`
	Verdict       pipeline.Verdict    `json:"verdict"`
	ReportVersion int                 `json:"report_version"` // of the report the bundle was built from
	GeneratedAt   time.Time           `json:"generated_at"`   // of that report, in UTC
	Profile       pipeline.ProfileRef `json:"profile"`
	Versions      pipeline.Versions   `json:"versions"`
	Entries       []Entry             `json:"entries"`   // every file of the zip but the manifest, in its order
	LeftOut       []LeftOut           `json:"left_out"`  // documents of the case that are not in the bundle
	Decisions     []pipeline.Decision `json:"decisions"` // what people have accepted
}

// An Entry is one file of a bundle.
type Entry struct {
	Name   string `json:"name"` // in the zip: ASCII, with "/" between folders
	Role   Role   `json:"role"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // lower-case hex

	// Of documents alone.
	OriginalName string         `json:"original_name,omitempty"` // as received
	Kind         checks.Kind    `json:"kind,omitempty"`
	Format       string         `json:"format,omitempty"` // by content: jpeg, bmp, gif, ...
	Origin       *checks.Origin `json:"origin,omitempty"` // the file it was taken out of
	BinderPage   int            `json:"binder_page,omitempty"`
}

// LeftOut is a document of the case that is not in the bundle, and why.
type LeftOut struct {
	OriginalName string      `json:"original_name"`
	SHA256       string      `json:"sha256"`
	Bytes        int64       `json:"bytes"`
	Kind         checks.Kind `json:"kind"`
	Reason       checks.Text `json:"reason"`
}

// Documents lists the entries that are documents.
func (m *Manifest) Documents() []Entry {
	var out []Entry
	for _, e := range m.Entries {
		if e.Role == RoleDocument {
			out = append(out, e)
		}
	}
	return out
}

// encode writes the manifest as it stands in the bundle: the same value, the same bytes.
func (m *Manifest) encode() ([]byte, error) { return canonicalJSON(m) }

// canonicalJSON is JSON with the fields in their order, map keys sorted, two spaces of indent,
// characters as they are, and a line feed at the end.
func canonicalJSON(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// parseManifest reads a manifest from an untrusted bundle. The error is a *checks.FormatError or
// a *checks.LimitError.
func parseManifest(data []byte) (*Manifest, error) {
	bad := func(format string, args ...any) error {
		return &checks.FormatError{Format: "manifest", Offset: -1, Reason: fmt.Sprintf(format, args...)}
	}
	if len(data) > maxManifestBytes {
		return nil, &checks.LimitError{What: "manifest", Value: int64(len(data)), Limit: maxManifestBytes, Unit: "bytes"}
	}
	d := json.NewDecoder(bytes.NewReader(data))
	var m Manifest
	if err := d.Decode(&m); err != nil {
		return nil, bad("it is not JSON as Dossier writes it: %v", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, bad("something follows its end")
	}
	if m.Schema != ManifestSchema {
		return nil, bad("its schema is %.40q, not %q", m.Schema, ManifestSchema)
	}
	if len(m.Entries) > maxEntries {
		return nil, &checks.LimitError{What: "manifest", Value: int64(len(m.Entries)), Limit: maxEntries, Unit: "entries"}
	}
	seen := map[string]bool{strings.ToLower(manifestName): true}
	left := int64(maxBundleBytes)
	for _, e := range m.Entries {
		switch {
		case !goodName(e.Name):
			return nil, bad("the entry name %.80q is not allowed", e.Name)
		case seen[strings.ToLower(e.Name)]:
			return nil, bad("the entry %q is listed twice", e.Name)
		case e.Bytes < 0 || e.Bytes > left:
			return nil, &checks.LimitError{What: "entry " + e.Name, Value: e.Bytes, Limit: left, Unit: "bytes"}
		case !isSHA256(e.SHA256):
			return nil, bad("the digest of %q is not one", e.Name)
		}
		seen[strings.ToLower(e.Name)] = true
		left -= e.Bytes
	}
	return &m, nil
}

// goodName accepts the names Dossier gives: relative, in ASCII, without anything that a file
// system could take for something else.
func goodName(name string) bool {
	if name == "" || len(name) > maxNameBytes {
		return false
	}
	for _, part := range strings.Split(name, "/") {
		if part == "" || part[0] == '.' || part[len(part)-1] == '.' {
			return false
		}
		for _, c := range []byte(part) {
			if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.') {
				return false
			}
		}
	}
	return true
}

func isSHA256(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32 && s == strings.ToLower(s)
}
