-- How many uploads a person has open is counted whenever they open one; those that ended are many more.
CREATE INDEX uploads_open ON uploads (user_id, expires_at) WHERE outcome IS NULL;
DROP INDEX uploads_of_user;
