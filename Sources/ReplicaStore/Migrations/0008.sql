-- When the hub got the ticket, -1 for not yet. NULL is not known: written by an earlier version.
ALTER TABLE ticket ADD COLUMN received_at INTEGER;
CREATE INDEX ticket_by_receipt ON ticket (received_at);
