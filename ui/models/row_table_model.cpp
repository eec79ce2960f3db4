// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/row_table_model.h"

#include "ui/plot/plot_view.h"
#include "ui/theme/tokens.h"

#include <cmath>

namespace tessera::ui {
namespace {

Colour colourOfTone(RowTableModel::Tone tone)
{
    switch (tone) {
    case RowTableModel::Tone::Muted:
        return Colour::TextMuted;
    case RowTableModel::Tone::Good:
        return Colour::Good;
    case RowTableModel::Tone::Warn:
        return Colour::Warn;
    case RowTableModel::Tone::Bad:
        return Colour::Bad;
    default:
        return Colour::Text;
    }
}

} // namespace

QString csvOf(const QAbstractItemModel &model, int sortRole)
{
    QStringList head;
    for (int column = 0; column < model.columnCount(); ++column)
        head.append(model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
    QString text = csvLine(head);
    for (int row = 0; row < model.rowCount(); ++row) {
        QStringList line;
        for (int column = 0; column < model.columnCount(); ++column) {
            QModelIndex index = model.index(row, column);
            QVariant sort = index.data(sortRole);
            bool number = sort.typeId() == QMetaType::Double;
            line.append(!number                       ? index.data(Qt::DisplayRole).toString()
                        : std::isnan(sort.toDouble()) ? QString()
                                                      : QString::number(sort.toDouble(), 'g', 17));
        }
        text += csvLine(line);
    }
    return text;
}

RowTableModel::RowTableModel(QObject *parent) : QAbstractTableModel(parent) {}

void RowTableModel::setHeads(const QList<Head> &heads)
{
    beginResetModel();
    m_heads = heads;
    m_rows.clear();
    endResetModel();
}

void RowTableModel::setRows(const QList<Row> &rows)
{
    bool same = rows.size() == m_rows.size();
    for (qsizetype i = 0; same && i < rows.size(); ++i)
        same = rows[i].key == m_rows[i].key;
    if (same && !rows.isEmpty()) {
        m_rows = rows;
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
        return;
    }
    beginResetModel();
    m_rows = rows;
    endResetModel();
}

int RowTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int RowTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_heads.size());
}

QVariant RowTableModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_rows.size() || index.column() >= m_rows[index.row()].cells.size())
        return {};
    const Row &row = m_rows[index.row()];
    const Cell &cell = row.cells[index.column()];
    switch (role) {
    case Qt::DisplayRole:
        return cell.text;
    case Qt::ToolTipRole:
        return cell.tip.isEmpty() ? QVariant() : QVariant(cell.tip);
    case Qt::ForegroundRole:
        return colour(colourOfTone(cell.tone));
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(
            Qt::Alignment((m_heads[index.column()].number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    case kSortRole:
        return cell.sort.isValid() ? cell.sort : QVariant(cell.text);
    case kKeyRole:
        return row.key;
    case kShareRole:
        return cell.share < 0 ? QVariant() : QVariant(cell.share);
    default:
        return {};
    }
}

QVariant RowTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= m_heads.size())
        return {};
    if (role == Qt::DisplayRole)
        return m_heads[section].title;
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            Qt::Alignment((m_heads[section].number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    return {};
}

} // namespace tessera::ui
