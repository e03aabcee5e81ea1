package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"dossier/checks"
	"dossier/pipeline"
)

// A Case is everything the ledger knows of a case that an examination depends on, at one
// moment: StoreReport takes the Revision back.
type Case struct {
	Name      string
	Path      checks.Path // "" if nobody has said
	Created   time.Time
	Revision  int64
	Documents []Document          // current, in the order they came
	Replaced  []pipeline.Replaced // files (not pages) that a later one took the place of, oldest first
	Answers   *Answers            // nil if there have been none
	Version   int                 // of the newest report; 0 if there is none
	Verdict   pipeline.Verdict    // of that report
	Pending   bool                // an examination of this revision is still to come
}

// Answers is a version of a case's answers.yaml.
type Answers struct {
	Data   []byte
	SHA256 string
	At     time.Time
}

// A Line is one case in a list of cases.
type Line struct {
	Name      string
	Path      checks.Path
	Changed   time.Time        // when its revision was last raised
	Documents int              // current, the same bytes counted once
	Version   int              // of the newest report; 0 if there is none
	Verdict   pipeline.Verdict // of that report
	Pending   bool             // an examination is still to come
	Attempts  int              // examinations of this revision that went wrong
	Trouble   string           // what went wrong with the last of them
}

// A Status is the state of the desk in numbers, and its cases.
type Status struct {
	Cases, Documents   int
	Pass, Review, Fail int // cases by the verdict of their newest report
	Unreported         int // cases without a report
	Pending            int // cases that wait to be examined
	Unsorted           int // documents in the tray
	Ignored            int // file system entries left alone
	Lines              []Line
}

// MaxAnswers is how long an answers.yaml may be: a hundred times a filled one with its
// comments.
const MaxAnswers = 1 << 20

// Cases lists the cases by name, without the tray.
func (l *Ledger) Cases(ctx context.Context) ([]Line, error) {
	var lines []Line
	err := l.read(ctx, "listing cases", func(tx *transaction) (err error) {
		lines, err = tx.lines()
		return err
	})
	return lines, err
}

// The count and the verdict are kept with the case by triggers (migration 3). Each column of ten thousand
// rows costs milliseconds on its way through the driver, so what few cases have is asked apart.
const (
	linesQuery  = `SELECT id, name, path, changed_at, documents, report_version, verdict FROM cases WHERE name <> ? ORDER BY name`
	delaysQuery = `SELECT case_id, attempts, trouble FROM work WHERE done_revision < wanted_revision`
)

