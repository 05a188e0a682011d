-- Lives of the log and what a restore needs, horizons, snapshots and digests, the quarantine.

ALTER TABLE hub ADD COLUMN log_base INTEGER NOT NULL DEFAULT 0;
ALTER TABLE hub ADD COLUMN base_hash BLOB NOT NULL
    DEFAULT x'0000000000000000000000000000000000000000000000000000000000000000';
ALTER TABLE hub ADD COLUMN durable_sequence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE hub ADD COLUMN recovery_started_at INTEGER;
ALTER TABLE hub ADD COLUMN recovery_ends_at INTEGER;
ALTER TABLE hub ADD COLUMN recovery_fork INTEGER;
-- 0 until the digests of tickets from before this version are made.
ALTER TABLE hub ADD COLUMN has_digests INTEGER NOT NULL DEFAULT 0;

-- Entries from before this version are kept as if they carried events of today.
ALTER TABLE entry ADD COLUMN has_events INTEGER NOT NULL DEFAULT 1;
ALTER TABLE entry ADD COLUMN hub_time INTEGER NOT NULL DEFAULT 9223372036854775807;
CREATE INDEX entry_with_events ON entry (hub_time) WHERE has_events = 1;

-- How much of the present log each former epoch shares.
CREATE TABLE lineage (
    epoch BLOB PRIMARY KEY CHECK (length(epoch) = 16),
    shared INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The scopes of a ticket from a position on; the late rule asks for them after compaction too.
CREATE TABLE scope_version (
    ticket BLOB NOT NULL,
    since INTEGER NOT NULL,
    scopes TEXT NOT NULL,
    PRIMARY KEY (ticket, since)
) STRICT, WITHOUT ROWID;
INSERT INTO scope_version
    SELECT ticket, sequence, scopes_after FROM entry
    WHERE scopes_after != '' AND scopes_after != scopes_before;

-- Where operations that replicas brought back stood in former lives.
CREATE TABLE origin (
    operation BLOB NOT NULL,
    epoch BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (operation, epoch, sequence)
) STRICT, WITHOUT ROWID;

-- Entries that wait for the making of their ticket.
CREATE TABLE parked (
    position INTEGER PRIMARY KEY,
    operation BLOB NOT NULL UNIQUE,
    ticket BLOB NOT NULL,
    epoch BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    parked_at INTEGER NOT NULL
) STRICT;
CREATE INDEX parked_by_ticket ON parked (ticket);

-- Refused work that a supervisor may still take over.
CREATE TABLE quarantine (
    position INTEGER PRIMARY KEY,
    operation BLOB NOT NULL UNIQUE,
    device TEXT NOT NULL,
    reason INTEGER NOT NULL,
    body BLOB NOT NULL,
    received_at INTEGER NOT NULL
) STRICT;

-- The digest of each ticket and the scopes that it is counted in, as the last write left them.
ALTER TABLE ticket ADD COLUMN digest BLOB;
ALTER TABLE ticket ADD COLUMN scopes TEXT NOT NULL DEFAULT '';

CREATE TABLE ticket_scope (
    scope INTEGER NOT NULL,
    ticket BLOB NOT NULL,
    PRIMARY KEY (scope, ticket)
) STRICT, WITHOUT ROWID;

CREATE TABLE scope_digest (
    scope INTEGER PRIMARY KEY,
    count INTEGER NOT NULL,
    sum BLOB NOT NULL CHECK (length(sum) = 16)
) STRICT;
