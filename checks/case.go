package checks

import "time"

// Path is the way a client registers.
type Path string

// The three registration paths.
const (
	Organization Path = "organization"
	Individual   Path = "individual"
	Overseas     Path = "overseas"
)

// Paths lists the registration paths.
func Paths() []Path { return []Path{Organization, Individual, Overseas} }

// Title is the path's name for people.
func (p Path) Title() Text {
	switch p {
	case Organization:
		return Text{"organisation", "企业/组织"}
	case Individual:
		return Text{"individual", "个人"}
	case Overseas:
		return Text{"overseas", "境外主体"}
	}
	return Text{string(p), string(p)}
}

// A Case is one client's registration as the case checks see it: a value, complete in itself.
type Case struct {
	Name      string
	Path      Path
	Answers   Answers
	Documents []CaseDocument
	Required  []Requirement // what the profile asks for
	Elsewhere []Elsewhere   // documents whose bytes are also in another case
	Places    []Place       // whose accounts this would be one more of
	Events    []Event       // what happened to it after it was submitted, oldest first
	Now       time.Time     // the time of the examination; checks never ask the clock
}

// Answers is what the client's answers.yaml says.
type Answers struct {
	Given       bool              // false: there is no answers.yaml yet
	Path        Path              // the path it names, or empty
	AccountType string            // service, subscription, enterprise, or empty
	Values      map[string]string // field name to value, as written
	Lines       map[string]int    // field name to its line in answers.yaml, from 1
	// Problems say why answers.yaml could not be read, each naming its line; empty when it could.
	Problems []Text
}

// A CaseDocument is one document of a case after its own checks have run.
type CaseDocument struct {
	Name       string // as received, with folders below the case as "sub/name.jpg"
	SHA256     string
	Kind       Kind
	KindSource string // given, content, name
	Bytes      int64
	Origin     *Origin // set for a picture taken out of another file
	Container  bool    // true for a PDF whose pages are documents of their own
	Readings   []Reading
	Seals      []Seal
}

// An Origin says where a document came from when it was not received as it is.
type Origin struct {
	Name   string `json:"name"`   // the file it was taken out of
	SHA256 string `json:"sha256"` // of that file
	Page   int    `json:"page"`   // from 1
}

// A Requirement is one thing a profile asks a case to hold.
type Requirement struct {
	Kind Kind   `json:"kind"`
	Min  int    `json:"min"`  // 0: optional
	Max  int    `json:"max"`  // 0: any number
	Rule string `json:"rule"` // the profile's rule id, e.g. "S10"
	Why  Text   `json:"why"`  // one clause: what the document is needed for
	// InsteadAnswer names the answer that may stand in for the document, e.g. "proposal": given
	// that answer, Min is not asked for. Empty: nothing stands in for it.
	InsteadAnswer string `json:"instead_answer,omitempty"`
}

// Elsewhere says that a document of this case was also received, byte for byte, in another.
type Elsewhere struct {
	Name      string // the document in this case
	SHA256    string
	Case      string // the other case
	OtherName string
}

// A Place is the place a case takes among the accounts registered with one person's ID, mobile number,
// email address, or for one company, as the ledger counts them over all cases.
type Place struct {
	Field  string   // FieldIDNumber, FieldMobile, FieldEmail or FieldLicenseNumber
	Masked string   // the value with its middle hidden
	Before int      // cases that took a place before this one, and have not given it back
	Cases  []string // their names, oldest first, as far as they are still known
}

// A State is where a case stands on its way.
type State string

// The states, in their usual order. Before Submitted a case's report decides between Collecting and
// Ready; from Submitted on a person says what happened.
const (
	Collecting State = "collecting"  // documents or answers are missing, or something has to be mended
	Ready      State = "ready"       // nothing is in the way of a bundle
	Submitted  State = "submitted"   // the form has been sent off; the platform sends an email with a link
	LinkOpened State = "link_opened" // the link in that email has been opened; the platform examines
	Approved   State = "approved"    // the account exists
	Refused    State = "refused"     // the platform has sent it back, with a code
	Closed     State = "closed"      // given up or finished: nothing is due any more
)

// An Event is one thing that happened to a case and was recorded.
type Event struct {
	State  State     `json:"state"`
	At     time.Time `json:"at"`               // when it happened
	Who    string    `json:"who"`              // who recorded it
	Code   string    `json:"code,omitempty"`   // the platform's code of a refusal, such as "-22"
	Number string    `json:"number,omitempty"` // the application number (overseas path)
	Note   string    `json:"note,omitempty"`
}
