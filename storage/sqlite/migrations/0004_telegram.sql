-- Chats with parts, chats that move, people who must be asked to open a private conversation.

ALTER TABLE club ADD COLUMN stars INTEGER NOT NULL DEFAULT 3;
ALTER TABLE chat ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
ALTER TABLE envelope ADD COLUMN topic TEXT NOT NULL DEFAULT '';
ALTER TABLE standing_order ADD COLUMN topic TEXT NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN car TEXT NOT NULL DEFAULT '';

ALTER TABLE account ADD COLUMN handle TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX account_of_handle ON account (platform, handle) WHERE handle <> '';

ALTER TABLE outbox ADD COLUMN topic TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN via TEXT NOT NULL DEFAULT '';
-- The platform's id of what was sent.
ALTER TABLE outbox ADD COLUMN message TEXT NOT NULL DEFAULT '';
CREATE INDEX outbox_by_message ON outbox (platform, chat, message) WHERE message <> '';

-- What a button says, where the button itself cannot hold it.
CREATE TABLE says (
    key  TEXT PRIMARY KEY,
    says TEXT NOT NULL,
    at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX says_by_time ON says (at);

-- What was acknowledged to its platform and is not done yet: parts of an album, for a second.
CREATE TABLE begun (
    platform TEXT NOT NULL,
    key      TEXT NOT NULL,
    update_  TEXT NOT NULL,
    PRIMARY KEY (platform, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE star (
    platform TEXT NOT NULL,
    chat     TEXT NOT NULL,
    message  TEXT NOT NULL,
    member   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (platform, chat, message, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX star_by_time ON star (at);
CREATE INDEX star_of_member ON star (member);
