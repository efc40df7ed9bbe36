-- A hold is a summary of one deposit's entries, rebuilt by verify, with a second
-- copy of the intents in it. What lists are searched by has columns of its own.
CREATE TABLE hold (
	id     INTEGER PRIMARY KEY, -- seq of the deposit's first entry
	open   INTEGER NOT NULL,    -- 1: something is held, or may be
	at     INTEGER NOT NULL,    -- Unix ms of the intent
	amount INTEGER NOT NULL,    -- fen that were asked for
	last   INTEGER NOT NULL,    -- seq of its newest entry
	room   BLOB NOT NULL,       -- keyed hash of the room, 8 bytes; empty: none was given
	number TEXT NOT NULL,
	body   BLOB NOT NULL        -- the summary
) STRICT;
CREATE INDEX hold_room ON hold (room);
