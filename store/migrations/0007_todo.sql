-- What a person has to look at and nobody has seen to, also in orders for which
-- nothing else is left to do.
CREATE TABLE todo (
	id  INTEGER PRIMARY KEY, -- seq of the Task entry
	key INTEGER NOT NULL     -- seq of its object's first entry
) STRICT;
