-- The hub's store. Identities are 16-byte blobs in value order, times milliseconds since 1970,
-- lists of scopes are scope numbers joined by commas.

CREATE TABLE hub (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch BLOB NOT NULL CHECK (length(epoch) = 16),
    head_sequence INTEGER NOT NULL,
    head_hash BLOB NOT NULL,
    hub_replica_watermark INTEGER NOT NULL DEFAULT 0,
    staff_version INTEGER NOT NULL DEFAULT 0,
    replica_codes_count INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE replica (
    id INTEGER PRIMARY KEY,
    replica BLOB NOT NULL UNIQUE CHECK (length(replica) = 16),
    device TEXT NOT NULL,
    watermark INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE TABLE scope (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- The log. `bytes` are what is hashed and sent.
CREATE TABLE entry (
    sequence INTEGER PRIMARY KEY,
    ticket BLOB NOT NULL,
    is_transaction_end INTEGER NOT NULL,
    scopes_before TEXT NOT NULL,
    scopes_after TEXT NOT NULL,
    verdict_scope INTEGER,
    hash BLOB NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
CREATE INDEX entry_by_ticket ON entry (ticket, sequence);
CREATE INDEX entry_transaction_end ON entry (sequence) WHERE is_transaction_end = 1;

CREATE TABLE entry_scope (
    scope INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (scope, sequence)
) STRICT, WITHOUT ROWID;

-- The whole ticket as it stood after an entry that brought it into somebody's scope.
CREATE TABLE entering_ticket (
    sequence INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

-- What replicas wrote, under the dot and the operation.
CREATE TABLE intent (
    replica INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    operation BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL,
    disposition BLOB NOT NULL,
    context BLOB NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (replica, counter)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX intent_by_operation ON intent (operation);

-- Dots that carried an operation which another dot had brought before.
CREATE TABLE twin (
    replica INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    hash BLOB NOT NULL,
    operation BLOB NOT NULL,
    PRIMARY KEY (replica, counter)
) STRICT, WITHOUT ROWID;

CREATE TABLE ticket (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    is_open INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

-- Every number that a ticket has or had.
CREATE TABLE ticket_number (
    number TEXT PRIMARY KEY,
    ticket BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE number_day (
    business_date INTEGER PRIMARY KEY,
    last_ordinal INTEGER NOT NULL
) STRICT;

CREATE TABLE device (
    position INTEGER PRIMARY KEY,
    device TEXT NOT NULL UNIQUE,
    label TEXT NOT NULL,
    curve_key BLOB NOT NULL,
    signing_key BLOB NOT NULL,
    store TEXT,
    region TEXT,
    replica_code TEXT NOT NULL,
    roles TEXT NOT NULL,
    scopes TEXT NOT NULL,
    enrolled_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

CREATE TABLE invite (
    position INTEGER PRIMARY KEY,
    curve_key BLOB NOT NULL UNIQUE,
    store TEXT,
    region TEXT,
    department TEXT,
    staff TEXT,
    roles TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_by TEXT
) STRICT;

-- Versions of people; `since` is the head when the version was written.
CREATE TABLE staff (
    staff TEXT NOT NULL,
    version INTEGER NOT NULL,
    since INTEGER NOT NULL,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    store TEXT,
    department TEXT,
    phone TEXT NOT NULL,
    is_active INTEGER NOT NULL,
    PRIMARY KEY (staff, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE policy (
    version INTEGER PRIMARY KEY,
    yaml TEXT NOT NULL,
    loaded_at INTEGER NOT NULL
) STRICT;

CREATE TABLE timer (
    ticket BLOB NOT NULL,
    clock TEXT NOT NULL,
    cycle INTEGER NOT NULL,
    rung INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    PRIMARY KEY (ticket, clock, cycle, rung)
) STRICT, WITHOUT ROWID;
CREATE INDEX timer_by_due ON timer (due_at);

CREATE TABLE fired_timer (
    ticket BLOB NOT NULL,
    clock TEXT NOT NULL,
    cycle INTEGER NOT NULL,
    rung INTEGER NOT NULL,
    fired_at INTEGER NOT NULL,
    PRIMARY KEY (ticket, clock, cycle, rung)
) STRICT, WITHOUT ROWID;
