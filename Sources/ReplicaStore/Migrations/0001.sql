-- A replica's store. Identities are 16-byte blobs in value order, times milliseconds since 1970.

-- Who this replica is; empty before it joined.
CREATE TABLE identity (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    replica BLOB NOT NULL CHECK (length(replica) = 16),
    device TEXT NOT NULL,
    store TEXT,
    region TEXT,
    replica_code TEXT NOT NULL,
    roles TEXT NOT NULL
) STRICT;

-- Where it stands.
CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    counter INTEGER NOT NULL,
    hash BLOB NOT NULL,
    time INTEGER NOT NULL,
    epoch BLOB,
    cursor_sequence INTEGER NOT NULL,
    cursor_hash BLOB NOT NULL,
    acknowledged INTEGER NOT NULL,
    provisional_ordinal INTEGER NOT NULL,
    offset_milliseconds INTEGER,
    synced_at INTEGER
) STRICT;
INSERT INTO state VALUES (1, 0, zeroblob(32), 0, NULL, 0, zeroblob(32), 0, 0, NULL, NULL);

-- The policy and the people to work with offline.
CREATE TABLE directory (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    staff_version INTEGER NOT NULL,
    policy_version INTEGER NOT NULL,
    policy_yaml TEXT NOT NULL,
    policy_loaded_at INTEGER NOT NULL
) STRICT;

CREATE TABLE staff (
    staff TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    store TEXT,
    department TEXT,
    phone TEXT NOT NULL,
    is_active INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- `base` is the ticket as the hub has it, `overlay` the ticket with own changes that wait. The
-- other columns say about the ticket as it is shown what lists ask for.
CREATE TABLE ticket (
    position INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    base BLOB,
    overlay BLOB,
    left_at INTEGER,
    unsent_count INTEGER NOT NULL,
    number TEXT NOT NULL,
    provisional_number TEXT NOT NULL,
    status INTEGER NOT NULL,
    is_open INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    escalation_level INTEGER NOT NULL,
    assignee TEXT,
    department TEXT,
    store TEXT,
    subject TEXT NOT NULL,
    due_at INTEGER NOT NULL, -- the largest integer when no promise runs
    due_clock TEXT NOT NULL,
    captured_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX ticket_by_due ON ticket (is_open, due_at, captured_at);
CREATE INDEX ticket_by_assignee ON ticket (assignee, is_open, due_at);
CREATE INDEX ticket_by_department ON ticket (department, is_open, due_at);
CREATE INDEX ticket_by_store ON ticket (store, is_open, due_at);
CREATE INDEX ticket_by_update ON ticket (updated_at);
CREATE INDEX ticket_by_capture ON ticket (captured_at);
CREATE INDEX ticket_unsent ON ticket (position) WHERE unsent_count > 0;

-- Every number that a ticket has or had, folded; backwards too, so that an ending can be found.
-- The key's columns come first: where they do not, the integrity check of SQLite 3.40 finds nulls
-- in a table without rowids that has none.
CREATE TABLE ticket_number (
    number TEXT NOT NULL,
    ticket INTEGER NOT NULL,
    backwards TEXT NOT NULL,
    PRIMARY KEY (number, ticket)
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_number_backwards ON ticket_number (backwards);

CREATE TABLE ticket_tag (
    tag TEXT NOT NULL,
    ticket INTEGER NOT NULL,
    PRIMARY KEY (tag, ticket)
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_tag_by_ticket ON ticket_tag (ticket);

-- All texts of a ticket, with a space around every Han character.
CREATE VIRTUAL TABLE ticket_text USING fts5(body, tokenize = 'unicode61 remove_diacritics 2');

-- The change log: what was written here and what became of it. State: 0 queued, 1 acknowledged,
-- 2 settled.
CREATE TABLE change (
    replica BLOB NOT NULL,
    counter INTEGER NOT NULL,
    operation BLOB NOT NULL UNIQUE,
    ticket BLOB NOT NULL,
    state INTEGER NOT NULL,
    hash BLOB NOT NULL,
    context BLOB NOT NULL,
    body BLOB NOT NULL,
    disposition BLOB,
    sequence INTEGER,
    PRIMARY KEY (replica, counter)
) STRICT;
CREATE INDEX change_by_ticket ON change (ticket, counter);
CREATE INDEX change_pending ON change (ticket, counter) WHERE state < 2;
CREATE INDEX change_queued ON change (counter) WHERE state = 0;
CREATE INDEX change_unanswered ON change (counter) WHERE state = 1;

-- What happened to tickets: the hub's entries as this replica was shown them.
CREATE TABLE history (
    sequence INTEGER PRIMARY KEY,
    ticket BLOB NOT NULL,
    entry BLOB NOT NULL
) STRICT;
CREATE INDEX history_by_ticket ON history (ticket, sequence);

-- What was refused and waits for a person.
CREATE TABLE draft (
    position INTEGER PRIMARY KEY,
    operation BLOB NOT NULL UNIQUE,
    ticket BLOB NOT NULL,
    code INTEGER NOT NULL,
    detail TEXT NOT NULL,
    body BLOB NOT NULL,
    refused_at INTEGER NOT NULL,
    number TEXT NOT NULL
) STRICT;

-- One entry can carry several events of one feed: `ordinal` counts them.
CREATE TABLE feed_item (
    feed INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    operation BLOB NOT NULL,
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
    is_late INTEGER NOT NULL,
    PRIMARY KEY (feed, sequence, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE feed_cursor (
    feed INTEGER NOT NULL,
    consumer TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (feed, consumer)
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
