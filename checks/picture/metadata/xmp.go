package metadata

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// Namespaces of XMP (ISO 16684-1 and Adobe's).
const (
	NamespaceXMP             = "http://ns.adobe.com/xap/1.0/"
	NamespaceMediaManagement = "http://ns.adobe.com/xap/1.0/mm/"
	NamespaceCameraRaw       = "http://ns.adobe.com/camera-raw-settings/1.0/"
	NamespacePhotoshop       = "http://ns.adobe.com/photoshop/1.0/"

	namespaceRDF  = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	namespaceMeta = "adobe:ns:meta/"
)

const (
	maxDepth = 64  // of nested elements; RDF needs 3 levels a property, and structures nest rarely
	maxPath  = 512 // bytes of a field's name; without a bound, long names times many fields are gigabytes
)

// MaxRepeats is how many fields of the same name are kept of an XMP packet, the first ones. Photoshop
// has been seen to list ten thousands of DocumentAncestors.
const MaxRepeats = 1000

// readXMP reads one packet. What was understood before an error is kept.
func (m *Metadata) readXMP(packet []byte) {
	m.source(XMP)
	packet = bytes.Trim(packet, "\x00 \r\n\t")
	d := xml.NewDecoder(bytes.NewReader(packet))
	d.Strict = false
	p := &packetReader{m: m, repeats: map[string]int{}}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = p.token(token)
		}
		if err != nil {
			m.problem(XMP, err.Error())
			return
		}
	}
	if !p.sawRDF {
		m.problem(XMP, "no RDF in the packet")
	}
}

// A packetReader turns the tokens of a packet into fields.
type packetReader struct {
	m       *Metadata
	stack   []xml.Name
	paths   []string // of each open element: the names of those that are properties, from the outside in
	text    []byte
	leaf    bool // no element began since the innermost one did
	event   int  // index of the open history event, from 1; 0: none
	repeats map[string]int
	sawRDF  bool
}

func (p *packetReader) token(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		if len(p.stack) >= maxDepth {
			return errors.New("nested too deeply")
		}
		path := p.path()
		if t.Name.Space != namespaceRDF && t.Name.Space != namespaceMeta {
			if len(path)+len(t.Name.Local) > maxPath {
				return errors.New("a name is too long")
			}
			path = strings.TrimPrefix(path+"/"+t.Name.Local, "/")
		}
		p.stack, p.paths = append(p.stack, t.Name), append(p.paths, path)
		p.text, p.leaf = p.text[:0], true
		p.sawRDF = p.sawRDF || t.Name.Space == namespaceRDF
		if t.Name.Space == namespaceRDF && t.Name.Local == "li" && p.path() == "History" && len(p.m.History) < maxEvents {
			p.m.History = append(p.m.History, Event{})
			p.event = len(p.m.History)
		}
		for _, a := range t.Attr {
			switch a.Name.Space {
			case "xmlns", "xml", "":
			case namespaceRDF:
				if a.Name.Local == "resource" {
					p.field(xml.Name{}, a.Value)
				}
			default:
				p.field(a.Name, a.Value)
			}
		}
	case xml.EndElement:
		if p.leaf {
			if s := strings.TrimSpace(string(p.text)); s != "" {
				p.field(xml.Name{}, s)
			}
		}
		p.text, p.leaf = p.text[:0], false
		if n := len(p.stack); n > 0 {
			p.stack, p.paths = p.stack[:n-1], p.paths[:n-1]
		}
		if t.Name.Space == namespaceRDF && t.Name.Local == "li" && p.path() == "History" {
			p.event = 0
		}
	case xml.CharData:
		if p.leaf && len(p.text) < maxValue {
			p.text = append(p.text, t...)
		}
	}
	return nil
}

// path is the name of the innermost open property, with those around it.
func (p *packetReader) path() string {
	if len(p.paths) == 0 {
		return ""
	}
	return p.paths[len(p.paths)-1]
}

// field records a value: of the open element, or of its attribute name.
func (p *packetReader) field(name xml.Name, value string) {
	path := p.path()
	space := name.Space
	switch {
	case len(name.Local) > maxPath:
		return
	case name.Local != "" && path != "":
		path += "/" + name.Local
	case name.Local != "":
		path = name.Local
	default:
		for i := len(p.stack) - 1; i >= 0 && space == ""; i-- {
			if p.stack[i].Space != namespaceRDF {
				space = p.stack[i].Space
			}
		}
	}
	if path == "" || len(path) > maxPath {
		return
	}
	if p.repeats[path]++; p.repeats[path] > MaxRepeats {
		return
	}
	p.m.add(Field{Source: XMP, Namespace: space, Name: path, Value: value})
	if p.event == 0 || !strings.HasPrefix(path, "History/") {
		return
	}
	e := &p.m.History[p.event-1]
	value = clean(value)
	switch path {
	case "History/action":
		e.Action = value
	case "History/softwareAgent":
		e.Agent = value
	case "History/when":
		e.When = value
	case "History/parameters":
		e.Parameters = value
	}
}
