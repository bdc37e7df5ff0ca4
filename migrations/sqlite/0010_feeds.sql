-- The secret address of a person's calendar of deadlines; of the secret only its SHA-256.
CREATE TABLE feeds (
    user_id BLOB PRIMARY KEY REFERENCES users (id),
    hash BLOB NOT NULL UNIQUE,
    created_at TEXT NOT NULL
) STRICT;
