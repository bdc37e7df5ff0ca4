-- What an inspection learned of a file beside its type and pages, as JSON; rows of before know nothing.
ALTER TABLE pieces ADD COLUMN facts TEXT NOT NULL DEFAULT '{}';
ALTER TABLE gateway_documents ADD COLUMN facts TEXT NOT NULL DEFAULT '{}';
