-- Evidence, the people around it, and the gateway. `migrations/postgres` holds the same tables and columns.

CREATE TABLE organisations (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    ukprn TEXT UNIQUE,
    epao_id TEXT UNIQUE,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE users (
    id BLOB PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    organisation_id BLOB REFERENCES organisations (id),
    created_at TEXT NOT NULL
) STRICT;

-- A token's secret is shown once; here is its SHA-256.
CREATE TABLE tokens (
    id BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    hash BLOB NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    last_used_at TEXT
) STRICT;

-- `revision` counts changes: every writer of a showcase moves it first, and so holds the row's lock.
CREATE TABLE showcases (
    id BLOB PRIMARY KEY,
    standard TEXT NOT NULL,
    version TEXT NOT NULL,
    piece_limit INTEGER NOT NULL,
    apprentice_id BLOB NOT NULL REFERENCES users (id),
    provider_id BLOB NOT NULL REFERENCES organisations (id),
    assessor_id BLOB REFERENCES users (id),
    employer TEXT NOT NULL,
    uln TEXT,
    uln_reason TEXT,
    started_on TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'accepted', 'assessed')),
    attempt INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (id, piece_limit)
) STRICT;
CREATE INDEX showcases_of_provider ON showcases (provider_id, id);
CREATE INDEX showcases_of_apprentice ON showcases (apprentice_id, id);
CREATE INDEX showcases_of_assessor ON showcases (assessor_id, id);

-- A withdrawn piece keeps its row as a tombstone without a slot. `submitted_in` is the attempt that froze it:
-- its object then stays, since that attempt must stay readable; `erased` says that the object is gone.
CREATE TABLE pieces (
    id BLOB PRIMARY KEY,
    showcase_id BLOB NOT NULL,
    piece_limit INTEGER NOT NULL,
    slot INTEGER,
    details TEXT NOT NULL,
    file_name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    pages INTEGER,
    findings TEXT NOT NULL,
    uploaded_by BLOB NOT NULL REFERENCES users (id),
    created_at TEXT NOT NULL,
    submitted_in INTEGER,
    withdrawn_at TEXT,
    withdrawn_by BLOB REFERENCES users (id),
    erased INTEGER NOT NULL,
    FOREIGN KEY (showcase_id, piece_limit) REFERENCES showcases (id, piece_limit),
    UNIQUE (showcase_id, slot),
    CHECK (slot >= 1 AND slot <= piece_limit),
    CHECK ((slot IS NULL) = (withdrawn_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX pieces_digest_once ON pieces (showcase_id, sha256) WHERE slot IS NOT NULL;
-- Finds the same content in other showcases, which is shown to assessors as a flag.
CREATE INDEX pieces_of_digest ON pieces (sha256);

CREATE TABLE claims (
    piece_id BLOB NOT NULL REFERENCES pieces (id),
    area TEXT NOT NULL,
    claimed_by BLOB NOT NULL REFERENCES users (id),
    claimed_at TEXT NOT NULL,
    PRIMARY KEY (piece_id, area)
) STRICT;

CREATE TABLE tags (
    id BLOB PRIMARY KEY,
    piece_id BLOB NOT NULL REFERENCES pieces (id),
    area TEXT NOT NULL,
    criteria TEXT NOT NULL,
    locator TEXT,
    note TEXT NOT NULL,
    tagged_by BLOB NOT NULL REFERENCES users (id),
    tagged_at TEXT NOT NULL,
    removed_by BLOB REFERENCES users (id),
    removed_at TEXT
) STRICT;
CREATE INDEX tags_of_piece ON tags (piece_id);

CREATE TABLE idempotency_keys (
    user_id BLOB NOT NULL REFERENCES users (id),
    key TEXT NOT NULL,
    piece_id BLOB NOT NULL REFERENCES pieces (id),
    created_at TEXT NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT;

CREATE TABLE gateways (
    showcase_id BLOB PRIMARY KEY REFERENCES showcases (id),
    details TEXT NOT NULL,
    updated_by BLOB NOT NULL REFERENCES users (id),
    updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE gateway_documents (
    id BLOB PRIMARY KEY,
    showcase_id BLOB NOT NULL REFERENCES showcases (id),
    kind TEXT NOT NULL,
    file_name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    pages INTEGER,
    findings TEXT NOT NULL,
    uploaded_by BLOB NOT NULL REFERENCES users (id),
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX gateway_documents_of_showcase ON gateway_documents (showcase_id, id);

-- `snapshot` is the exact text whose SHA-256 is `snapshot_sha256`: what was submitted, with every digest.
CREATE TABLE attempts (
    showcase_id BLOB NOT NULL REFERENCES showcases (id),
    number INTEGER NOT NULL,
    snapshot TEXT NOT NULL,
    snapshot_sha256 BLOB NOT NULL,
    submitted_by BLOB NOT NULL REFERENCES users (id),
    submitted_at TEXT NOT NULL,
    outcome TEXT CHECK (outcome IN ('accepted', 'returned')),
    closed_by BLOB REFERENCES users (id),
    closed_at TEXT,
    note TEXT,
    PRIMARY KEY (showcase_id, number)
) STRICT;

-- Decisions are never changed: a later one on the same component stands in its place.
CREATE TABLE decisions (
    id BLOB PRIMARY KEY,
    showcase_id BLOB NOT NULL,
    attempt INTEGER NOT NULL,
    component TEXT NOT NULL,
    decision TEXT NOT NULL,
    reason TEXT,
    note TEXT NOT NULL,
    decided_by BLOB NOT NULL REFERENCES users (id),
    decided_at TEXT NOT NULL,
    FOREIGN KEY (showcase_id, attempt) REFERENCES attempts (showcase_id, number)
) STRICT;
CREATE INDEX decisions_of_attempt ON decisions (showcase_id, attempt, id);
