-- All kinds of envelopes, what the bot waits to hear, and who somebody is in a club.

ALTER TABLE envelope ADD COLUMN terms TEXT NOT NULL DEFAULT '';
ALTER TABLE envelope ADD COLUMN everywhere INTEGER NOT NULL DEFAULT 0;
ALTER TABLE envelope ADD COLUMN entered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE envelope ADD COLUMN newcomers INTEGER NOT NULL DEFAULT 0;
ALTER TABLE envelope ADD COLUMN relay INTEGER NOT NULL DEFAULT 0;
CREATE INDEX envelope_everywhere ON envelope (club) WHERE state = 'open' AND everywhere = 1;
CREATE INDEX envelope_of_chat ON envelope (platform, chat, number);

CREATE TABLE entrant (
    club     TEXT NOT NULL,
    number   INTEGER NOT NULL,
    place    INTEGER NOT NULL,
    member   TEXT NOT NULL,
    newcomer INTEGER NOT NULL,
    PRIMARY KEY (club, number, place),
    UNIQUE (club, number, member)
) STRICT, WITHOUT ROWID;

CREATE TABLE standing_order (
    club       TEXT NOT NULL,
    number     INTEGER NOT NULL,
    leader     TEXT NOT NULL,
    platform   TEXT NOT NULL,
    chat       TEXT NOT NULL,
    words      TEXT NOT NULL,
    members    TEXT NOT NULL,
    at         INTEGER NOT NULL,
    every      TEXT NOT NULL,
    PRIMARY KEY (club, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE cue (
    club     TEXT NOT NULL,
    kind     TEXT NOT NULL,
    key      TEXT NOT NULL,
    platform TEXT NOT NULL,
    chat     TEXT NOT NULL,
    account  TEXT NOT NULL,
    words    TEXT NOT NULL,
    PRIMARY KEY (club, kind, key, platform, chat, account)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX cue_of_words ON cue (club, platform, chat, words) WHERE words <> '';
CREATE INDEX cue_of_account ON cue (platform, account, club) WHERE account <> '';

ALTER TABLE member ADD COLUMN city TEXT NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN labels TEXT NOT NULL DEFAULT '[]';
