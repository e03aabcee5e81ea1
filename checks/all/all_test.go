package all

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"dossier/checks"
)

var (
	idForm   = regexp.MustCompile(`^[a-z]+/[a-z]+(-[a-z]+)*$`)
	nameForm = regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)*$`)
)

func bilingual(t checks.Text) bool {
	return strings.TrimSpace(t.En) != "" && strings.TrimSpace(t.Zh) != ""
}

func TestEveryCheckIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Checks() {
		t.Run(c.ID, func(t *testing.T) {
			if !idForm.MatchString(c.ID) {
				t.Error("the id is not family/name in lower case")
			}
			if seen[c.ID] {
				t.Error("the id is used twice")
			}
			seen[c.ID] = true
			if c.Version < 1 {
				t.Error("versions count from 1")
			}
			if !bilingual(c.Title) {
				t.Error("the title is missing in a language")
			}
			if (c.Run == nil) == (c.RunCase == nil) {
				t.Error("exactly one of Run and RunCase is to be set")
			}
			if len(c.Codes) == 0 {
				t.Error("a check without codes can find nothing")
			}
			for _, code := range c.Codes {
				if !nameForm.MatchString(code.Code) || !bilingual(code.Title) {
					t.Errorf("code %q is misspelt or lacks a title", code.Code)
				}
			}
			for _, l := range c.Limits {
				if !nameForm.MatchString(l.Name) || l.Reason == "" {
					t.Errorf("limit %q is misspelt or gives no reason", l.Name)
				}
			}
			for _, ch := range c.Choices {
				if !nameForm.MatchString(ch.Name) || ch.Reason == "" {
					t.Errorf("choice %q is misspelt or gives no reason", ch.Name)
				}
				if ch.As != "" && !ownChoice(ch.As, ch.Name) {
					t.Errorf("choice %q is made as that of %s, which has none of its own", ch.Name, ch.As)
				}
			}
			if _, err := c.Settings(nil, nil); err != nil {
				t.Error(err)
			}
		})
	}
}

// The id is the place: edits/copy-move is edits/copymove.go, with its document beside it.
func TestTheIDIsThePlace(t *testing.T) {
	for _, c := range Checks() {
		family, name, _ := strings.Cut(c.ID, "/")
		base := filepath.Join("..", family, strings.ReplaceAll(name, "-", ""))
		if _, err := os.Stat(base + ".go"); err != nil {
			t.Errorf("%s: %v", c.ID, err)
		}
		doc, err := os.ReadFile(base + ".md")
		if err != nil {
			t.Errorf("%s has no document: %v", c.ID, err)
			continue
		}
		if string(doc) != c.Doc {
			t.Errorf("%s: Doc is not the file beside it", c.ID)
		}
		if !strings.HasPrefix(c.Doc, "# ") {
			t.Errorf("%s: the document opens without a title", c.ID)
		}
		for _, section := range []string{"what it measures", "why", "cannot see", "limits"} {
			if !hasSection(c.Doc, section) {
				t.Errorf("%s: the document has no section %q", c.ID, section)
			}
		}
		for _, code := range c.Codes {
			if !strings.Contains(c.Doc, "`"+code.Code+"`") {
				t.Errorf("%s: the document does not explain %s", c.ID, code.Code)
			}
		}
	}
}

func hasSection(doc, words string) bool {
	for _, line := range strings.Split(doc, "\n") {
		if strings.HasPrefix(line, "## ") && strings.Contains(strings.ToLower(line), words) {
			return true
		}
	}
	return false
}

// Nothing below the families' folders is a check that was forgotten in the list.
func TestNoCheckIsForgotten(t *testing.T) {
	listed := map[string]bool{}
	for _, c := range Checks() {
		listed[c.ID] = true
	}
	documents, err := filepath.Glob(filepath.Join("..", "*", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for id := range listed {
		family, name, _ := strings.Cut(id, "/")
		known[filepath.Join("..", family, strings.ReplaceAll(name, "-", "")+".md")] = true
	}
	for _, d := range documents {
		if !known[d] && !strings.EqualFold(filepath.Base(d), "README.md") {
			t.Errorf("%s documents a check that is not in the list", d)
		}
	}
	if len(documents) < len(listed) {
		t.Errorf("%d documents for %d checks", len(documents), len(listed))
	}
}

// ownChoice reports whether the check of that id has a choice of that name and makes it itself.
func ownChoice(id, name string) bool {
	for _, c := range Checks() {
		for _, ch := range c.Choices {
			if c.ID == id && ch.Name == name {
				return ch.As == ""
			}
		}
	}
	return false
}
