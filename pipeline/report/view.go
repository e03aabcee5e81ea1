package report

import (
	"html/template"
	"time"

	"dossier/checks"
	"dossier/pipeline"
)

// What the page template is given. The template decides where things stand, this file what they
// say; it reads the record and never changes it.

type page struct {
	Lang, HTMLLang string
	Policy         string
	Style          template.CSS
	Script         template.JS
	Title          checks.Text
	Case           *pipeline.Case
	Path           checks.Text
	Verdict        string
	VerdictWord    checks.Text
	VerdictMeaning checks.Text
	Counts         checks.Text
	ToDo           []todoGroup
	Command        *command
	Message        *messageView
	Documents      []documentView
	CaseSection    *caseView
	Rules          []ruleView
	Answers        []answerView
	Versions       []versionView
	CheckVersions  []checkVersion
}

// Machine writes a moment for a <time> element.
func (page) Machine(t time.Time) string { return t.Format(time.RFC3339) }

type todoGroup struct {
	Tone  string
	Word  checks.Text
	Start int // number of the first item
	Items []todoItem
}

type todoItem struct {
	Remedy checks.Text
	Points []todoPoint
}

type todoPoint struct {
	Number   int
	Document *documentName // nil: the case
	Message  checks.Text
}

type documentName struct {
	Number int
	Title  checks.Text
	Path   string
}

type command struct {
	Text checks.Text
	Line string
}

type messageView struct {
	AfterLooking bool
	Cards        []messageCard
}

type messageCard struct{ ID, HTMLLang, Title, Text string }

type documentView struct {
	documentName
	Verdict     string
	VerdictWord checks.Text
	Counts      checks.Text
	KindSource  checks.Text
	Format      string
	Pixels      string
	Bytes       checks.Text
	Edit        *checks.Text
	Seals       *checks.Text
	Readings    []readingView
	Origin      *checks.Origin
	Parts       *checks.Text
	Received    string
	SHA256      string
	Link        string
	Picture     template.HTMLAttr
	Regions     []regionView
	Findings    []findingView
	restView
}

type caseView struct {
	Findings []findingView
	restView
}

// restView is what became of the checks that found nothing.
type restView struct {
	Failed, Skipped []checksView
	Passed          *passedView
}

type checksView struct{ Titles, Reason checks.Text }

type passedView struct{ Summary, Titles checks.Text }

type readingView struct {
	Title      checks.Text
	Value      string
	Confidence checks.Text
}

type findingView struct {
	Number     int
	Tone       string
	Word       checks.Text
	CheckTitle checks.Text
	Message    checks.Text
	Remedy     checks.Text
	Remedied   bool
	Follows    *checks.Text // says from which finding it may follow; nil if from none
	Documents  []aboutView
	Measures   []measureView
	HasPlace   bool
	Place      checks.Text
	Framed     bool // its place is outlined on the picture
	Evidence   template.HTMLAttr
	Rule       *ruleView
	Decision   *pipeline.Decision
}

type aboutView struct {
	Number int // of the document in the report; 0 if the case has none of that name
	Name   string
}

type measureView struct {
	Title checks.Text
	Value string
	Unit  checks.Text
	Want  string
}

type ruleView struct {
	pipeline.Rule
	Anchor string // the id in a form that an HTML id may have
	Link   string // the source, where it is a web address
}

type answerView struct {
	Title checks.Text
	Value string
}

type versionView struct {
	Version int
	Word    checks.Text
	At      string
	Href    string
	Current bool
}

type checkVersion struct {
	Check   string
	Version int
}
