-- Uploads that arrive over many requests. `fence` counts who took one up: only the latest may move `received`, and
-- `outcome` is what became of it, once that is decided. `digest_state` is SHA-256's state after `received` bytes.
-- In a store that composes, parts go to the multipart upload `multipart`.
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
    multipart TEXT,
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

-- What a store without appending keeps of it, in the order of the bytes: a part, or an object of its own.
CREATE TABLE upload_segments (
    upload_id BLOB NOT NULL REFERENCES uploads (id),
    starts_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    fence INTEGER NOT NULL,
    crc32c INTEGER NOT NULL,
    part INTEGER,
    e_tag TEXT,
    PRIMARY KEY (upload_id, starts_at),
    CHECK ((part IS NULL) = (e_tag IS NULL))
) STRICT;
