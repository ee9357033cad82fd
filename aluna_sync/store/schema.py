"""Tables of the store, as migrations: each list element takes the schema one version further.

Truth: spaces, logs, entries, parts, places, documents, pending, epoch keys, what peers have and
what they did wrong, folders and what was seen in them, which entry arrived first on each day, when
this person last looked at what happened.
Rebuildable: records, bodies, record_terms, links, search.

A log that forked has a row for each branch, numbered in the order they came; an entry belongs to
the branch it was first seen on, so that what leads to a tip are ranges of a branch and its parents.

A part is numbered `entry * PARTS_STEP + index`, so the parts of an entry are one range and need no
index of their own. Numbers of entries grow in the order of arrival; a document's *rank* is the
number of the newest part that touched it (or one drawn from the same counter for an edit not yet
sealed), so ranks are unique, grow with time, and are the same again after a rebuild. The rank is
the row number of the full-text index: "newest first" is then the order in which FTS5 walks.
"""

from __future__ import annotations

from typing import Final

PARTS_STEP: Final = 1024
"""More than `limits.MAX_PARTS`, a power of two."""

TOKENIZER: Final = ("unicode61", "remove_diacritics", "2")

INDEX: Final = """
CREATE TABLE records(
    rank INTEGER PRIMARY KEY,
    document INTEGER NOT NULL UNIQUE REFERENCES documents(n),
    space INTEGER NOT NULL REFERENCES spaces(n),
    type TEXT NOT NULL,
    day TEXT NOT NULL,
    state TEXT NOT NULL,
    unread INTEGER NOT NULL,
    title TEXT NOT NULL,
    at TEXT,
    terms TEXT NOT NULL,
    authors BLOB NOT NULL,
    readings TEXT NOT NULL,
    heads BLOB NOT NULL
);
CREATE INDEX records_by_day ON records(day, rank, type, space, state, unread);
CREATE INDEX records_by_type ON records(space, type);
CREATE INDEX records_unread ON records(space) WHERE unread;
CREATE INDEX records_away ON records(day, rank, type, space, state, unread)
    WHERE state>='\ue000away';
CREATE TABLE bodies(
    rank INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    facets TEXT NOT NULL,
    view BLOB NOT NULL
);
CREATE TABLE record_terms(
    term TEXT NOT NULL, day TEXT NOT NULL, rank INTEGER NOT NULL,
    PRIMARY KEY(term, day, rank)
) WITHOUT ROWID;
CREATE TABLE links(
    target BLOB NOT NULL, source INTEGER NOT NULL, kind TEXT NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY(target, source, kind)
) WITHOUT ROWID;
CREATE INDEX links_by_source ON links(source);
CREATE VIRTUAL TABLE search USING fts5(
    text, facets, content='bodies', content_rowid='rank', detail=column, prefix='1 2 3',
    columnsize=0, tokenize='unicode61 remove_diacritics 2'
);
"""

DROP_INDEX: Final = """
DROP TABLE search;
DROP TABLE links;
DROP TABLE record_terms;
DROP TABLE bodies;
DROP TABLE records;
"""

