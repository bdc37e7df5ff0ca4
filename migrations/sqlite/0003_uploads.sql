-- Uploads that arrive over many requests. `fence` counts who took one up: only the latest may move `received`, and
-- `outcome` is what became of it, once that is decided. `digest_state` is SHA-256's state after `received` bytes.
CREATE TABLE uploads (
    id BLOB PRIMARY KEY,
    showcase_id BLOB NOT NULL REFERENCES showcases (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    length INTEGER,
    received INTEGER NOT NULL,
    metadata TEXT NOT NULL,
    declared TEXT NOT NULL,
    head BLOB NOT NULL,
    digest_state BLOB NOT NULL,
    fence INTEGER NOT NULL,
    owner BLOB,
    locked_until TEXT,
    finishing INTEGER NOT NULL,
    outcome TEXT,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    CHECK (received >= 0 AND (length IS NULL OR received <= length))
) STRICT;
CREATE INDEX uploads_of_user ON uploads (user_id, expires_at);
CREATE INDEX uploads_by_expiry ON uploads (expires_at);

-- The objects in which a store without appending keeps what was received, in the order of their bytes.
CREATE TABLE upload_segments (
    upload_id BLOB NOT NULL REFERENCES uploads (id),
    starts_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    fence INTEGER NOT NULL,
    crc32c INTEGER NOT NULL,
    PRIMARY KEY (upload_id, starts_at)
) STRICT;
