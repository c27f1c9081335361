-- What a chat said before the bot came: found by when it was said, and not brought back once gone.

DROP INDEX share_by_car;
DROP INDEX share_by_tag;
CREATE INDEX share_by_time ON share (club, at, number, consent);
CREATE INDEX share_by_car ON share (club, car, at, number, consent);
CREATE INDEX share_by_tag ON share (club, tag, at, number, consent);

-- Salted hashes of forgotten accounts, and of messages whose share was taken back.
CREATE TABLE gone (
    digest BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;
