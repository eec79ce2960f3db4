// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/common/fit_columns.h"

#include "ui/views/common/table_notes.h"

#include <QAbstractItemModel>
#include <QEvent>
#include <QHeaderView>
#include <QTableView>
#include <QTimer>

#include <algorithm>

namespace tessera::ui {
namespace {

constexpr int kLeastText = 60, kLeastHeading = 56; ///< What is cut shorter says nothing.

/// Of the cells alone; the override in QTableView is protected.
int cellWidth(const QTableView *table, int column)
{
    return static_cast<const QAbstractItemView *>(table)->sizeHintForColumn(column);
}

bool holdsNumbers(const QTableView *table, int column)
{
    return table->model()->headerData(column, Qt::Horizontal, Qt::TextAlignmentRole).toInt() & Qt::AlignRight;
}

class Fitter : public QObject {
public:
    Fitter(QTableView *table, int stretched) : QObject(table), m_table(table), m_stretched(stretched)
    {
        m_later.setSingleShot(true);
        m_later.setInterval(0);
        connect(&m_later, &QTimer::timeout, this, [this] { fit(); });
        auto soon = [this] { m_later.start(); };
        connect(table->model(), &QAbstractItemModel::modelReset, this, soon);
        connect(table->model(), &QAbstractItemModel::dataChanged, this, soon);
        connect(table->model(), &QAbstractItemModel::headerDataChanged, this, soon);
        connect(table->model(), &QAbstractItemModel::rowsInserted, this, soon);
        connect(table->model(), &QAbstractItemModel::rowsRemoved, this, soon);
        table->installEventFilter(this);
        table->viewport()->installEventFilter(this);
    }
    bool eventFilter(QObject *watched, QEvent *event) override
    {
        // The kind of event first: the last ones come while the table is being taken apart.
        switch (event->type()) {
        case QEvent::Resize:
            if (watched == m_table->viewport())
                fit();
            break;
        case QEvent::FontChange:
        case QEvent::Show:
            if (watched == m_table)
                m_later.start();
            break;
        default:
            break;
        }
        return false;
    }

private:
    void fit()
    {
        const int count = m_table->model()->columnCount();
        if (count == 0 || !m_table->isVisible())
            return; // It is made up for when it is shown.
        QList<ColumnWish> wishes;
        for (int column = 0; column < count; ++column) {
            const int cells = cellWidth(m_table, column), heading = headingWidth(*m_table, column);
            const int tight = std::max(cells, heading);
            const int least = holdsNumbers(m_table, column) ? std::max(cells, std::min(heading, kLeastHeading)) : std::min(tight, kLeastText);
            wishes.append({std::max(cells, m_table->horizontalHeader()->sectionSizeHint(column)), tight, least});
        }
        const QList<int> widths = widthsWithin(m_table->viewport()->width(), wishes, m_stretched < 0 ? count - 1 : m_stretched);
        for (int column = 0; column < count; ++column)
            m_table->setColumnWidth(column, widths[column]);
    }

    QTableView *m_table;
    int m_stretched;
    QTimer m_later;
};

} // namespace

QList<int> widthsWithin(int room, const QList<ColumnWish> &wishes, int stretched)
{
    auto sumOf = [&](int ColumnWish::*which) {
        int sum = 0;
        for (const ColumnWish &wish : wishes)
            sum += wish.*which;
        return sum;
    };
    // Between two sizes, so that all columns give the same part of what they can.
    auto between = [&](int ColumnWish::*more, int ColumnWish::*less) {
        const int high = sumOf(more), low = sumOf(less);
        QList<int> widths;
        for (const ColumnWish &wish : wishes)
            widths.append(wish.*less
                          + (high > low ? static_cast<int>(static_cast<long long>(wish.*more - wish.*less) * std::max(0, room - low)
                                                           / (high - low))
                                        : 0));
        return widths;
    };
    const int usual = sumOf(&ColumnWish::usual);
    QList<int> widths;
    if (usual <= room)
        for (const ColumnWish &wish : wishes)
            widths.append(wish.usual);
    else if (sumOf(&ColumnWish::tight) <= room)
        widths = between(&ColumnWish::usual, &ColumnWish::tight);
    else
        widths = between(&ColumnWish::tight, &ColumnWish::least);
    int taken = 0;
    for (int width : widths)
        taken += width;
    if (stretched >= 0 && stretched < widths.size())
        widths[stretched] += std::max(0, room - taken);
    return widths;
}

void fitColumns(QTableView *table, int stretched)
{
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::Interactive);
    new Fitter(table, stretched);
}

} // namespace tessera::ui
