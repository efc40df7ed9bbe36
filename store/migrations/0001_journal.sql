-- The journal: facts, only ever added. hash is the first 16 bytes of the
-- chain's hash. Where a step left its object with nothing more to do, 4 is added
-- to trust and all bits of hash are turned round.
CREATE TABLE entry (
	seq     INTEGER PRIMARY KEY,
	wall    INTEGER NOT NULL, -- Unix ms, corrected
	mono    INTEGER NOT NULL, -- ms of the boot clock
	trust   INTEGER NOT NULL, -- of the wall time, and 4: see above
	kind    INTEGER NOT NULL,
	key     INTEGER NOT NULL, -- seq of the object's first entry
	prev    INTEGER NOT NULL, -- seq of the object's entry before, 0 for the first
	body    BLOB NOT NULL,
	private BLOB,             -- personal fields, erasable
	hash    BLOB NOT NULL
) STRICT;

-- A sale is a summary of one order's entries, rebuilt by verify.
CREATE TABLE sale (
	id       INTEGER PRIMARY KEY, -- seq of the order's first entry
	lane     TEXT NOT NULL,
	shift    INTEGER NOT NULL,
	state    INTEGER NOT NULL,    -- kind of the newest entry that changed it
	tender   INTEGER NOT NULL,
	amount   INTEGER NOT NULL,    -- fen
	settled  INTEGER NOT NULL,    -- fen
	refunded INTEGER NOT NULL,    -- fen
	last     INTEGER NOT NULL,    -- seq of its newest entry
	number   TEXT NOT NULL        -- of the newest attempt
) STRICT;

-- A mark is a place in the journal with the whole hash there: acked (by the
-- cloud), open (nothing before it is open but what has a task row), find (names
-- up to there are in find). The marks epoch, schema and task hold a number and
-- a checksum instead.
CREATE TABLE mark (
	name TEXT PRIMARY KEY,
	seq  INTEGER NOT NULL,
	head BLOB NOT NULL
) STRICT;

-- A start is one life of the agent, or one range of numbers in it.
CREATE TABLE start (
	id      INTEGER PRIMARY KEY, -- seq of the first entry that may use its numbers
	wall    INTEGER NOT NULL,
	boot    TEXT NOT NULL,
	version TEXT NOT NULL,
	random  INTEGER NOT NULL
) STRICT;

-- find leads from our numbers and the networks' to an object.
CREATE TABLE find (
	name TEXT PRIMARY KEY,
	id   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A task is an object that has been open for long: it is found through this row.
CREATE TABLE task (
	id   INTEGER PRIMARY KEY, -- seq of its first entry
	last INTEGER NOT NULL     -- seq of its newest entry
) STRICT;
