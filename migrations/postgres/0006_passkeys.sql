-- Passkeys: public keys alone. `key` never changes; `state` is what moves with each use, the signature counter in it.
CREATE TABLE passkeys (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    credential_id BYTEA NOT NULL UNIQUE,
    transports BIGINT NOT NULL,
    key BYTEA NOT NULL,
    state BYTEA NOT NULL,
    name TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ
);
CREATE INDEX passkeys_of_user ON passkeys (user_id, id);

-- Challenges that wait for their answer, by the SHA-256 of what the browser holds and of what the answer is for.
CREATE TABLE ceremonies (
    hash BYTEA PRIMARY KEY,
    state BYTEA NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX ceremonies_by_expiry ON ceremonies (expires_at);

-- What admins look through: people and organisations by name, showcases that nobody assesses yet.
CREATE INDEX users_by_name ON users (name, id, role, email);
CREATE INDEX organisations_by_name ON organisations (name, id);
CREATE INDEX tokens_of_user ON tokens (user_id, id);
CREATE INDEX showcases_unassigned ON showcases (provider_id, id) WHERE assessor_id IS NULL;
