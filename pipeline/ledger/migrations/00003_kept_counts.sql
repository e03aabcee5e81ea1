-- What a list of all cases shows of each is kept with the case, not counted anew for every list: with ten
-- thousand cases the counting is most of what `status` would wait for.

-- +goose Up

ALTER TABLE cases ADD COLUMN documents INTEGER NOT NULL DEFAULT 0 CHECK (documents >= 0); -- current ones, equal bytes once
ALTER TABLE cases ADD COLUMN report_version INTEGER NOT NULL DEFAULT 0;                  -- of the newest report
ALTER TABLE cases ADD COLUMN verdict TEXT NOT NULL DEFAULT '' CHECK (verdict IN ('', 'pass', 'review', 'fail'));

UPDATE cases SET
    documents = (SELECT count(DISTINCT sha256) FROM documents d WHERE d.case_id = cases.id AND d.ended_at IS NULL),
    report_version = (SELECT coalesce(max(version), 0) FROM reports WHERE case_id = cases.id);
UPDATE cases SET verdict = (SELECT verdict FROM reports WHERE case_id = cases.id AND version = cases.report_version)
WHERE report_version > 0;

-- +goose StatementBegin
CREATE TRIGGER documents_counted_in AFTER INSERT ON documents
WHEN NEW.ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM documents
    WHERE case_id = NEW.case_id AND sha256 = NEW.sha256 AND ended_at IS NULL AND id <> NEW.id)
BEGIN
    UPDATE cases SET documents = documents + 1 WHERE id = NEW.case_id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER documents_counted_out AFTER UPDATE OF ended_at ON documents
WHEN OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM documents
    WHERE case_id = NEW.case_id AND sha256 = NEW.sha256 AND ended_at IS NULL)
BEGIN
    UPDATE cases SET documents = documents - 1 WHERE id = NEW.case_id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER documents_counted_off AFTER DELETE ON documents
WHEN OLD.ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM documents
    WHERE case_id = OLD.case_id AND sha256 = OLD.sha256 AND ended_at IS NULL)
BEGIN
    UPDATE cases SET documents = documents - 1 WHERE id = OLD.case_id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reports_noted AFTER INSERT ON reports
BEGIN
    UPDATE cases SET report_version = NEW.version, verdict = NEW.verdict WHERE id = NEW.case_id;
END;
-- +goose StatementEnd