func (t *transaction) lines() ([]Line, error) {
	var count int
	if _, err := t.one(`SELECT count(*) FROM cases`, nil, &count); err != nil {
		return nil, err
	}
	lines := make([]Line, 0, count)
	place := make(map[int64]int, count)
	err := t.each(linesQuery, []any{pipeline.Unsorted}, func(scan func(...any) error) error {
		var n Line
		var id, changed int64
		err := scan(&id, &n.Name, &n.Path, &changed, &n.Documents, &n.Version, &n.Verdict)
		n.Changed = fromMicro(changed)
		place[id] = len(lines)
		lines = append(lines, n)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = t.each(delaysQuery, nil, func(scan func(...any) error) error {
		var id int64
		var attempts int
		var trouble string
		err := scan(&id, &attempts, &trouble)
		if at, ok := place[id]; ok {
			lines[at].Pending, lines[at].Attempts, lines[at].Trouble = true, attempts, trouble
		}
		return err
	})
	return lines, err
}

// Status counts and lists, all at one moment.
func (l *Ledger) Status(ctx context.Context) (Status, error) {
	var s Status
	err := l.read(ctx, "looking at the state of the desk", func(tx *transaction) (err error) {
		if s.Lines, err = tx.lines(); err != nil {
			return err
		}
		for _, n := range s.Lines {
			s.Cases++
			s.Documents += n.Documents
			switch n.Verdict {
			case pipeline.VerdictPass:
				s.Pass++
			case pipeline.VerdictReview:
				s.Review++
			case pipeline.VerdictFail:
				s.Fail++
			default:
				s.Unreported++
			}
			if n.Pending {
				s.Pending++
			}
		}
		_, err = tx.one(`SELECT count(DISTINCT d.sha256) FROM documents d JOIN cases c ON c.id = d.case_id
			WHERE c.name = ? AND d.ended_at IS NULL`, []any{pipeline.Unsorted}, &s.Unsorted)
		if err != nil {
			return err
		}
		_, err = tx.one(`SELECT count(*) FROM ignored`, nil, &s.Ignored)
		return err
	})
	return s, err
}

// Case returns the case at one moment, or ErrNotFound. The tray, pipeline.Unsorted, can be
// looked at too, once something lies in it.
func (l *Ledger) Case(ctx context.Context, name string) (Case, error) {
	var c Case
	err := l.read(ctx, "looking up a case", func(tx *transaction) error {
		id, err := tx.caseID(name)
		if err != nil {
			return err
		}
		var created int64
		if _, err := tx.one(caseQuery, []any{id}, &c.Name, &c.Path, &created, &c.Revision); err != nil {
			return err
		}
		c.Created = fromMicro(created)
		if c.Documents, err = tx.documents(id); err != nil {
			return err
		}
		if c.Replaced, err = tx.replaced(id); err != nil {
			return err
		}
		if c.Answers, err = tx.answers(id); err != nil {
			return err
		}
		var reported int64
		if _, err := tx.one(latestReportQuery, []any{id}, &c.Version, &reported, &c.Verdict); err != nil {
			return err
		}
		_, err = tx.one(`SELECT done_revision < wanted_revision FROM work WHERE case_id = ?`, []any{id}, &c.Pending)
		return err
	})
	if err != nil {
		return Case{}, err
	}
	return c, nil
}

const (
	caseQuery         = `SELECT name, path, created_at, revision FROM cases WHERE id = ?`
	latestReportQuery = `SELECT version, revision, verdict FROM reports WHERE case_id = ? ORDER BY version DESC LIMIT 1`
	answersQuery      = `SELECT data, sha256, recorded_at FROM answers WHERE case_id = ? ORDER BY id DESC LIMIT 1`
	replacedQuery     = `SELECT name, sha256, ended_at FROM documents
		WHERE case_id = ? AND ending = 'replaced' AND container_id IS NULL ORDER BY ended_at, id`
)

func (t *transaction) replaced(caseID int64) ([]pipeline.Replaced, error) {
	var all []pipeline.Replaced
	err := t.each(replacedQuery, []any{caseID}, func(scan func(...any) error) error {
		var r pipeline.Replaced
		var at int64
		err := scan(&r.Name, &r.SHA256, &at)
		r.At = fromMicro(at)
		all = append(all, r)
		return err
	})
	return all, err
}

// SetPath says along which path the case registers, and makes the case if there is none.
func (l *Ledger) SetPath(ctx context.Context, caseName string, path checks.Path) error {
	if err := validName("case", caseName); err != nil {
		return err
	}
	switch path {
	case "", checks.Organization, checks.Individual, checks.Overseas:
	default:
		return &checks.FormatError{Format: "path", Offset: -1, Reason: fmt.Sprintf("there is no path %q", path)}
	}
	return l.write(ctx, "setting the path of a case", func(tx *transaction) error {
		id, err := tx.makeCase(caseName, l.now())
		if err != nil {
			return err
		}
		changed, err := tx.exec(`UPDATE cases SET path = ? WHERE id = ? AND path <> ?`, path, id, path)
		if err != nil || changed == 0 {
			return err
		}
		return tx.raise(id)
	})
}

// RecordAnswers keeps data as the newest version of the case's answers.yaml and reports whether
// it differs from the version before. It makes the case if there is none.
func (l *Ledger) RecordAnswers(ctx context.Context, caseName string, data []byte, at time.Time) (changed bool, err error) {
	if err := validName("case", caseName); err != nil {
		return false, err
	}
	if len(data) > MaxAnswers {
		return false, &checks.LimitError{What: "answers.yaml", Value: int64(len(data)), Limit: MaxAnswers, Unit: "bytes"}
	}
	sum := sha256.Sum256(data)
	sha := hex.EncodeToString(sum[:])
	err = l.write(ctx, "recording answers", func(tx *transaction) error {
		id, err := tx.makeCase(caseName, at)
		if err != nil {
			return err
		}
		last, err := tx.answers(id)
		if err != nil || last != nil && last.SHA256 == sha {
			return err
		}
		changed = true
		_, err = tx.exec(`INSERT INTO answers (case_id, sha256, data, recorded_at) VALUES (?, ?, ?, ?)`,
			id, sha, append([]byte{}, data...), micro(at)) // a nil slice would be NULL
		if err != nil {
			return err
		}
		return tx.raise(id)
	})
	return changed && err == nil, err
}

// Answers returns the newest version of the case's answers.yaml; ErrNotFound if there is no
// such case or it has none.
func (l *Ledger) Answers(ctx context.Context, caseName string) (Answers, error) {
	var a *Answers
	err := l.read(ctx, "looking up answers", func(tx *transaction) error {
		id, err := tx.caseID(caseName)
		if err != nil {
			return err
		}
		if a, err = tx.answers(id); err == nil && a == nil {
			err = fmt.Errorf("answers of case %q: %w", caseName, ErrNotFound)
		}
		return err
	})
	if err != nil {
		return Answers{}, err
	}
	return *a, nil
}

func (t *transaction) answers(caseID int64) (*Answers, error) {
	var a Answers
	var at int64
	ok, err := t.one(answersQuery, []any{caseID}, &a.Data, &a.SHA256, &at)
	if err != nil || !ok {
		return nil, err
	}
	a.At = fromMicro(at)
	return &a, nil
}

const caseIDQuery = `SELECT id FROM cases WHERE name = ?`

func (t *transaction) caseID(name string) (int64, error) {
	var id int64
	ok, err := t.one(caseIDQuery, []any{name}, &id)
	if err == nil && !ok {
		err = fmt.Errorf("case %q: %w", name, ErrNotFound)
	}
	return id, err
}

// makeCase returns the case of that name, making it if there is none.
func (t *transaction) makeCase(name string, at time.Time) (int64, error) {
	var id int64
	ok, err := t.one(caseIDQuery, []any{name}, &id)
	if err != nil || ok {
		return id, err
	}
	return t.insert(`INSERT INTO cases (name, created_at, changed_at) VALUES (?, ?, ?)`, name, micro(at), t.now)
}

// raise raises the case's revision; a trigger makes the work that follows.
func (t *transaction) raise(caseID int64) error {
	_, err := t.exec(`UPDATE cases SET revision = revision + 1, changed_at = ? WHERE id = ?`, t.now, caseID)
	return err
}

func (t *transaction) isTray(caseID int64) (bool, error) {
	var name string
	_, err := t.one(`SELECT name FROM cases WHERE id = ?`, []any{caseID}, &name)
	return name == pipeline.Unsorted, err
}
