-- When a person is away, and who stands in (domain.md G30). Nulls for somebody who is there.

ALTER TABLE staff ADD COLUMN absent_from INTEGER;
ALTER TABLE staff ADD COLUMN absent_until INTEGER;
ALTER TABLE staff ADD COLUMN substitute TEXT;
ALTER TABLE staff ADD COLUMN absence_note TEXT NOT NULL DEFAULT '';
