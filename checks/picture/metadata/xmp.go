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

// maxDepth bounds the nesting of a packet; RDF needs 3 levels a property, and structures nest rarely.
const maxDepth = 64

// readXMP reads one packet. What was understood before an error is kept.
func (m *Metadata) readXMP(packet []byte) {
	m.source(XMP)
	packet = bytes.Trim(packet, "\x00 \r\n\t")
	d := xml.NewDecoder(bytes.NewReader(packet))
	d.Strict = false
	p := &packetReader{m: m}
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
	m      *Metadata
	stack  []xml.Name
	text   []byte
	leaf   bool // no element began since the innermost one did
	event  int  // index of the open history event, from 1; 0: none
	sawRDF bool
}

func (p *packetReader) token(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		if len(p.stack) >= maxDepth {
			return errors.New("nested too deeply")
		}
		p.stack = append(p.stack, t.Name)
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
			p.stack = p.stack[:n-1]
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

// path joins the names of the open elements that are properties.
func (p *packetReader) path() string {
	var names []string
	for _, n := range p.stack {
		if n.Space != namespaceRDF && n.Space != namespaceMeta {
			names = append(names, n.Local)
		}
	}
	return strings.Join(names, "/")
}

// field records a value: of the open element, or of its attribute name.
func (p *packetReader) field(name xml.Name, value string) {
	path := p.path()
	space := name.Space
	switch {
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
	if path == "" {
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
