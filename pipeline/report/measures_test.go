package report

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Every measure that a check makes, and its unit, has a name in both languages; and the table names nothing
// that no check makes. The checks' sources are read, for no sample makes every finding.
func TestMeasuresHaveNames(t *testing.T) {
	names, units := map[string]bool{}, map[string]bool{}
	root := filepath.Join("..", "..", "checks")
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, m := range measuresIn(file) {
			if name, ok := literal(m["Name"]); ok {
				names[name] = true
			} else {
				namesGiven(file, names)
			}
			// format/decode passes on the unit of a limit: bytes or pixels, which others use too.
			if unit, ok := literal(m["Unit"]); ok {
				units[unit] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 50 || len(units) < 10 {
		t.Fatalf("%d names and %d units were found in the sources: the search is broken", len(names), len(units))
	}
	for name := range names {
		if title, ok := measureTitles[name]; !ok || title.En == "" || title.Zh == "" || title.En == title.Zh {
			t.Errorf("the measure %s has the names %q and %q", name, title.En, title.Zh)
		}
	}
	for key := range measureTitles {
		check, name, found := strings.Cut(key, " ")
		if !found {
			name = check
		}
		if !names[name] {
			t.Errorf("no check makes the measure %s", key)
		}
	}
	for unit := range units {
		if word := unitWord(unit); !sameUnits[unit] && (unitWords[unit].Zh == "" || word.Zh == word.En) {
			t.Errorf("the unit %q has no word of its own in Chinese", unit)
		}
	}
}

// A measure of the same name can mean different things to different checks.
func TestMeasuresOfOneName(t *testing.T) {
	if a, b := measureTitle("form/signature", "ink"), measureTitle("legibility/exposure", "ink"); a == b {
		t.Errorf("both are %q", a.En)
	}
	if unknown := measureTitle("edits/later", "some_thing"); unknown.En != "some thing" {
		t.Errorf("a measure that is not known is %q", unknown.En)
	}
}

// measuresIn finds the values of type checks.Measure written in a file, with what they set.
func measuresIn(file *ast.File) (list []map[string]ast.Expr) {
	isMeasure := func(e ast.Expr) bool {
		s, ok := e.(*ast.SelectorExpr)
		return ok && s.Sel.Name == "Measure"
	}
	add := func(l *ast.CompositeLit) {
		sets := map[string]ast.Expr{}
		for _, e := range l.Elts {
			if pair, ok := e.(*ast.KeyValueExpr); ok {
				if key, ok := pair.Key.(*ast.Ident); ok {
					sets[key.Name] = pair.Value
				}
			}
		}
		if len(sets) > 0 {
			list = append(list, sets)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		l, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		if isMeasure(l.Type) {
			add(l)
		}
		if array, ok := l.Type.(*ast.ArrayType); ok && isMeasure(array.Elt) {
			for _, e := range l.Elts {
				if inner, ok := e.(*ast.CompositeLit); ok && inner.Type == nil {
					add(inner)
				}
			}
		}
		return true
	})
	return list
}

// namesGiven adds the words that a file gives as first arguments to functions of its own: one of them makes measures of the
// names it is given.
func namesGiven(file *ast.File, names map[string]bool) {
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) < 2 {
			return true
		}
		if _, own := call.Fun.(*ast.Ident); !own {
			return true
		}
		if name, ok := literal(call.Args[0]); ok {
			names[name] = true
		}
		return true
	})
}

// literal is the string an expression is written as; that of a missing one is empty.
func literal(e ast.Expr) (string, bool) {
	if e == nil {
		return "", true
	}
	l, ok := e.(*ast.BasicLit)
	if !ok {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
}
