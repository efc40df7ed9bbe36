-- A shift is a summary of one shift's entries, rebuilt by verify.
CREATE TABLE shift (
	id        INTEGER PRIMARY KEY, -- seq of its first entry
	who       TEXT NOT NULL,       -- a person's id
	lanes     TEXT NOT NULL,       -- a list in JSON; empty: the whole store
	at        INTEGER NOT NULL,    -- Unix ms
	trust     INTEGER NOT NULL,    -- of at
	off       INTEGER NOT NULL,    -- seq of the entry that ended it, 0: it is on
	off_at    INTEGER NOT NULL,    -- Unix ms
	off_trust INTEGER NOT NULL,    -- of off_at
	handed    INTEGER NOT NULL,    -- seq of its newest hand-over, 0: none
	last      INTEGER NOT NULL     -- seq of its newest entry
) STRICT;
-- How an order ended, and when. The column shift, which has been there from the
-- first, is whose outcome it is.
ALTER TABLE sale ADD COLUMN wallet TEXT NOT NULL DEFAULT '';
ALTER TABLE sale ADD COLUMN paid TEXT NOT NULL DEFAULT '';
ALTER TABLE sale ADD COLUMN outcome INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sale ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sale ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sale ADD COLUMN trust INTEGER NOT NULL DEFAULT 0;
-- The same of a refund, and what left the merchant.
ALTER TABLE refund ADD COLUMN shift INTEGER NOT NULL DEFAULT 0;
ALTER TABLE refund ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE refund ADD COLUMN outcome INTEGER NOT NULL DEFAULT 0;
ALTER TABLE refund ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE refund ADD COLUMN trust INTEGER NOT NULL DEFAULT 0;
