-- A secret is a row beside the journal, for what may never leave the device: a
-- hash of a PIN, of a link, of a token. The row without a name has the checksums
-- of all the others.
CREATE TABLE secret (
	name  TEXT PRIMARY KEY,
	value BLOB NOT NULL
) STRICT;
