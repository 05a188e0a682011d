-- What the hub's rules say to people, in Chinese; empty where a person said it, or for what came before.
ALTER TABLE feed_event ADD COLUMN reason_zh TEXT NOT NULL DEFAULT '';
