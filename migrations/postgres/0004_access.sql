-- How people prove who they are. No secret is kept: of a password its Argon2id hash, of a session and of a link the
-- SHA-256 of what their holder has.
CREATE TABLE passwords (
    user_id UUID PRIMARY KEY REFERENCES users (id),
    salt BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    memory_kib BIGINT NOT NULL,
    passes BIGINT NOT NULL,
    lanes BIGINT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE sessions (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    hash BYTEA NOT NULL UNIQUE,
    device TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX sessions_of_user ON sessions (user_id, id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- A link to set a password, for one use. A newer one ends those before it.
CREATE TABLE links (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    hash BYTEA NOT NULL UNIQUE,
    purpose TEXT NOT NULL CHECK (purpose IN ('invitation', 'reset')),
    created_by UUID REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);
CREATE INDEX links_of_user ON links (user_id, id);

-- Attempts to sign in since `started_at`, by the SHA-256 of the account or network address that they were made for.
CREATE TABLE throttles (
    subject BYTEA PRIMARY KEY,
    attempts BIGINT NOT NULL,
    started_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX throttles_by_start ON throttles (started_at);
