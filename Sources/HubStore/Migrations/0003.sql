-- What a device might hold before its scopes were last changed, as lines, and the first position of
-- the log that it may see under the present ones only.

ALTER TABLE device ADD COLUMN former_scopes TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN scopes_since INTEGER NOT NULL DEFAULT 0;
