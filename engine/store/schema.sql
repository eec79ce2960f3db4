-- SPDX-FileCopyrightText: Tessera contributors
-- SPDX-License-Identifier: Apache-2.0
-- The project file NAME.tessera: one SQLite database. This text is what the program executes for a new project, and what it
-- compares an existing file's schema with before it reads a row.
--   application_id 0x54455353 ("TESS"), user_version = the number of this schema (kSchemaVersion in database.h).
-- Words: variants are written as on the command line ("gqa:3", "width:768", "linear", "none"); workloads are counted from 0;
-- amounts are integers in the unit of their cost (bytes, counts, nanoseconds, otherwise billionths); paths are absolute or
-- relative to NAME.blocks/, which lies beside the file; hashes are 128-bit XXH3; times are UTC, ISO 8601. A number that is not
-- known is NULL. Columns named json hold what their comment says, as text.

-- One row: what the project is about.
CREATE TABLE project (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    created TEXT NOT NULL,
    made_by TEXT NOT NULL,             -- program and version
    objective TEXT NOT NULL,           -- the metric that is minimised unless a scenario names another
    attempt INTEGER NOT NULL DEFAULT 0,-- grows with every run; temporary names carry it
    parent_path TEXT,                  -- of the checkpoint; NULL in imported libraries, as everything below
    parent_fingerprint TEXT,           -- of the checkpoint, to know it again where it was moved to
    config TEXT,                       -- json: the parent's configuration
    space TEXT,                        -- json: the variant space
    dtype TEXT,                        -- in which networks run
    seed INTEGER
) STRICT;

CREATE TABLE workload (
    id INTEGER PRIMARY KEY,            -- 0 is the default of every limit
    name TEXT NOT NULL UNIQUE,
    json TEXT NOT NULL                 -- the workload
) STRICT;

-- Disjoint parts of the tokenised text.
CREATE TABLE token_split (
    name TEXT PRIMARY KEY CHECK (name IN ('distil', 'score', 'test')),
    file TEXT NOT NULL,
    hash TEXT NOT NULL,
    tokens INTEGER NOT NULL
) STRICT;

CREATE TABLE layer (
    id INTEGER PRIMARY KEY,            -- counted from 0
    attention TEXT NOT NULL,           -- the parent's variants
    ffn TEXT NOT NULL
) STRICT;

-- An option of a layer: one sub-block (the other column is empty) or a whole pair. The parent's own are among them.
CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    layer INTEGER NOT NULL REFERENCES layer (id),
    attention TEXT NOT NULL,
    ffn TEXT NOT NULL,
    UNIQUE (layer, attention, ffn)
) STRICT;

-- Trained or fitted weights of a sub-block; the tensors are in the file.
CREATE TABLE weights (
    entry INTEGER NOT NULL REFERENCES entry (id),
    origin TEXT NOT NULL CHECK (origin IN ('paper', 'closed', 'distilled')),
    file TEXT NOT NULL,
    hash TEXT NOT NULL,
    loss_before REAL,                  -- normalised squared error of the whole layer's output on held-out tokens
    loss_after REAL,
    increment_before REAL,             -- of what the sub-block itself adds
    increment_after REAL,
    tokens INTEGER,                    -- trained on
    curve TEXT,                        -- json: [[tokens, loss, increment loss], ...]
    PRIMARY KEY (entry, origin)
) STRICT;

-- Weights of the halves of a pair that was trained as one (coupled); a half that is none has no row.
CREATE TABLE pair_weights (
    entry INTEGER NOT NULL REFERENCES entry (id),
    part TEXT NOT NULL CHECK (part IN ('attention', 'ffn')),
    file TEXT NOT NULL,
    hash TEXT NOT NULL,
    loss_before REAL,                  -- as in weights, of the pair
    loss_after REAL,
    increment_before REAL,
    increment_after REAL,
    tokens INTEGER,
    curve TEXT,
    PRIMARY KEY (entry, part)
) STRICT;

-- The damage of one replacement, one value a window.
CREATE TABLE score (
    entry INTEGER NOT NULL REFERENCES entry (id),
    origin TEXT NOT NULL CHECK (origin IN ('parent', 'paper', 'closed', 'distilled', 'imported')),
    metric TEXT NOT NULL,
    window INTEGER NOT NULL CHECK (window >= 0),
    value REAL,                        -- NULL: the child overflowed
    PRIMARY KEY (entry, origin, metric, window)
) STRICT, WITHOUT ROWID;

