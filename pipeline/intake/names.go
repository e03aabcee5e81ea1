package intake

import (
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"dossier/pipeline"
)

// A place is where a file lies, in the words of the pipeline.
type place struct {
	Case string // pipeline.Unsorted for a file in no case's folder
	Name string // below the case's folder, "/" between folders; never empty
}

// placeOf maps a path below the inbox (slash-separated, relative, clean) to case and document
// name: "acme/scans/id.jpg" is document "scans/id.jpg" of case "acme"; "id.jpg" lies in no
// case's folder and waits in the tray.
//
// Two paths never get the same place unless one of them spells out the tray's name: files in
// a folder inbox/unsorted/ are in the tray too, which is what a person who makes that folder
// means.
func placeOf(rel string) place {
	folder, rest, nested := strings.Cut(rel, "/")
	if !nested {
		return place{Case: pipeline.Unsorted, Name: printable(rel)}
	}
	return place{Case: printable(folder), Name: printable(rest)}
}

// isAnswers reports whether a base name is that of an answers sheet, which is not a document.
func isAnswers(base string) bool {
	return strings.EqualFold(base, "answers.yaml") || strings.EqualFold(base, "answers.yml")
}

// answersCase returns the case an answers sheet at rel answers for. ok is false when rel is no
// answers sheet, or one that does not lie at the top of a case's folder: below that it is an
// ordinary file (somebody's attachment), and straight in the inbox it answers for nobody.
func answersCase(rel string) (caseName string, ok bool) {
	folder, rest, nested := strings.Cut(rel, "/")
	if !nested || !isAnswers(rest) {
		return "", false
	}
	return printable(folder), true
}

// escapeLike matches what printable itself writes for a byte that is not UTF-8.
var escapeLike = regexp.MustCompile(`\\x[0-9a-f]{2}`)

// printable returns name as valid UTF-8, the same for the same bytes and different for
// different bytes. Almost every name comes back unchanged. In a name that is not valid UTF-8
// (an old zip's GBK names, unpacked as they are) each stray byte becomes \xNN, and so that
// nothing else can look like it, backslashes are doubled, there and in the rare valid name
// that spells such an escape out.
func printable(name string) string {
	if utf8.ValidString(name) && (!strings.Contains(name, `\x`) || !escapeLike.MatchString(name)) {
		return name
	}
	const hex = "0123456789abcdef"
	var b strings.Builder
	for i := 0; i < len(name); {
		r, n := utf8.DecodeRuneInString(name[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			b.WriteString(`\x`)
			b.WriteByte(hex[name[i]>>4])
			b.WriteByte(hex[name[i]&15])
		case r == '\\':
			b.WriteString(`\\`)
		default:
			b.WriteString(name[i : i+n])
		}
		i += n
	}
	return b.String()
}

// parents calls visit for rel's folders from the top down, then for rel itself: "a", "a/b",
// "a/b/c". It stops when visit returns false.
func parents(rel string, visit func(rel string) bool) {
	for i := 0; i < len(rel); i++ {
		if rel[i] == '/' && !visit(rel[:i]) {
			return
		}
	}
	visit(rel)
}

// depth is the number of folders above rel: 0 for a file straight in the inbox.
func depth(rel string) int { return strings.Count(rel, "/") }

// under reports whether rel is dir or lies below it; everything lies below ".".
func under(rel, dir string) bool {
	return dir == "." || rel == dir || (len(rel) > len(dir) && rel[len(dir)] == '/' && rel[:len(dir)] == dir)
}

// join joins a folder's path and a base name; the folder "." is the root.
func join(dir, base string) string {
	if dir == "." {
		return base
	}
	return path.Clean(dir) + "/" + base
}