MIGRATIONS: Final[tuple[str, ...]] = (
    """
CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE drafts(key TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE spaces(
    n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, kind TEXT NOT NULL, collective BLOB NOT NULL
);
CREATE TABLE logs(
    n INTEGER PRIMARY KEY,
    space INTEGER NOT NULL REFERENCES spaces(n),
    device BLOB NOT NULL,
    incarnation INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    height INTEGER NOT NULL,
    hash BLOB NOT NULL,
    UNIQUE(space, device, incarnation, lane)
);
CREATE TABLE entries(
    n INTEGER PRIMARY KEY,
    log INTEGER NOT NULL REFERENCES logs(n),
    height INTEGER NOT NULL,
    header BLOB NOT NULL,
    signature BLOB NOT NULL,
    UNIQUE(log, height)
);
CREATE TABLE parts(n INTEGER PRIMARY KEY, body BLOB);
CREATE TABLE unopened(
    space INTEGER NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY(space, entry)
) WITHOUT ROWID;
CREATE TABLE documents(
    n INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    space INTEGER NOT NULL REFERENCES spaces(n),
    rank INTEGER NOT NULL UNIQUE,
    seen TEXT NOT NULL,
    read BLOB
);
CREATE TABLE places(
    part INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents(n)
);
CREATE INDEX places_by_document ON places(document, part);
CREATE TABLE pending(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    space INTEGER NOT NULL REFERENCES spaces(n),
    document INTEGER NOT NULL REFERENCES documents(n),
    change BLOB NOT NULL
);
CREATE INDEX pending_by_space ON pending(space, id);
CREATE INDEX pending_by_document ON pending(document, id);
CREATE TABLE epoch_keys(
    space INTEGER NOT NULL REFERENCES spaces(n), id BLOB NOT NULL, key BLOB NOT NULL,
    PRIMARY KEY(space, id)
) WITHOUT ROWID;
CREATE TABLE known_by_peers(
    log INTEGER NOT NULL REFERENCES logs(n), peer BLOB NOT NULL,
    acknowledged INTEGER NOT NULL, told INTEGER,
    PRIMARY KEY(log, peer)
) WITHOUT ROWID;
CREATE TABLE peers(device BLOB PRIMARY KEY, met TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE addresses(
    n INTEGER PRIMARY KEY AUTOINCREMENT, device BLOB NOT NULL, host TEXT NOT NULL,
    port INTEGER NOT NULL, UNIQUE(device, host, port)
);
CREATE TABLE set_aside(
    log INTEGER NOT NULL REFERENCES logs(n), height INTEGER NOT NULL, part INTEGER NOT NULL,
    document BLOB, reason TEXT NOT NULL, by_lint INTEGER NOT NULL, changes TEXT NOT NULL,
    PRIMARY KEY(log, height, part, reason)
) WITHOUT ROWID;
"""
    + INDEX,
    """
CREATE TABLE faults(
    device BLOB NOT NULL, fault TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL,
    times INTEGER NOT NULL, PRIMARY KEY(device, fault)
) WITHOUT ROWID;
""",
    """
CREATE TABLE logs_with_branches(
    n INTEGER PRIMARY KEY,
    space INTEGER NOT NULL REFERENCES spaces(n),
    device BLOB NOT NULL,
    incarnation INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    branch INTEGER NOT NULL,
    parent INTEGER REFERENCES logs(n),
    first INTEGER NOT NULL,
    height INTEGER NOT NULL,
    hash BLOB NOT NULL,
    UNIQUE(space, device, incarnation, lane, branch)
);
INSERT INTO logs_with_branches
    SELECT n, space, device, incarnation, lane, 0, NULL, 1, height, hash FROM logs;
DROP TABLE logs;
ALTER TABLE logs_with_branches RENAME TO logs;
""",
    """
ALTER TABLE addresses ADD COLUMN vain INTEGER NOT NULL DEFAULT 0;
ALTER TABLE addresses ADD COLUMN vain_day TEXT NOT NULL DEFAULT '';
""",
    """
CREATE TABLE folders(
    n INTEGER PRIMARY KEY AUTOINCREMENT, path BLOB NOT NULL UNIQUE,
    collective INTEGER NOT NULL REFERENCES spaces(n)
);
CREATE TABLE carried(
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    folder INTEGER NOT NULL REFERENCES folders(n) ON DELETE CASCADE,
    name BLOB NOT NULL,
    size INTEGER NOT NULL, changed INTEGER NOT NULL, inode BLOB NOT NULL,
    hash BLOB, state TEXT NOT NULL,
    UNIQUE(folder, name)
);
CREATE TABLE carried_stretches(
    file INTEGER NOT NULL REFERENCES carried(n) ON DELETE CASCADE,
    log INTEGER NOT NULL REFERENCES logs(n), first INTEGER NOT NULL, last INTEGER NOT NULL,
    PRIMARY KEY(file, log, first)
) WITHOUT ROWID;
CREATE TABLE carried_for(
    file INTEGER NOT NULL REFERENCES carried(n) ON DELETE CASCADE,
    space INTEGER NOT NULL REFERENCES spaces(n), device BLOB NOT NULL,
    PRIMARY KEY(file, space, device)
) WITHOUT ROWID;
""",
    """
CREATE TABLE taken_back(
    id BLOB PRIMARY KEY, space INTEGER NOT NULL REFERENCES spaces(n), type TEXT NOT NULL
) WITHOUT ROWID;
""",
    """
WITH RECURSIVE wrote(rank, day, person, rest) AS (
    SELECT rank, day, substr(authors, 1, 16), substr(authors, 17) FROM records
        WHERE length(authors) > 0
    UNION ALL
    SELECT rank, day, substr(rest, 1, 16), substr(rest, 17) FROM wrote WHERE length(rest) > 0
)
INSERT OR IGNORE INTO record_terms(term, day, rank)
    SELECT char(57344) || 'p' || lower(hex(person)), day, rank FROM wrote;
CREATE TABLE writers(rank INTEGER PRIMARY KEY, marks TEXT NOT NULL);
INSERT INTO writers SELECT rank, group_concat(' ' || term, '') FROM record_terms
    WHERE term BETWEEN char(57344) || 'p' AND char(57344) || 'q' GROUP BY rank;
UPDATE bodies SET facets = facets || (SELECT marks FROM writers w WHERE w.rank=bodies.rank)
    WHERE rank IN (SELECT rank FROM writers);
DROP TABLE writers;
INSERT INTO search(search) VALUES('rebuild');
""",
    """
CREATE TABLE arrivals(
    day TEXT PRIMARY KEY, first INTEGER NOT NULL, unread TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO arrivals SELECT d.seen, min(p.part) / 1024, ''
    FROM documents d JOIN places p ON p.document=d.n GROUP BY d.seen;
CREATE TABLE looked(
    space INTEGER PRIMARY KEY REFERENCES spaces(n),
    first INTEGER NOT NULL, unread TEXT NOT NULL, day TEXT NOT NULL
);
""",
    """
ALTER TABLE pending ADD COLUMN known BLOB NOT NULL DEFAULT x'';
""",
    """
CREATE INDEX IF NOT EXISTS records_away ON records(day, rank, type, space, state, unread)
    WHERE state>='\ue000away';
""",
)

VERSION: Final = len(MIGRATIONS)
