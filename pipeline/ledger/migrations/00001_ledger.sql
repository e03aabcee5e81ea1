-- The ledger. Times are microseconds since 1970 in UTC; SHA-256 are 64 lower-case hex digits.
-- Who moves what, and when, is told in doc.go; what may not happen is refused here, so that no
-- program, old or new, can bring it about.

-- +goose Up

CREATE TABLE cases (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE CHECK (name <> ''),
    path       TEXT    NOT NULL DEFAULT '' CHECK (path IN ('', 'organization', 'individual', 'overseas')),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    revision   INTEGER NOT NULL DEFAULT 0 CHECK (revision >= 0),
    purged_at  INTEGER -- set for the moment in which a case is purged; permits its rows to go
) STRICT;

-- One row for each file as received under a name, and for each page taken out of one. A row is
-- current until it ends: replaced by a later file of that name, or moved to another case.
CREATE TABLE documents (
    id            INTEGER PRIMARY KEY,
    case_id       INTEGER NOT NULL REFERENCES cases (id),
    name          TEXT    NOT NULL CHECK (name <> ''),
    sha256        TEXT    NOT NULL CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
    bytes         INTEGER NOT NULL CHECK (bytes >= 0),
    modified_at   INTEGER NOT NULL,
    received_at   INTEGER NOT NULL,
    source_path   TEXT    NOT NULL,
    problems      TEXT    NOT NULL DEFAULT '[]' CHECK (json_valid(problems)),
    container_id  INTEGER REFERENCES documents (id), -- the file this page was taken out of
    origin_page   INTEGER CHECK (origin_page >= 1),
    ended_at      INTEGER,
    ending        TEXT CHECK (ending IN ('replaced', 'moved')),
    ended_by      INTEGER REFERENCES documents (id) ON DELETE SET NULL, -- what came in its place
    CHECK ((container_id IS NULL) = (origin_page IS NULL)),
    CHECK ((ended_at IS NULL) = (ending IS NULL)),
    CHECK (ended_by IS NULL OR ended_at IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX documents_current_name ON documents (case_id, name) WHERE ended_at IS NULL;
CREATE INDEX documents_current_in_case ON documents (case_id, sha256, id) WHERE ended_at IS NULL;
CREATE INDEX documents_current_anywhere ON documents (sha256, id) WHERE ended_at IS NULL;
CREATE INDEX documents_of_case ON documents (case_id, id);
CREATE INDEX documents_ended ON documents (sha256) WHERE ended_at IS NOT NULL;
CREATE INDEX documents_container ON documents (container_id) WHERE container_id IS NOT NULL;
CREATE INDEX documents_successor ON documents (ended_by) WHERE ended_by IS NOT NULL;

CREATE TABLE answers (
    id          INTEGER PRIMARY KEY,
    case_id     INTEGER NOT NULL REFERENCES cases (id),
    sha256      TEXT    NOT NULL CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
    data        BLOB    NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX answers_of_case ON answers (case_id, id);

-- What is still to be examined: wanted_revision > done_revision.
CREATE TABLE work (
    case_id         INTEGER PRIMARY KEY REFERENCES cases (id) ON DELETE CASCADE,
    wanted_revision INTEGER NOT NULL,
    done_revision   INTEGER NOT NULL DEFAULT 0 CHECK (done_revision <= wanted_revision),
    requested_at    INTEGER NOT NULL, -- since when there is something to do
    not_before      INTEGER NOT NULL DEFAULT 0,
    attempts        INTEGER NOT NULL DEFAULT 0, -- that did not come to a report
    trouble         TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX work_pending ON work (requested_at, case_id) WHERE done_revision < wanted_revision;

CREATE TABLE reports (
    id           INTEGER PRIMARY KEY,
    case_id      INTEGER NOT NULL REFERENCES cases (id),
    version      INTEGER NOT NULL CHECK (version >= 1),
    revision     INTEGER NOT NULL CHECK (revision >= 1),
    verdict      TEXT    NOT NULL CHECK (verdict IN ('pass', 'review', 'fail')),
    generated_at INTEGER NOT NULL,
    json         TEXT    NOT NULL CHECK (json_valid(json)), -- last: the others are read without it
    UNIQUE (case_id, version),
    UNIQUE (case_id, revision)
) STRICT;

-- The newest report of a case that has not been written out to the case's folder yet.
CREATE TABLE unprojected (
    case_id INTEGER PRIMARY KEY REFERENCES cases (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    FOREIGN KEY (case_id, version) REFERENCES reports (case_id, version)
) STRICT;

CREATE TABLE decisions (
    id              INTEGER PRIMARY KEY,
    case_id         INTEGER NOT NULL REFERENCES cases (id),
    check_id        TEXT    NOT NULL CHECK (check_id <> ''),
    code            TEXT    NOT NULL CHECK (code <> ''),
    document_sha256 TEXT    NOT NULL CHECK (document_sha256 = '' OR length(document_sha256) = 64),
    fingerprint     TEXT    NOT NULL CHECK (fingerprint <> ''),
    who             TEXT    NOT NULL CHECK (trim(who) <> ''),
    decided_at      INTEGER NOT NULL,
    because         TEXT    NOT NULL CHECK (trim(because) <> '')
) STRICT;
CREATE INDEX decisions_of_case ON decisions (case_id, id);

CREATE TABLE bundles (
    id             INTEGER PRIMARY KEY,
    case_id        INTEGER NOT NULL REFERENCES cases (id),
    report_version INTEGER NOT NULL,
    sha256         TEXT    NOT NULL CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
    built_at       INTEGER NOT NULL,
    FOREIGN KEY (case_id, report_version) REFERENCES reports (case_id, version),
    UNIQUE (case_id, report_version, sha256)
) STRICT;

-- Files that have been taken in, as they lay: recognised again without reading them.
CREATE TABLE seen (
    path        TEXT    PRIMARY KEY CHECK (path <> ''),
    bytes       INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    sha256      TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_sha256 ON seen (sha256);

CREATE TABLE ignored (
    path       TEXT    PRIMARY KEY CHECK (path <> ''),
    reason     TEXT    NOT NULL CHECK (reason <> ''),
    detail     TEXT    NOT NULL,
    ignored_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Examined documents, to be used again: a cache, nothing else. The JSON is packed with gzip.
CREATE TABLE results (
    id     INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL,
    name   TEXT NOT NULL,
    kind   TEXT NOT NULL,
    key    TEXT NOT NULL,
    packed BLOB NOT NULL,
    UNIQUE (sha256, name, kind, key)
) STRICT;

-- Originals that the vault still has to forget.
CREATE TABLE removals (
    sha256 TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER cases_revision_only_rises BEFORE UPDATE OF revision ON cases
WHEN NEW.revision <= OLD.revision
BEGIN
    SELECT raise(ABORT, 'the revision of a case only rises');
END;
-- +goose StatementEnd

-- A change of a case can not be without work. The tray is no case: nothing is examined there.
-- +goose StatementBegin
CREATE TRIGGER cases_change_makes_work AFTER UPDATE OF revision ON cases
WHEN NEW.name <> 'unsorted'
BEGIN
    INSERT INTO work (case_id, wanted_revision, requested_at) VALUES (NEW.id, NEW.revision, NEW.changed_at)
    ON CONFLICT (case_id) DO UPDATE SET
        requested_at = CASE WHEN done_revision < wanted_revision THEN requested_at ELSE NEW.changed_at END,
        wanted_revision = NEW.revision, not_before = 0, attempts = 0, trouble = '';
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER documents_stay_in_their_case BEFORE INSERT ON documents
WHEN NEW.container_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM documents WHERE id = NEW.container_id AND case_id = NEW.case_id AND ended_at IS NULL)
BEGIN
    SELECT raise(ABORT, 'a page needs the file it was taken out of');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER documents_are_history BEFORE UPDATE OF case_id, name, sha256, bytes, modified_at,
    received_at, source_path, problems, container_id, origin_page ON documents
BEGIN
    SELECT raise(ABORT, 'what was received does not change');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER documents_end_once BEFORE UPDATE OF ended_at, ending ON documents
WHEN OLD.ended_at IS NOT NULL
BEGIN
    SELECT raise(ABORT, 'a document ends once');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER documents_remain BEFORE DELETE ON documents
WHEN (SELECT purged_at FROM cases WHERE id = OLD.case_id) IS NULL AND OLD.ending IS NOT 'moved'
  AND (SELECT ending FROM documents WHERE id = OLD.container_id) IS NOT 'moved' -- a page goes where its file went
BEGIN
    SELECT raise(ABORT, 'documents go only when their case, or the one they were moved to, is purged');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER answers_are_history BEFORE UPDATE ON answers
BEGIN
    SELECT raise(ABORT, 'answers are not changed, a new version is added');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER answers_remain BEFORE DELETE ON answers
WHEN (SELECT purged_at FROM cases WHERE id = OLD.case_id) IS NULL
BEGIN
    SELECT raise(ABORT, 'answers go only when their case is purged');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reports_come_in_order BEFORE INSERT ON reports
WHEN NEW.version <> 1 + (SELECT coalesce(max(version), 0) FROM reports WHERE case_id = NEW.case_id)
  OR NEW.revision <= (SELECT coalesce(max(revision), 0) FROM reports WHERE case_id = NEW.case_id)
  OR NEW.revision > (SELECT revision FROM cases WHERE id = NEW.case_id)
BEGIN
    SELECT raise(ABORT, 'reports come in the order of versions and revisions');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reports_are_to_be_projected AFTER INSERT ON reports
BEGIN
    INSERT INTO unprojected (case_id, version) VALUES (NEW.case_id, NEW.version)
    ON CONFLICT (case_id) DO UPDATE SET version = NEW.version;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reports_are_history BEFORE UPDATE ON reports
BEGIN
    SELECT raise(ABORT, 'a report is not changed, a new version is added');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reports_remain BEFORE DELETE ON reports
WHEN (SELECT purged_at FROM cases WHERE id = OLD.case_id) IS NULL
BEGIN
    SELECT raise(ABORT, 'reports go only when their case is purged');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER decisions_are_history BEFORE UPDATE ON decisions
BEGIN
    SELECT raise(ABORT, 'a decision is not changed, a new one is added');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER decisions_remain BEFORE DELETE ON decisions
WHEN (SELECT purged_at FROM cases WHERE id = OLD.case_id) IS NULL
BEGIN
    SELECT raise(ABORT, 'decisions go only when their case is purged');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER bundles_are_history BEFORE UPDATE ON bundles
BEGIN
    SELECT raise(ABORT, 'what was built does not change');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER bundles_remain BEFORE DELETE ON bundles
WHEN (SELECT purged_at FROM cases WHERE id = OLD.case_id) IS NULL
BEGIN
    SELECT raise(ABORT, 'bundles go only when their case is purged');
END;
-- +goose StatementEnd
