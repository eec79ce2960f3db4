// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QList>
#include <QString>
#include <QStringList>

#include <limits>

namespace tessera::ui {

inline constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

/// What a variant replaces. Pair: a whole layer, in libraries that know nothing smaller.
enum class BlockPart { Attention, Ffn, Pair };

/// One variant of one layer, as the library numbers them.
struct VariantRow {
    int layer = 0;
    BlockPart part = BlockPart::Attention;
    QString attention, ffn; ///< Short names ("gqa:3"); the one that the part does not have is empty.
    bool parent = false;
    QString origin; ///< "parent", "paper", "closed", "distilled", "imported", or empty.
    /// "gqa:3", or both for a pair.
    QString shortName() const;
    /// As the command line writes it: "attention=gqa:3".
    QString block() const;
    bool operator==(const VariantRow &) const = default;
};

/// A cost that can be shown and limited, under the key "COST" or "COST@WORKLOAD".
struct CostKey {
    QString key, cost, workload;
    QString unit; ///< "bytes", "count", "ms", "tokens/s", "number".
};

struct LayerNames {
    QString attention, ffn;
    bool operator==(const LayerNames &) const = default;
};

/// The block library as the engine serves it: names once, numbers by column.
class Library {
public:
    QString hash, name, objectiveDefault;
    int layers = 0;
    QStringList workloads, metrics;
    QList<CostKey> costs;
    QList<int> begin;                     ///< Variants of layer l: begin[l] ... begin[l + 1] - 1.
    QStringList attention, ffn;           ///< Distinct names, by size.
    QHash<QString, double> fixed, parent; ///< By cost key; missing where unknown.
    QStringList estimated;                ///< Keys whose totals contain an estimate.
    QList<VariantRow> variants;
    QHash<QString, QList<double>> columns; ///< As "library/describe" names them.
    QList<LayerNames> parentLayers;

    bool isEmpty() const { return variants.isEmpty(); }
    /// NaN where the column or the number is unknown.
    double value(const QString &column, int variant) const;
    double parentTotal(const QString &key) const { return parent.value(key, kUnknown); }
    const CostKey *findCost(const QString &key) const;
    QString unitOf(const QString &key) const;
    bool isEstimated(const QString &key) const { return estimated.contains(key); }
    /// The variant with this name in a layer's part, or -1.
    int find(int layer, BlockPart part, const QString &shortName) const;
    bool hasPairs() const;
};

} // namespace tessera::ui
