// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/store/database.h"

#include <string>

namespace tessera {

/// Fills what a training did, in either record that has it, from the six columns loss_before, loss_after, increment_before,
/// increment_after, tokens and curve, which begin at column first. where names the project in complaints about the curve.
template <typename Record> void readLossColumns(SQLite::Statement &row, int first, const std::string &where, Record &record)
{
    record.lossBefore = optionalDouble(row.getColumn(first));
    record.lossAfter = optionalDouble(row.getColumn(first + 1));
    record.incrementBefore = optionalDouble(row.getColumn(first + 2));
    record.incrementAfter = optionalDouble(row.getColumn(first + 3));
    record.tokens = optionalInteger(row.getColumn(first + 4));
    if (auto curve = optionalText(row.getColumn(first + 5)))
        record.curve = parseJson(*curve, "a loss curve in " + where);
}

} // namespace tessera
