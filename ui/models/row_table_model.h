// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QColor>

namespace tessera::ui {

/// A model as CSV: numbers of the sort role with all their digits, unknown ones empty, everything else as it is shown.
QString csvOf(const QAbstractItemModel &model, int sortRole);

/// A short table that is replaced as a whole: totals, children, history, comparisons.
class RowTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    static constexpr int kSortRole = Qt::UserRole + 1;
    static constexpr int kKeyRole = Qt::UserRole + 2;   ///< Of the row.
    static constexpr int kShareRole = Qt::UserRole + 3; ///< 0 to 1 where a cell shows a bar; for BarDelegate.

    enum class Tone { Plain, Muted, Good, Warn, Bad };
    struct Cell {
        QString text;
        QVariant sort = {};
        QString tip = {};
        Tone tone = Tone::Plain;
        double share = -1;
    };
    struct Head {
        QString title;
        bool number = false;
    };
    struct Row {
        QVariant key;
        QList<Cell> cells;
    };

    explicit RowTableModel(QObject *parent = nullptr);

    void setHeads(const QList<Head> &heads);
    /// Rows keep their place in views where their number and keys stay the same.
    void setRows(const QList<Row> &rows);
    const QList<Row> &rows() const { return m_rows; }
    QString toCsv() const { return csvOf(*this, kSortRole); }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QList<Head> m_heads;
    QList<Row> m_rows;
};

} // namespace tessera::ui
