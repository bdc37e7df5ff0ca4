-- The secret address of a person's calendar of deadlines; of the secret only its SHA-256.
CREATE TABLE feeds (
    user_id UUID PRIMARY KEY REFERENCES users (id),
    hash BYTEA NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL
);
