// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/common/table_notes.h"

#include "ui/views/common/parts.h"

#include <QAbstractItemModel>
#include <QHeaderView>
#include <QHelpEvent>
#include <QTableView>
#include <QToolTip>

namespace tessera::ui {
namespace {

QString headingOf(const QTableView &table, int column)
{
    return table.model()->headerData(column, Qt::Horizontal).toString();
}

class Teller : public QObject {
public:
    explicit Teller(QTableView *table) : QObject(table), m_table(table)
    {
        table->viewport()->installEventFilter(this);
        table->horizontalHeader()->viewport()->installEventFilter(this);
    }
    bool eventFilter(QObject *watched, QEvent *event) override
    {
        if (event->type() != QEvent::ToolTip)
            return false;
        const auto *help = static_cast<QHelpEvent *>(event);
        QString text;
        if (watched == m_table->viewport()) {
            const QModelIndex index = m_table->indexAt(help->pos());
            if (!index.isValid() || index.data(Qt::ToolTipRole).isValid())
                return false;
            const QString whole = index.data().toString();
            if (m_table->fontMetrics().horizontalAdvance(whole) + 2 * kSpaceS > m_table->columnWidth(index.column()))
                text = whole;
        } else if (int column = m_table->horizontalHeader()->logicalIndexAt(help->pos());
                   column >= 0 && headingWidth(*m_table, column) > m_table->columnWidth(column)) {
            text = headingOf(*m_table, column);
        }
        if (text.isEmpty())
            return false;
        QToolTip::showText(help->globalPos(), text, m_table);
        return true;
    }

private:
    QTableView *m_table;
};

/// Over the rows that are not there; the mouse goes through it.
class EmptyNote : public QLabel {
public:
    EmptyNote(QTableView *table, const QString &text) : QLabel(text, table->viewport()), m_table(table)
    {
        setTextFormat(Qt::PlainText);
        setProperty("role", "muted");
        setAlignment(Qt::AlignCenter);
        setWordWrap(true);
        setContentsMargins(kSpaceL, 0, kSpaceL, 0);
        setAttribute(Qt::WA_TransparentForMouseEvents);
        table->viewport()->installEventFilter(this);
        auto update = [this] { setVisible(m_table->model()->rowCount() == 0); };
        connect(table->model(), &QAbstractItemModel::modelReset, this, update);
        connect(table->model(), &QAbstractItemModel::rowsInserted, this, update);
        connect(table->model(), &QAbstractItemModel::rowsRemoved, this, update);
        update();
    }
    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() == QEvent::Resize)
            setGeometry(m_table->viewport()->rect());
        return false;
    }

private:
    QTableView *m_table;
};

} // namespace

int headingWidth(const QTableView &table, int column)
{
    return table.horizontalHeader()->fontMetrics().horizontalAdvance(headingOf(table, column)) + 2 * kSpaceS + 2;
}

void tellCutText(QTableView *table) { new Teller(table); }

void tellWhenEmpty(QTableView *table, const QString &text) { new EmptyNote(table, text); }

} // namespace tessera::ui
