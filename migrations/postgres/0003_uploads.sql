-- Uploads that arrive over many requests. `fence` counts who took one up: only the latest may move `received`, and
-- `outcome` is what became of it, once that is decided. `digest_state` is SHA-256's state after `received` bytes.
CREATE TABLE uploads (
    id UUID PRIMARY KEY,
    showcase_id UUID NOT NULL REFERENCES showcases (id),
    user_id UUID NOT NULL REFERENCES users (id),
    length BIGINT,
    received BIGINT NOT NULL,
    metadata TEXT NOT NULL,
    declared TEXT NOT NULL,
    head BYTEA NOT NULL,
    digest_state BYTEA NOT NULL,
    fence BIGINT NOT NULL,
    owner UUID,
    locked_until TIMESTAMPTZ,
    finishing BOOLEAN NOT NULL,
    outcome TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    CHECK (received >= 0 AND (length IS NULL OR received <= length))
);
CREATE INDEX uploads_of_user ON uploads (user_id, expires_at);
CREATE INDEX uploads_by_expiry ON uploads (expires_at);

-- The objects in which a store without appending keeps what was received, in the order of their bytes.
CREATE TABLE upload_segments (
    upload_id UUID NOT NULL REFERENCES uploads (id),
    starts_at BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    crc32c BIGINT NOT NULL,
    PRIMARY KEY (upload_id, starts_at)
);
