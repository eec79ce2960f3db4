// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include <SQLiteCpp/SQLiteCpp.h>

namespace tessera {

/// The step from one schema version to the next. Tables that change are made anew under their final name and filled from the
/// old ones, so that their text in the file is that of schema.sql.
struct Migration {
    int from = 0; ///< The step leads to from + 1.
    const char *sql = "";
};

/// Every step since version 1.
std::span<const Migration> allMigrations();

/// Takes a database from its user_version to the version to, in one transaction: afterwards it is at one of the two, never
/// between. Throws Error (Failed) when a step is missing; SQLite's exceptions pass through.
void migrate(SQLite::Database &database, std::span<const Migration> steps, int to);

} // namespace tessera
