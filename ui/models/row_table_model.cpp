// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/row_table_model.h"

#include "ui/plot/plot_view.h"
#include "ui/theme/tokens.h"

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

QString RowTableModel::toCsv() const
{
    QStringList head;
    for (const Head &column : m_heads)
        head.append(column.title);
    QString text = csvLine(head);
    for (const Row &row : m_rows) {
        QStringList line;
        for (const Cell &cell : row.cells)
            line.append(cell.sort.typeId() == QMetaType::Double ? QString::number(cell.sort.toDouble(), 'g', 17)
                                                                : cell.text);
        text += csvLine(line);
    }
    return text;
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
