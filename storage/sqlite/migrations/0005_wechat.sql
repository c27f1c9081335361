-- A platform without buttons, edits and history: numbered lines, stages, a day's messages.

-- Choices that were shown as numbered lines.
CREATE TABLE offer (
    platform TEXT NOT NULL,
    chat     TEXT NOT NULL,
    origin   INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    says     TEXT NOT NULL,
    label    TEXT NOT NULL,
    at       INTEGER NOT NULL,
    head     TEXT NOT NULL,
    quotes   TEXT NOT NULL,
    PRIMARY KEY (platform, chat, origin, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX offer_by_time ON offer (at);
CREATE INDEX offer_of_chat ON offer (platform, chat, at);

-- How far a slot's message had come when it was last said.
ALTER TABLE slot ADD COLUMN stage TEXT NOT NULL DEFAULT '';

-- How many messages its platform may have counted.
ALTER TABLE outbox ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN sent_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX outbox_by_sending ON outbox (platform, sent_at) WHERE counted > 0;
