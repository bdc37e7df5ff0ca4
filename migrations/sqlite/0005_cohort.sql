-- For the cohort of a provider: by the apprentice's name, and by state.
CREATE INDEX users_of_organisation ON users (organisation_id, name, id);
CREATE INDEX showcases_by_state ON showcases (provider_id, standard, version, state);
-- SQLite alone would take the one above to find the showcase of one apprentice, and read all of the provider's.
CREATE INDEX showcases_of_learner ON showcases (apprentice_id, provider_id, standard, version, id);

-- A document that another took the place of stays readable, since an attempt may have frozen it; it counts for nothing.
ALTER TABLE gateway_documents ADD COLUMN replaced_by BLOB REFERENCES gateway_documents (id);
