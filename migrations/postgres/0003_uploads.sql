-- Uploads that arrive over many requests. `fence` counts who took one up: only the latest may move `received`, and
-- `outcome` is what became of it, once that is decided. `digest_state` is SHA-256's state after `received` bytes.
-- In a store that composes, parts go to the multipart upload `multipart`.
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
    multipart TEXT,
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

-- What a store without appending keeps of it, in the order of the bytes: a part, or an object of its own.
CREATE TABLE upload_segments (
    upload_id UUID NOT NULL REFERENCES uploads (id),
    starts_at BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    crc32c BIGINT NOT NULL,
    part BIGINT,
    e_tag TEXT,
    PRIMARY KEY (upload_id, starts_at),
    CHECK ((part IS NULL) = (e_tag IS NULL))
);
