-- How much of the present log everybody shares who followed a former epoch; 0 where that is not
-- known, because the epoch may have named several logs.
ALTER TABLE lineage ADD COLUMN fork INTEGER NOT NULL DEFAULT 0;
