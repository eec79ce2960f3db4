// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/cost/block_library.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tessera {

/// A decimal number as it was written: digits * 10^-decimals, 0 <= decimals <= 9, |digits| < 10^18.
struct Decimal {
    std::int64_t digits = 0;
    int decimals = 0;
    bool operator==(const Decimal &) const = default;
};
/// Reads "12", "-0.5", "1e6". Throws Error (BadInput) naming what for anything else and for numbers that do not fit.
Decimal parseDecimal(std::string_view text, const std::string &what);
double toDouble(const Decimal &decimal);

enum class LimitSense { Max, Min };

/// "COST[@WORKLOAD]=V" of cli.md as a value. value is in multiples of unitScale Amounts of the cost (throughput: of tokens a
/// second), or in per cent of the parent's total.
struct Limit {
    std::string cost;
    std::string workload; ///< Empty: the library's first.
    LimitSense sense = LimitSense::Max;
    Decimal value;
    bool percent = false;
    std::int64_t unitScale = 1;
    std::string text; ///< As it was written, for messages.
    bool operator==(const Limit &) const = default;
};

/// Units: bytes B, KB, MB, GB, TB (powers of 1000), KiB, MiB, GiB, TiB, none: bytes; times us, ms, s, none: ms; counts K, M,
/// B, T, none: ones; throughput tokens/s or none; every other cost takes a bare number. All take "%". Throws Error (BadInput)
/// naming the text for another form, a unit that is not the cost's, a negative percentage or known cost, and a throughput
/// that is not positive.
Limit parseLimit(std::string_view text, LimitSense sense);

/// A limit in the integers of one cost of a library, fixed part included: exactly the choices with atLeast <= total <= atMost
/// keep it.
struct AmountLimit {
    std::string cost; ///< "runtime" for a limit of throughput.
    std::size_t workload = 0;
    std::optional<Amount> atLeast, atMost;
    bool operator==(const AmountLimit &) const = default;
};

/// The integers of a limit: cost <= V becomes total <= floor(V); P per cent becomes 100 total <= P parent, so that the parent
/// keeps every limit of 100 %. throughput >= v becomes runtime <= floor(10^9 batch output / v) in nanoseconds, and
/// P per cent of it P runtime <= 100 runtime of the parent. Bounds beyond 63 bits become the largest Amount. Throws Error
/// (BadInput) for a workload or a cost that the library does not have, and for a percentage of an unknown total of the parent.
AmountLimit resolveLimit(const Limit &limit, const BlockLibrary &library);

/// "memory@chat=1234567890": the limit of the same cost, workload and sense with another bound, exact, in the form parseLimit
/// reads; for a limit of throughput bound is a run time in nanoseconds and the text states tokens/s, rounded so that it
/// keeps the bound feasible.
std::string limitWithBound(const Limit &limit, const BlockLibrary &library, Amount bound);

} // namespace tessera
