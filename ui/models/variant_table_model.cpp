// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/variant_table_model.h"

#include "ui/state/text.h"

#include <cmath>

namespace tessera::ui {

VariantTableModel::VariantTableModel(QObject *parent) : QAbstractTableModel(parent) {}

void VariantTableModel::setLibrary(const Library &library)
{
    beginResetModel();
    m_library = library;
    m_numbers.clear();
    for (const QString &metric : library.metrics)
        m_numbers.append({"score:" + metric, "se:" + metric, metricTitle(metric), {}});
    for (const CostKey &cost : library.costs)
        if (cost.unit != "tokens/s") // Of a whole model; a variant has none.
            m_numbers.append({"cost:" + cost.key, {}, costTitle(cost.key), cost.unit});
    for (auto [column, title] :
         {std::pair{"loss_before", tr("Loss before")}, std::pair{"loss_after", tr("Loss after")}})
        if (library.columns.contains(column))
            m_numbers.append({column, {}, title, {}});
    endResetModel();
}

void VariantTableModel::stateChanged()
{
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, columnCount() - 1), index(rowCount() - 1, columnCount() - 1));
}

int VariantTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_library.variants.size());
}

int VariantTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : kFirstNumber + static_cast<int>(m_numbers.size()) + 1;
}

QString VariantTableModel::text(const VariantRow &row, int column) const
{
    switch (column) {
    case kLayer:
        return QString::number(row.layer);
    case kPart:
        return partTitle(row.part);
    case kVariant:
        return row.shortName();
    default:
        return originTitle(row.origin);
    }
}

QVariant VariantTableModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= columnCount())
        return {};
    int variant = index.row(), column = index.column();
    const VariantRow &row = m_library.variants[variant];
    if (column == columnCount() - 1)
        return role == Qt::DisplayRole || role == kSortRole ? QVariant(m_state ? m_state(variant) : QString())
                                                            : QVariant();
    bool number = column >= kFirstNumber;
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            Qt::Alignment((number || column == kLayer ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    if (role != Qt::DisplayRole && role != kSortRole && role != Qt::ToolTipRole)
        return {};
    if (!number) {
        if (role == kSortRole && column == kLayer)
            return row.layer;
        if (role == kSortRole && column == kVariant)
            return variant;
        return role == Qt::ToolTipRole ? QVariant(variantTitle(row.shortName())) : QVariant(text(row, column));
    }
    const Number &what = m_numbers[column - kFirstNumber];
    double value = m_library.value(what.column, variant);
    if (role == kSortRole)
        return std::isnan(value) ? QVariant() : QVariant(value);
    if (!what.unit.isEmpty()) {
        bool estimated = m_library.value("estimated:" + what.column.mid(5), variant) == 1;
        if (role == Qt::ToolTipRole)
            return estimated ? tr("Estimated, not measured") : QVariant();
        return (estimated ? QStringLiteral("≈ ") : QString()) + formatAmount(value, what.unit);
    }
    if (role == Qt::ToolTipRole)
        return what.error.isEmpty() ? QVariant() : QVariant(formatScore(value, m_library.value(what.error, variant)));
    return formatScore(value);
}

QVariant VariantTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            Qt::Alignment((section >= kFirstNumber && section < columnCount() - 1) || section == kLayer
                              ? Qt::AlignRight | Qt::AlignVCenter
                              : Qt::AlignLeft | Qt::AlignVCenter));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case kLayer:
        return tr("Layer");
    case kPart:
        return tr("Part");
    case kVariant:
        return tr("Variant");
    case kOrigin:
        return tr("Weights");
    default:
        return section == columnCount() - 1 ? tr("State") : m_numbers[section - kFirstNumber].title;
    }
}

} // namespace tessera::ui