-- Imported scores of which no samples are known.
CREATE TABLE score_mean (
    entry INTEGER NOT NULL REFERENCES entry (id),
    metric TEXT NOT NULL,
    mean REAL NOT NULL,
    standard_error REAL,
    PRIMARY KEY (entry, metric)
) STRICT, WITHOUT ROWID;

-- Costs that do not follow from shapes alone.
CREATE TABLE cost (
    subject TEXT NOT NULL,             -- "attention=gqa:3", "attention=...+ffn=...", "fixed", "model:NAME"
    layer INTEGER NOT NULL,            -- -1: the same in every layer
    workload INTEGER NOT NULL REFERENCES workload (id),
    name TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('imported', 'measured', 'estimated')),
    amount INTEGER NOT NULL,
    spread REAL,                       -- half the interquartile range over the median
    repeats INTEGER,
    PRIMARY KEY (subject, layer, workload, name, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE scenario (
    id INTEGER PRIMARY KEY,
    name TEXT UNIQUE,                  -- NULL: never named
    json TEXT NOT NULL UNIQUE,
    created TEXT NOT NULL
) STRICT;

-- What the user asked for, step by step, so that every step can be taken back: in order of id.
CREATE TABLE step (
    id INTEGER PRIMARY KEY,
    scenario TEXT NOT NULL,            -- json
    label TEXT NOT NULL,               -- what this step did, for a person
    present INTEGER NOT NULL CHECK (present IN (0, 1)), -- 1 in one row: where the user is
    created TEXT NOT NULL
) STRICT;

CREATE TABLE solution (
    id INTEGER PRIMARY KEY,
    scenario INTEGER NOT NULL REFERENCES scenario (id),
    status TEXT NOT NULL,
    metric TEXT NOT NULL,
    objective REAL,
    bound REAL,
    json TEXT NOT NULL,                -- the whole solution as "tessera solve" prints it, without its id
    library_hash TEXT NOT NULL,        -- of the library that it was found on
    created TEXT NOT NULL
) STRICT;

CREATE TABLE front (
    id INTEGER PRIMARY KEY,
    scenario INTEGER NOT NULL REFERENCES scenario (id),
    axes TEXT NOT NULL,                -- json: the costs of its axes
    json TEXT NOT NULL,                -- points and baselines as "tessera front" prints them
    library_hash TEXT NOT NULL,
    created TEXT NOT NULL
) STRICT;

-- Children that were built. One that global distillation made has its row as well, and how it was made in provenance, as what
-- 'distilled child': {"child": its row, "path", "from": that of the child it was, the order, its text, and figures before and after}.
CREATE TABLE child (
    id INTEGER PRIMARY KEY,
    solution INTEGER REFERENCES solution (id),
    path TEXT NOT NULL UNIQUE,
    choices TEXT NOT NULL,             -- json: [{"layer", "attention", "ffn"}]
    refitted INTEGER NOT NULL CHECK (refitted IN (0, 1)),
    parameters INTEGER NOT NULL,
    predicted TEXT NOT NULL,           -- json: {metric: value, COST: value}
    measured TEXT,                     -- json: {metric: value, COST: value}
    created TEXT NOT NULL
) STRICT;

-- What was done: one row for every start of a stage.
CREATE TABLE job (
    id INTEGER PRIMARY KEY,
    stage TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'interrupted', 'failed')),
    done INTEGER NOT NULL,
    total INTEGER NOT NULL,
    seconds REAL NOT NULL,
    note TEXT NOT NULL,                -- the sentence that ended it
    started TEXT NOT NULL
) STRICT;

-- Options of a stage that its results depend on; fixed when the stage is first begun.
CREATE TABLE stage_option (
    stage TEXT PRIMARY KEY,
    json TEXT NOT NULL
) STRICT;

-- Where results come from: devices, versions of libraries, hashes of inputs.
CREATE TABLE provenance (
    id INTEGER PRIMARY KEY,
    what TEXT NOT NULL,
    json TEXT NOT NULL,
    created TEXT NOT NULL,
    UNIQUE (what, json)
) STRICT;

-- Spectra of kernels: of architectures in the limit of infinite width, or of this project's networks.
CREATE TABLE spectrum (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,                -- the command that made it: "tangent", "mercer", "gram", "gallery", ...
    name TEXT NOT NULL,                -- what it is of, for a person
    estimator TEXT NOT NULL,           -- how it was found; numbers of different estimators are never compared
    probe_hash TEXT,                   -- of the inputs; NULL where there are none
    seeds TEXT NOT NULL,               -- json: a list
    json TEXT NOT NULL,                -- the whole result as "tessera spectra" prints it, without its id
    created TEXT NOT NULL
) STRICT;
