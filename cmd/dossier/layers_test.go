package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
)

// The house has layers, and imports run downward only:
//
//	cmd -> pipeline/desk -> pipeline/* -> pipeline -> checks
//	cmd -> checks/all -> checks/<family> -> checks/picture/* -> checks
//
// checks/number (the arithmetic of the numbers) and checks/deadline (terms and working days) stand below
// the families; the pipeline may ask them too.
// Rooms under pipeline do not know each other, but for the tools that hold no knowledge of
// documents: durable (how a file is written), typeface and page (how a page is set).
// What a room measures pictures with comes from checks/picture. Only cmd knows all checks.

const module = "dossier"

// tools are rooms any other room under pipeline may use.
var tools = map[string]bool{"pipeline/durable": true, "pipeline/typeface": true, "pipeline/page": true}

// allowed says whether a file of package from (a path inside the module) may import package to.
func allowed(from, to string) bool {
	switch area(from) {
	case "cmd", "fixtures":
		return true
	case "checks":
		return false
	case "checks/picture":
		return to == "checks" || area(to) == "checks/fact" || area(to) == "checks/picture"
	case "checks/fact":
		return to == "checks"
	case "checks/family":
		return to == "checks" || area(to) == "checks/fact" || area(to) == "checks/picture"
	case "checks/all":
		return to == "checks" || area(to) == "checks/family"
	case "pipeline":
		return to == "checks"
	case "pipeline/room":
		if to == "checks" || area(to) == "checks/fact" || to == "pipeline" || area(to) == "checks/picture" {
			return true
		}
		// A room may have chambers of its own, which may use it or be used by it.
		if tools[to] || strings.HasPrefix(to, from+"/") || strings.HasPrefix(from, to+"/") {
			return true
		}
		return from == "pipeline/desk" && area(to) == "pipeline/room"
	}
	return false
}

func area(pkg string) string {
	parts := strings.Split(pkg, "/")
	switch {
	case pkg == "checks" || pkg == "checks/all" || pkg == "pipeline":
		return pkg
	case pkg == "checks/number" || pkg == "checks/deadline":
		return "checks/fact"
	case strings.HasPrefix(pkg, "checks/picture/"):
		return "checks/picture"
	case parts[0] == "checks":
		return "checks/family"
	case parts[0] == "pipeline":
		return "pipeline/room"
	}
	return parts[0]
}

func TestImportsRunDownward(t *testing.T) {
	seen := map[string]bool{}
	err := eachGoFile(func(pkg, file string, imports []string) {
		seen[area(pkg)] = true
		test := strings.HasSuffix(file, "_test.go")
		for _, path := range imports {
			inside, ok := strings.CutPrefix(path, module+"/")
			if !ok {
				standard := !strings.Contains(strings.SplitN(path, "/", 2)[0], ".")
				if pkg == "checks" && !standard && !test {
					t.Errorf("%s imports %s: the contract has no third-party imports", file, path)
				}
				continue
			}
			// A test may use the generator of documents and stand on its own package.
			if test && (area(inside) == "fixtures" || inside == pkg) {
				continue
			}
			// The desk is given the checks as a value; its tests give it those that users have.
			if test && pkg == "pipeline/desk" && inside == "checks/all" {
				continue
			}
			if !allowed(pkg, inside) {
				t.Errorf("%s: package %s must not import %s", file, pkg, inside)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	// The walk itself must have worked: an empty house keeps every rule.
	for _, want := range []string{"cmd", "checks", "checks/all", "checks/family", "checks/picture", "pipeline", "pipeline/room", "fixtures"} {
		if !seen[want] {
			t.Errorf("no Go file found in area %s", want)
		}
	}
}

// The rule itself, both ways.
func TestLayerRule(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"cmd/dossier", "checks/all", true},
		{"checks/all", "checks/format", true},
		{"checks/format", "checks/picture/decode", true},
		{"pipeline/desk", "pipeline/ledger", true},
		{"pipeline/bundle", "pipeline/durable", true},
		{"pipeline/examine", "checks/picture/decode", true},
		{"checks", "pipeline", false},
		{"checks/format", "checks/edits", false},
		{"checks/format", "pipeline", false},
		{"checks/picture/decode", "checks/format", false},
		{"pipeline", "pipeline/ledger", false},
		{"pipeline/report", "pipeline/ledger", false},
		{"pipeline/examine", "checks/all", false},
		{"pipeline/desk", "checks/all", false},
	} {
		if got := allowed(c.from, c.to); got != c.want {
			t.Errorf("%s importing %s: allowed %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

func TestEveryPackageSaysWhatLivesThere(t *testing.T) {
	documented := map[string]bool{}
	packages := map[string]bool{}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		dir := filepath.Dir(path)
		packages[dir] = true
		if f.Doc != nil && len(strings.Fields(f.Doc.Text())) >= 8 {
			documented[dir] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir := range packages {
		if !documented[dir] {
			t.Errorf("%s has no package comment that says what lives there", dir)
		}
	}
}

func TestTopLevelStaysAsItIs(t *testing.T) {
	entries, err := os.ReadDir(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{"cmd": true, "pipeline": true, "checks": true, "fixtures": true, "go.mod": true,
		"go.sum": true, "README.md": true, "LICENSE": true, "CHANGELOG.md": true,
		// made by running and ignored by git
		"dossier": true, "desk": true, "dist": true}
	for _, e := range entries {
		if !want[e.Name()] && !strings.HasPrefix(e.Name(), ".") {
			t.Errorf("%s does not belong at the top level", e.Name())
		}
	}
}

func eachGoFile(visit func(pkg, file string, imports []string)) error {
	root := filepath.Join("..", "..")
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		var imports []string
		for _, spec := range f.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			imports = append(imports, p)
		}
		sort.Strings(imports)
		visit(filepath.ToSlash(filepath.Dir(rel)), filepath.ToSlash(rel), imports)
		return nil
	})
}
