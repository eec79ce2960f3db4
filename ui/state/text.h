// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/library.h"

#include <QString>

namespace tessera::ui {

// Numbers and names as people read them, in the user's language. Unknown numbers are an en dash.

/// In a unit of the protocol: 14586624 "bytes" is "13.9 MiB", 183.9 "ms" is "183.9 ms", 2663616 "count" is "2.66 M".
QString formatAmount(double value, const QString &unit);
/// The same for a round number along an axis, without noughts that say nothing: "8 MiB", "0.5".
QString formatTick(double value, const QString &unit);
/// What round numbers of a unit are multiples of where the largest is high: for bytes KiB, MiB and so on, else 1.
double tickGrain(double high, const QString &unit);
/// The same as formatAmount with a sign, for differences.
QString formatDifference(double value, const QString &unit);
/// Four significant digits.
QString formatScore(double value);
/// "0.0183 ± 0.0021".
QString formatScore(double mean, double standardError);
/// Of a share: 0.704 is "70.4 %".
QString formatPercent(double share, int decimals = 1);
QString formatSeconds(double seconds);

/// "Run time", "Memory · chat".
QString costTitle(const QString &key);
QString metricTitle(const QString &metric);
QString baselineTitle(const QString &name);
QString originTitle(const QString &origin);
QString stageTitle(const QString &stage);
/// "3 kv heads", "512 wide", "linear", "removed".
QString variantTitle(const QString &shortName);
/// For narrow places: "3", "512", "lin", "∅".
QString variantMark(const QString &shortName);
QString partTitle(BlockPart part);
/// The unit of a price: "GiB", "ms", "token/s", "1".
QString priceUnit(const QString &unit);
/// "2026-11-22T17:18:57Z" as a local date and time.
QString formatTime(const QString &iso);

} // namespace tessera::ui
