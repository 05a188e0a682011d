-- Crossing into another life of the hub's log, snapshots, digests, feeds that outlive a log.

ALTER TABLE state ADD COLUMN cursor_proof BLOB NOT NULL DEFAULT x'';
-- Positions and hashes, 40 bytes each, newest first.
ALTER TABLE state ADD COLUMN locator BLOB NOT NULL DEFAULT x'';
-- Separated by line feeds; NULL before the first contact.
ALTER TABLE state ADD COLUMN scopes TEXT;
ALTER TABLE state ADD COLUMN is_snapshot_open INTEGER NOT NULL DEFAULT 0;
ALTER TABLE state ADD COLUMN snapshot_after BLOB;
ALTER TABLE state ADD COLUMN snapshot_through INTEGER NOT NULL DEFAULT 0;
ALTER TABLE state ADD COLUMN durable_sequence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE state ADD COLUMN verified_at INTEGER;
ALTER TABLE state ADD COLUMN former_replica BLOB;
-- 0 until the digests of tickets from before this version are made.
ALTER TABLE state ADD COLUMN has_digests INTEGER NOT NULL DEFAULT 0;

ALTER TABLE history ADD COLUMN proof BLOB NOT NULL DEFAULT x'';

-- Entries of former lives of the log, until the hub cannot lose them again. `held_by` is the end of
-- a log that holds them; NULL while that is not known.
CREATE TABLE former_entry (
    position INTEGER PRIMARY KEY,
    epoch BLOB NOT NULL,
    entry BLOB NOT NULL,
    proof BLOB NOT NULL,
    held_by INTEGER
) STRICT;

ALTER TABLE ticket ADD COLUMN left_time INTEGER;
-- Digest and scopes of the base, for the sums.
ALTER TABLE ticket ADD COLUMN base_digest BLOB;
ALTER TABLE ticket ADD COLUMN base_scopes TEXT NOT NULL DEFAULT '';
CREATE INDEX ticket_left ON ticket (left_time) WHERE left_time IS NOT NULL;

CREATE TABLE scope_digest (
    scope TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    sum BLOB NOT NULL CHECK (length(sum) = 16)
) STRICT, WITHOUT ROWID;

-- Events in the order of their arrival here: consumers follow positions, which no restore of the
-- hub can turn back.
CREATE TABLE feed_event (
    position INTEGER PRIMARY KEY,
    feed INTEGER NOT NULL,
    operation BLOB NOT NULL,
    ordinal INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    ticket BLOB NOT NULL,
    number TEXT NOT NULL,
    subject TEXT NOT NULL,
    actor TEXT NOT NULL,
    hub_time INTEGER NOT NULL,
    level INTEGER,
    clock TEXT NOT NULL,
    origin TEXT NOT NULL,
    target TEXT NOT NULL,
    reason TEXT NOT NULL,
    recipients TEXT NOT NULL,
    is_late INTEGER NOT NULL
) STRICT;
CREATE INDEX feed_event_by_feed ON feed_event (feed, position);
CREATE UNIQUE INDEX feed_event_by_operation ON feed_event (operation, feed, ordinal);
INSERT INTO feed_event
    SELECT row_number() OVER (ORDER BY sequence, feed, ordinal), feed, operation,
        ordinal, sequence, ticket, number, subject, actor, hub_time, level, clock, origin, target,
        reason, recipients, is_late
    FROM feed_item;
UPDATE feed_cursor SET sequence = coalesce(
    (SELECT max(position) FROM feed_event
     WHERE feed_event.feed = feed_cursor.feed AND feed_event.sequence <= feed_cursor.sequence), 0);
ALTER TABLE feed_cursor RENAME COLUMN sequence TO position;
DROP TABLE feed_item;
