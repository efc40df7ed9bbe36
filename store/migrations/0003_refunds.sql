-- A refund is a summary of one refund's entries, rebuilt by verify. With its
-- second copy of the intent it can be asked about again when the page with its
-- entries is damaged.
CREATE TABLE refund (
	id     INTEGER PRIMARY KEY, -- seq of the refund's first entry
	sale   INTEGER NOT NULL,    -- id of its order
	state  INTEGER NOT NULL,    -- kind of the newest entry that changed it
	back   INTEGER NOT NULL,    -- fen that count as gone back
	last   INTEGER NOT NULL,    -- seq of its newest entry
	number TEXT NOT NULL,
	asked  BLOB NOT NULL        -- body of the intent
) STRICT;
