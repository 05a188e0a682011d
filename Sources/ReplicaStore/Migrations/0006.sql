-- Since when the next promise runs, and what the case waits for; NULL is not known, or no promise.
ALTER TABLE ticket ADD COLUMN due_started_at INTEGER;
ALTER TABLE ticket ADD COLUMN pause_reason TEXT;
