-- The assessment after the gateway. A component is sat once, or again after a fail; `round` counts how often the whole
-- assessment was begun. `result` is computed when the sitting is closed, and not changed after.
CREATE TABLE sittings (
    showcase_id UUID NOT NULL REFERENCES showcases (id),
    component TEXT NOT NULL,
    number BIGINT NOT NULL,
    round BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('first', 'resit', 'retake')),
    planned_on DATE,
    held_on DATE,
    minutes BIGINT,
    mode TEXT CHECK (mode IN ('face_to_face', 'remote')),
    result TEXT CHECK (result IN ('fail', 'pass', 'distinction')),
    opened_by UUID NOT NULL REFERENCES users (id),
    opened_at TIMESTAMPTZ NOT NULL,
    closed_by UUID REFERENCES users (id),
    closed_at TIMESTAMPTZ,
    PRIMARY KEY (showcase_id, component, number),
    CHECK ((held_on IS NULL) = (minutes IS NULL) AND (held_on IS NULL) = (mode IS NULL)),
    CHECK ((result IS NULL) = (closed_at IS NULL) AND (result IS NULL) = (closed_by IS NULL)),
    CHECK (result IS NULL OR held_on IS NOT NULL)
);
-- One sitting of a component at a time.
CREATE UNIQUE INDEX sittings_open ON sittings (showcase_id, component, round) WHERE result IS NULL;

-- Never changed: a later word on the same criterion stands in place of an earlier one.
CREATE TABLE judgements (
    id UUID PRIMARY KEY,
    showcase_id UUID NOT NULL,
    component TEXT NOT NULL,
    number BIGINT NOT NULL,
    criterion TEXT NOT NULL,
    met BOOLEAN NOT NULL,
    note TEXT NOT NULL,
    judged_by UUID NOT NULL REFERENCES users (id),
    judged_at TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (showcase_id, component, number) REFERENCES sittings (showcase_id, component, number)
);
CREATE INDEX judgements_of_sitting ON judgements (showcase_id, component, number, id);

-- The act of telling the apprentice: results closed by then are theirs to see.
CREATE TABLE releases (
    showcase_id UUID NOT NULL REFERENCES showcases (id),
    released_at TIMESTAMPTZ NOT NULL,
    released_by UUID NOT NULL REFERENCES users (id),
    PRIMARY KEY (showcase_id, released_at)
);

CREATE TABLE mocks (
    id UUID PRIMARY KEY,
    showcase_id UUID NOT NULL REFERENCES showcases (id),
    component TEXT NOT NULL,
    held_on DATE NOT NULL,
    minutes BIGINT NOT NULL,
    note TEXT NOT NULL,
    recorded_by UUID NOT NULL REFERENCES users (id),
    recorded_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX mocks_of_showcase ON mocks (showcase_id, id);

-- An acceptance that stands over a return, with the attempt in which it was made.
ALTER TABLE decisions ADD COLUMN carried_from BIGINT;
