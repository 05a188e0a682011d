-- The hash of the log at snapshot_through, and the hub's proof of it; a snapshot of before has none.
ALTER TABLE state ADD COLUMN snapshot_hash BLOB NOT NULL
    DEFAULT x'0000000000000000000000000000000000000000000000000000000000000000';
ALTER TABLE state ADD COLUMN snapshot_proof BLOB NOT NULL DEFAULT x'';
