-- Passkeys: public keys alone. `key` never changes; `state` is what moves with each use, the signature counter in it.
CREATE TABLE passkeys (
    id BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    credential_id BLOB NOT NULL UNIQUE,
    transports INTEGER NOT NULL,
    key BLOB NOT NULL,
    state BLOB NOT NULL,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    last_used_at TEXT
) STRICT;
CREATE INDEX passkeys_of_user ON passkeys (user_id, id);

-- Challenges that wait for their answer, by the SHA-256 of what the browser holds and of what the answer is for.
CREATE TABLE ceremonies (
    hash BLOB PRIMARY KEY,
    state BLOB NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX ceremonies_by_expiry ON ceremonies (expires_at);

-- What admins look through: people and organisations by name, showcases that nobody assesses yet.
CREATE INDEX users_by_name ON users (name, id, role, email);
CREATE INDEX organisations_by_name ON organisations (name, id);
CREATE INDEX tokens_of_user ON tokens (user_id, id);
CREATE INDEX showcases_unassigned ON showcases (provider_id, id) WHERE assessor_id IS NULL;
