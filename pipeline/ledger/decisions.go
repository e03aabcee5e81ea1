package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"

	"dossier/checks"
	"dossier/pipeline"
)

// Decide adds people's decisions to the case and has it examined again. Decisions are never
// changed or taken away; of two on the same finding the later counts.
func (l *Ledger) Decide(ctx context.Context, caseName string, decisions []pipeline.Decision) error {
	if len(decisions) == 0 {
		return nil
	}
	for _, d := range decisions {
		if err := validDecision(d); err != nil {
			return err
		}
	}
	return l.write(ctx, "recording decisions", func(tx *transaction) error {
		id, err := tx.caseID(caseName)
		if err != nil {
			return err
		}
		for _, d := range decisions {
			_, err := tx.exec(`INSERT INTO decisions (case_id, check_id, code, document_sha256, fingerprint, who, decided_at, because)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, id, d.Check, d.Code, d.Document, d.Fingerprint, d.Who, micro(d.When), d.Because)
			if err != nil {
				return err
			}
		}
		return tx.raise(id)
	})
}

func validDecision(d pipeline.Decision) error {
	for _, f := range []struct{ name, value string }{
		{"check", d.Check}, {"code", d.Code}, {"fingerprint", d.Fingerprint}, {"who", d.Who}, {"because", d.Because},
	} {
		if strings.TrimSpace(f.value) == "" {
			return &checks.FormatError{Format: "decision", Offset: -1, Reason: f.name + " is empty"}
		}
	}
	if d.Document != "" {
		return validSHA(d.Document)
	}
	return nil
}

// Decisions lists the decisions on the case, oldest first.
func (l *Ledger) Decisions(ctx context.Context, caseName string) ([]pipeline.Decision, error) {
	var all []pipeline.Decision
	err := l.read(ctx, "listing decisions", func(tx *transaction) error {
		id, err := tx.caseID(caseName)
		if err != nil {
			return err
		}
		return tx.each(decisionsQuery, []any{id}, func(scan func(...any) error) error {
			var d pipeline.Decision
			var at int64
			err := scan(&d.Check, &d.Code, &d.Document, &d.Fingerprint, &d.Who, &at, &d.Because)
			d.When = fromMicro(at)
			all = append(all, d)
			return err
		})
	})
	return all, err
}

const decisionsQuery = `SELECT check_id, code, document_sha256, fingerprint, who, decided_at, because
	FROM decisions WHERE case_id = ? ORDER BY id`

// A Bundle is a submission that was built.
type Bundle struct {
	Version int // of the report it was built from
	SHA256  string
	At      time.Time
}

// RecordBundle notes that a bundle was built from a version of the case's report. The same
// bundle again is noted once, with its first time. ErrNotFound if there is no such report.
func (l *Ledger) RecordBundle(ctx context.Context, caseName string, version int, sha256 string, at time.Time) error {
	if err := validSHA(sha256); err != nil {
		return err
	}
	return l.write(ctx, "recording a bundle", func(tx *transaction) error {
		id, err := tx.caseID(caseName)
		if err != nil {
			return err
		}
		var yes int
		ok, err := tx.one(`SELECT 1 FROM reports WHERE case_id = ? AND version = ?`, []any{id, version}, &yes)
		if err == nil && !ok {
			err = fmt.Errorf("report %d of case %q: %w", version, caseName, ErrNotFound)
		}
		if err != nil {
			return err
		}
		_, err = tx.exec(`INSERT INTO bundles (case_id, report_version, sha256, built_at) VALUES (?, ?, ?, ?)
			ON CONFLICT DO NOTHING`, id, version, sha256, micro(at))
		return err
	})
}

// BundledVersions returns for every case that has been bundled the latest report it was bundled from.
func (l *Ledger) BundledVersions(ctx context.Context) (map[string]int, error) {
	all := map[string]int{}
	err := l.read(ctx, "listing bundles", func(tx *transaction) error {
		return tx.each(`SELECT c.name, max(b.report_version) FROM bundles b JOIN cases c ON c.id = b.case_id GROUP BY c.id`, nil,
			func(scan func(...any) error) error {
				var name string
				var version int
				err := scan(&name, &version)
				all[name] = version
				return err
			})
	})
	return all, err
}

// Bundles lists the bundles of the case, oldest first.
func (l *Ledger) Bundles(ctx context.Context, caseName string) ([]Bundle, error) {
	var all []Bundle
	err := l.read(ctx, "listing bundles", func(tx *transaction) error {
		id, err := tx.caseID(caseName)
		if err != nil {
			return err
		}
		return tx.each(bundlesQuery, []any{id}, func(scan func(...any) error) error {
			var b Bundle
			var at int64
			err := scan(&b.Version, &b.SHA256, &at)
			b.At = fromMicro(at)
			all = append(all, b)
			return err
		})
	})
	return all, err
}

const bundlesQuery = `SELECT report_version, sha256, built_at FROM bundles WHERE case_id = ? ORDER BY id`
