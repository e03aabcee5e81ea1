-- What happens to a case after it was submitted, and whose accounts it takes a place among.

-- +goose Up

CREATE TABLE events (
    id          INTEGER PRIMARY KEY,
    case_id     INTEGER NOT NULL REFERENCES cases (id),
    state       TEXT    NOT NULL CHECK (state IN ('collecting', 'submitted', 'link_opened', 'approved', 'refused', 'closed')),
    happened_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    who         TEXT    NOT NULL CHECK (trim(who) <> ''),
    code        TEXT    NOT NULL DEFAULT '',
    number      TEXT    NOT NULL DEFAULT '',
    note        TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX events_of_case ON events (case_id, id);

-- One row for each answer with which a case takes a place among the accounts of a person, a mobile
-- number, an address or a company. The id is the order in which places were taken. The value itself
-- is not kept: key is a keyed hash of it. A place of an account that exists outlives its case.
CREATE TABLE places (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id     INTEGER REFERENCES cases (id) ON DELETE SET NULL,
    field       TEXT    NOT NULL CHECK (field <> ''),
    key         TEXT    NOT NULL CHECK (length(key) = 64 AND key NOT GLOB '*[^0-9a-f]*'),
    masked      TEXT    NOT NULL,
    taken_at    INTEGER NOT NULL,
    released_at INTEGER
) STRICT;
CREATE UNIQUE INDEX places_of_case ON places (case_id, field) WHERE released_at IS NULL AND case_id IS NOT NULL;
CREATE INDEX places_taken ON places (field, key, id) WHERE released_at IS NULL;

-- +goose StatementBegin
CREATE TRIGGER events_are_history BEFORE UPDATE ON events
BEGIN
    SELECT raise(ABORT, 'what happened does not change');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER events_remain BEFORE DELETE ON events
WHEN (SELECT purged_at FROM cases WHERE id = OLD.case_id) IS NULL
BEGIN
    SELECT raise(ABORT, 'events go only when their case is purged');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER places_are_released_once BEFORE UPDATE OF released_at ON places
WHEN OLD.released_at IS NOT NULL
BEGIN
    SELECT raise(ABORT, 'a place is given back once');
END;
-- +goose StatementEnd
