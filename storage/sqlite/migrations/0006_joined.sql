-- One person, several accounts: who turned out to be whom, and pieces that were one too many.

CREATE TABLE joined (
    former TEXT PRIMARY KEY,
    -- Never a former one itself: chains are shortened when they come about.
    member TEXT NOT NULL,
    -- What the former was called, so that it can be forgotten, too.
    names  TEXT NOT NULL,
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX joined_of_member ON joined (member, at);

-- What the account is called: one person may be called otherwise on each platform.
ALTER TABLE account ADD COLUMN name TEXT NOT NULL DEFAULT '';

ALTER TABLE piece ADD COLUMN returned INTEGER NOT NULL DEFAULT 0;

-- A club's, a member's, or nobody's.
ALTER TABLE code RENAME COLUMN club TO owner;
CREATE INDEX code_of_owner ON code (owner);
