// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/store/migrations.h"

#include "engine/base/error.h"

#include <algorithm>
#include <string>

namespace tessera {

namespace {

/// As in schema.sql, to the letter.
constexpr Migration kMigrations[] = {{1, R"(CREATE TABLE step (
    id INTEGER PRIMARY KEY,
    scenario TEXT NOT NULL,            -- json
    label TEXT NOT NULL,               -- what this step did, for a person
    present INTEGER NOT NULL CHECK (present IN (0, 1)), -- 1 in one row: where the user is
    created TEXT NOT NULL
) STRICT;)"},
                                     {2, R"(CREATE TABLE pair_weights (
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
) STRICT;)"},
                                     {3, R"(CREATE TABLE spectrum (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,                -- the command that made it: "tangent", "mercer", "gram", "gallery", ...
    name TEXT NOT NULL,                -- what it is of, for a person
    estimator TEXT NOT NULL,           -- how it was found; numbers of different estimators are never compared
    probe_hash TEXT,                   -- of the inputs; NULL where there are none
    seeds TEXT NOT NULL,               -- json: a list
    json TEXT NOT NULL,                -- the whole result as "tessera spectra" prints it, without its id
    created TEXT NOT NULL
) STRICT;)"}};

} // namespace

std::span<const Migration> allMigrations() { return kMigrations; }

void migrate(SQLite::Database &database, std::span<const Migration> steps, int to)
{
    // Tables are renamed and rebuilt on the way; their references are checked once at the end instead.
    database.exec("PRAGMA foreign_keys = OFF");
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    int version = database.execAndGet("PRAGMA user_version").getInt();
    for (; version < to; ++version) {
        auto step = std::ranges::find(steps, version, &Migration::from);
        if (step == steps.end())
            throw failed("there is no way from version " + std::to_string(version) + " of the project file to the next");
        database.exec(step->sql);
    }
    SQLite::Statement broken(database, "PRAGMA foreign_key_check");
    if (broken.executeStep())
        throw failed("the project file refers to rows that are not there");
    database.exec("PRAGMA user_version = " + std::to_string(to));
    transaction.commit();
    database.exec("PRAGMA foreign_keys = ON");
}

} // namespace tessera
