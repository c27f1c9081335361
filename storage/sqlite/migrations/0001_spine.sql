-- Times are milliseconds since 1970-01-01T00:00Z, points whole numbers, hashes 32 raw bytes.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- People and places

CREATE TABLE club (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    language   TEXT NOT NULL,
    timezone   TEXT NOT NULL,
    founded_at INTEGER NOT NULL,
    quiet_from INTEGER NOT NULL,
    quiet_to   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE chat (
    platform TEXT NOT NULL,
    id       TEXT NOT NULL,
    club     TEXT NOT NULL REFERENCES club (id),
    title    TEXT NOT NULL,
    muted    INTEGER NOT NULL,
    PRIMARY KEY (platform, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX chat_of_club ON chat (club);

CREATE TABLE account (
    platform TEXT NOT NULL,
    id       TEXT NOT NULL,
    member   TEXT NOT NULL,
    PRIMARY KEY (platform, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_of_member ON account (member);

CREATE TABLE member (
    club      TEXT NOT NULL REFERENCES club (id),
    id        TEXT NOT NULL,
    name      TEXT NOT NULL,
    role      INTEGER NOT NULL,
    joined_at INTEGER NOT NULL,
    present   INTEGER NOT NULL,
    PRIMARY KEY (club, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_by_name ON member (club, name);
CREATE INDEX member_by_id ON member (id);
CREATE INDEX member_leading ON member (club, role) WHERE role > 0;

CREATE TABLE last_club (
    member TEXT PRIMARY KEY,
    club   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE code (
    digest     BLOB PRIMARY KEY,
    purpose    TEXT NOT NULL,
    club       TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    spent      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE counter (
    club TEXT NOT NULL,
    kind TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (club, kind)
) STRICT, WITHOUT ROWID;

-- Points

CREATE TABLE journal (
    club      TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    key       TEXT NOT NULL,
    kind      TEXT NOT NULL,
    source    TEXT NOT NULL,
    target    TEXT NOT NULL,
    amount    INTEGER NOT NULL CHECK (amount > 0),
    actor     TEXT NOT NULL,
    reason    TEXT NOT NULL,
    phase     TEXT NOT NULL,
    refers_to TEXT NOT NULL,
    group_key TEXT NOT NULL,
    policy    INTEGER NOT NULL,
    digest    BLOB NOT NULL,
    hash      BLOB NOT NULL,
    PRIMARY KEY (club, seq),
    UNIQUE (club, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_by_source ON journal (club, source, at);
CREATE INDEX journal_by_target ON journal (club, target, at);
-- A pending posting is resolved at most once, whatever the code above does.
CREATE UNIQUE INDEX journal_resolved ON journal (club, refers_to)
    WHERE phase IN ('post', 'void');

CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal
BEGIN
    SELECT RAISE(ABORT, 'journal rows are never changed');
END;
CREATE TRIGGER journal_is_never_deleted BEFORE DELETE ON journal
BEGIN
    SELECT RAISE(ABORT, 'journal rows are never deleted');
END;

CREATE TABLE balance (
    club    TEXT NOT NULL,
    account TEXT NOT NULL,
    posted  INTEGER NOT NULL,
    held    INTEGER NOT NULL,
    PRIMARY KEY (club, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE envelope (
    club       TEXT NOT NULL,
    number     INTEGER NOT NULL,
    payer      TEXT NOT NULL,
    sender     TEXT NOT NULL,
    mode       TEXT NOT NULL,
    total      INTEGER NOT NULL,
    pieces     INTEGER NOT NULL,
    seed       BLOB NOT NULL,
    platform   TEXT NOT NULL,
    chat       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    taken      INTEGER NOT NULL,
    paid       INTEGER NOT NULL,
    state      TEXT NOT NULL,
    PRIMARY KEY (club, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX envelope_open ON envelope (platform, chat) WHERE state = 'open';

CREATE TABLE piece (
    club     TEXT NOT NULL,
    number   INTEGER NOT NULL,
    place    INTEGER NOT NULL,
    amount   INTEGER NOT NULL CHECK (amount > 0),
    member   TEXT NOT NULL,
    taken_at INTEGER NOT NULL,
    PRIMARY KEY (club, number, place)
) STRICT, WITHOUT ROWID;
-- One piece a person, whatever the code above does.
CREATE UNIQUE INDEX piece_of_member ON piece (club, number, member) WHERE member <> '';

-- Experience

CREATE TABLE share (
    club        TEXT NOT NULL,
    number      INTEGER NOT NULL,
    author      TEXT NOT NULL,
    tag         TEXT NOT NULL,
    text        TEXT NOT NULL,
    stage       TEXT NOT NULL,
    car         TEXT NOT NULL,
    km          INTEGER,
    price_yuan  INTEGER,
    place       TEXT NOT NULL,
    date        TEXT NOT NULL,
    figure      REAL,
    unit        TEXT NOT NULL,
    media       TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    platform    TEXT NOT NULL,
    chat        TEXT NOT NULL,
    message     TEXT NOT NULL,
    at          INTEGER NOT NULL,
    consent     INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    asked       INTEGER NOT NULL,
    deleted     INTEGER NOT NULL,
    PRIMARY KEY (club, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX share_by_author ON share (author, club, number);
CREATE INDEX share_by_car ON share (club, car, number);
CREATE INDEX share_by_tag ON share (club, tag, number);
CREATE INDEX share_by_words ON share (club, fingerprint);
CREATE INDEX share_by_message ON share (platform, chat, message);

CREATE TABLE vehicle (
    member   TEXT NOT NULL,
    number   INTEGER NOT NULL,
    series   TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    PRIMARY KEY (member, number)
) STRICT, WITHOUT ROWID;

-- In, later, out

CREATE TABLE seen (
    event  TEXT PRIMARY KEY,
    at     INTEGER NOT NULL,
    member TEXT NOT NULL,
    answer TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_by_time ON seen (at);

CREATE TABLE due (
    club     TEXT NOT NULL,
    kind     TEXT NOT NULL,
    key      TEXT NOT NULL,
    at       INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    PRIMARY KEY (club, kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX due_by_time ON due (at);

CREATE TABLE outbox (
    -- Never given again: a late word about a dropped message must not meet a new one.
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    platform    TEXT NOT NULL,
    chat        TEXT NOT NULL,
    account     TEXT NOT NULL,
    member      TEXT NOT NULL,
    priority    INTEGER NOT NULL,
    slot        TEXT NOT NULL,
    quotes      TEXT NOT NULL,
    reply       TEXT NOT NULL,
    state       TEXT NOT NULL,
    attempts    INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    not_before  INTEGER NOT NULL,
    leased_to   INTEGER NOT NULL,
    error       TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_waiting ON outbox (platform, chat, account, priority, id)
    WHERE state = 'waiting';
CREATE INDEX outbox_by_state ON outbox (state, created_at);
CREATE INDEX outbox_by_member ON outbox (member) WHERE member <> '';
CREATE UNIQUE INDEX outbox_slot ON outbox (platform, chat, account, slot)
    WHERE state = 'waiting' AND slot <> '';

-- Which platform message a slot became, so that it can be changed.
CREATE TABLE slot (
    platform TEXT NOT NULL,
    chat     TEXT NOT NULL,
    account  TEXT NOT NULL,
    slot     TEXT NOT NULL,
    message  TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (platform, chat, account, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX slot_by_time ON slot (at);
