-- Evidence, the people around it, and the gateway. `migrations/sqlite` holds the same tables and columns.

CREATE TABLE organisations (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    ukprn TEXT UNIQUE,
    epao_id TEXT UNIQUE,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE users (
    id UUID PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    organisation_id UUID REFERENCES organisations (id),
    created_at TIMESTAMPTZ NOT NULL
);

-- A token's secret is shown once; here is its SHA-256.
CREATE TABLE tokens (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    hash BYTEA NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ,
    last_used_at TIMESTAMPTZ
);

-- `revision` counts changes: every writer of a showcase moves it first, and so holds the row's lock.
CREATE TABLE showcases (
    id UUID PRIMARY KEY,
    standard TEXT NOT NULL,
    version TEXT NOT NULL,
    piece_limit BIGINT NOT NULL,
    apprentice_id UUID NOT NULL REFERENCES users (id),
    provider_id UUID NOT NULL REFERENCES organisations (id),
    assessor_id UUID REFERENCES users (id),
    employer TEXT NOT NULL,
    uln TEXT,
    uln_reason TEXT,
    started_on DATE NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'accepted', 'assessed')),
    attempt BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (id, piece_limit)
);
CREATE INDEX showcases_of_provider ON showcases (provider_id, id);
CREATE INDEX showcases_of_apprentice ON showcases (apprentice_id, id);
CREATE INDEX showcases_of_assessor ON showcases (assessor_id, id);

-- A withdrawn piece keeps its row as a tombstone without a slot. `submitted_in` is the attempt that froze it:
-- its object then stays, since that attempt must stay readable; `erased` says that the object is gone.
CREATE TABLE pieces (
    id UUID PRIMARY KEY,
    showcase_id UUID NOT NULL,
    piece_limit BIGINT NOT NULL,
    slot BIGINT,
    details TEXT NOT NULL,
    file_name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    pages BIGINT,
    findings TEXT NOT NULL,
    uploaded_by UUID NOT NULL REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL,
    submitted_in BIGINT,
    withdrawn_at TIMESTAMPTZ,
    withdrawn_by UUID REFERENCES users (id),
    erased BOOLEAN NOT NULL,
    FOREIGN KEY (showcase_id, piece_limit) REFERENCES showcases (id, piece_limit),
    UNIQUE (showcase_id, slot),
    CHECK (slot >= 1 AND slot <= piece_limit),
    CHECK ((slot IS NULL) = (withdrawn_at IS NOT NULL))
);
CREATE UNIQUE INDEX pieces_digest_once ON pieces (showcase_id, sha256) WHERE slot IS NOT NULL;
-- Finds the same content in other showcases, which is shown to assessors as a flag.
CREATE INDEX pieces_of_digest ON pieces (sha256);

CREATE TABLE claims (
    piece_id UUID NOT NULL REFERENCES pieces (id),
    area TEXT NOT NULL,
    claimed_by UUID NOT NULL REFERENCES users (id),
    claimed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (piece_id, area)
);

CREATE TABLE tags (
    id UUID PRIMARY KEY,
    piece_id UUID NOT NULL REFERENCES pieces (id),
    area TEXT NOT NULL,
    criteria TEXT NOT NULL,
    locator TEXT,
    note TEXT NOT NULL,
    tagged_by UUID NOT NULL REFERENCES users (id),
    tagged_at TIMESTAMPTZ NOT NULL,
    removed_by UUID REFERENCES users (id),
    removed_at TIMESTAMPTZ
);
CREATE INDEX tags_of_piece ON tags (piece_id);

CREATE TABLE idempotency_keys (
    user_id UUID NOT NULL REFERENCES users (id),
    key TEXT NOT NULL,
    piece_id UUID NOT NULL REFERENCES pieces (id),
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (user_id, key)
);

CREATE TABLE gateways (
    showcase_id UUID PRIMARY KEY REFERENCES showcases (id),
    details TEXT NOT NULL,
    updated_by UUID NOT NULL REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE gateway_documents (
    id UUID PRIMARY KEY,
    showcase_id UUID NOT NULL REFERENCES showcases (id),
    kind TEXT NOT NULL,
    file_name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    pages BIGINT,
    findings TEXT NOT NULL,
    uploaded_by UUID NOT NULL REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX gateway_documents_of_showcase ON gateway_documents (showcase_id, id);

-- `snapshot` is the exact text whose SHA-256 is `snapshot_sha256`: what was submitted, with every digest.
CREATE TABLE attempts (
    showcase_id UUID NOT NULL REFERENCES showcases (id),
    number BIGINT NOT NULL,
    snapshot TEXT NOT NULL,
    snapshot_sha256 BYTEA NOT NULL,
    submitted_by UUID NOT NULL REFERENCES users (id),
    submitted_at TIMESTAMPTZ NOT NULL,
    outcome TEXT CHECK (outcome IN ('accepted', 'returned')),
    closed_by UUID REFERENCES users (id),
    closed_at TIMESTAMPTZ,
    note TEXT,
    PRIMARY KEY (showcase_id, number)
);

-- Decisions are never changed: a later one on the same component stands in its place.
CREATE TABLE decisions (
    id UUID PRIMARY KEY,
    showcase_id UUID NOT NULL,
    attempt BIGINT NOT NULL,
    component TEXT NOT NULL,
    decision TEXT NOT NULL,
    reason TEXT,
    note TEXT NOT NULL,
    decided_by UUID NOT NULL REFERENCES users (id),
    decided_at TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (showcase_id, attempt) REFERENCES attempts (showcase_id, number)
);
CREATE INDEX decisions_of_attempt ON decisions (showcase_id, attempt, id);
