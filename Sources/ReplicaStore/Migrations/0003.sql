-- The end of the log when the last snapshot was begun.
ALTER TABLE state ADD COLUMN snapshot_from INTEGER NOT NULL DEFAULT 0;
