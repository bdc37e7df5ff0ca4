-- How people prove who they are. No secret is kept: of a password its Argon2id hash, of a session and of a link the
-- SHA-256 of what their holder has.
CREATE TABLE passwords (
    user_id BLOB PRIMARY KEY REFERENCES users (id),
    salt BLOB NOT NULL,
    hash BLOB NOT NULL,
    memory_kib INTEGER NOT NULL,
    passes INTEGER NOT NULL,
    lanes INTEGER NOT NULL,
    changed_at TEXT NOT NULL
) STRICT;

CREATE TABLE sessions (
    id BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    hash BLOB NOT NULL UNIQUE,
    device TEXT NOT NULL,
    created_at TEXT NOT NULL,
    last_used_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_of_user ON sessions (user_id, id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- A link to set a password, for one use. A newer one ends those before it.
CREATE TABLE links (
    id BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    hash BLOB NOT NULL UNIQUE,
    purpose TEXT NOT NULL CHECK (purpose IN ('invitation', 'reset')),
    created_by BLOB REFERENCES users (id),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    ended_at TEXT
) STRICT;
CREATE INDEX links_of_user ON links (user_id, id);

-- Attempts to sign in since `started_at`, by the SHA-256 of the account or network address that they were made for.
CREATE TABLE throttles (
    subject BLOB PRIMARY KEY,
    attempts INTEGER NOT NULL,
    started_at TEXT NOT NULL
) STRICT;
CREATE INDEX throttles_by_start ON throttles (started_at);
