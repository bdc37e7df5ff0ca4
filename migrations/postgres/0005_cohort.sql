-- For the cohort of a provider: by the apprentice's name, and by state.
CREATE INDEX users_of_organisation ON users (organisation_id, name, id);
CREATE INDEX showcases_by_state ON showcases (provider_id, standard, version, state);

-- A document that another took the place of stays readable, since an attempt may have frozen it; it counts for nothing.
ALTER TABLE gateway_documents ADD COLUMN replaced_by UUID REFERENCES gateway_documents (id);
