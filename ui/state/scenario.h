// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/json.h"

#include <QList>
#include <QString>
#include <QStringList>

#include <optional>

namespace tessera::ui {

/// One limit as the user wrote it. value is a number with an optional unit or per cent sign ("70%", "12.5ms").
struct LimitDraft {
    QString key; ///< "COST" or "COST@WORKLOAD"
    bool atLeast = false;
    QString value;
    QString text() const { return key + "=" + value; }
    bool operator==(const LimitDraft &) const = default;
};

/// What the user asks of the search, as the protocol's scenario; a value, so that undo steps are copies.
struct ScenarioDraft {
    QString name, objective, workload;
    double noiseAversion = 0;
    QList<LimitDraft> limits;
    QStringList pins, bans, rules; ///< "L:BLOCK"
    bool operator==(const ScenarioDraft &) const = default;
    bool isEmpty() const { return *this == ScenarioDraft{}; }
    /// "run time ≤ 70 %, 2 pins": one line for tooltips and provenance.
    QString describe() const;
};
Json toJson(const ScenarioDraft &draft);
/// Throws tessera::Error (BadInput) for what is no scenario.
ScenarioDraft readScenario(const Json &json);
/// "memory=70%" to a limit; nothing where there is no "=".
std::optional<LimitDraft> parseLimitText(const QString &text, bool atLeast);

/// The number of a value text in the unit of the protocol, given the parent's total for per cent; nothing where it cannot be
/// read or the unit is not the cost's.
std::optional<double> limitValue(const QString &value, const QString &unit, double parentTotal);
/// Per cent of the parent with one decimal and no needless zeros: "70%", "70.5%".
QString percentValue(double percent);
/// A value in the cost's own unit with all its digits: "24GiB", "11623680B", "151.550399ms".
QString amountValue(double amount, const QString &unit);

/// "L:BLOCK" for one sub-block.
QString layerBlock(int layer, const QString &block);

} // namespace tessera::ui
