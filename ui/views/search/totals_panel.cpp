// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/search/totals_panel.h"

#include "ui/models/row_table_model.h"
#include "ui/plot/front_view.h"
#include "ui/state/search.h"
#include "ui/state/session.h"
#include "ui/state/text.h"
#include "ui/views/common/fit_columns.h"
#include "ui/views/common/parts.h"

#include <QHeaderView>
#include <QStackedWidget>

#include <cmath>

namespace tessera::ui {
namespace {

constexpr int kLeastWidth = 300; ///< Narrower columns scroll.

} // namespace

TotalsPanel::TotalsPanel(Session &session, Search &search, QWidget *parent)
    : QWidget(parent), m_session(session), m_search(search)
{
    setMinimumWidth(kLeastWidth);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    m_form = new Segments({tr("Totals"), tr("Lasso")}, tr("Totals or what the lasso took"));
    m_forms = new QStackedWidget;
    column->addWidget(m_forms);
    m_totals = new RowTableModel(this);
    m_table = makeTable(m_totals, tr("Totals of the child against the parent"), false);
    m_table->setItemDelegate(new BarDelegate(m_table));
    m_table->verticalHeader()->setDefaultSectionSize(kRowHeight + kSpaceXs);
    fitColumns(m_table);
    m_forms->addWidget(m_table);
    m_taken = new RowTableModel(this);
    m_takenTable = makeTable(m_taken, tr("What the lasso took from the front"));
    auto *page = new QStackedWidget;
    page->addWidget(new EmptyState(Icon::Lasso, tr("Nothing selected"),
                                   tr("Draw around points of the front with the lasso, or with Shift held.")));
    page->addWidget(m_takenTable);
    m_forms->addWidget(page);
    connect(m_taken, &QAbstractItemModel::modelReset, page,
            [this, page] { page->setCurrentIndex(m_taken->rowCount() > 0 ? 1 : 0); });
    connect(m_form, &Segments::currentChanged, m_forms, &QStackedWidget::setCurrentIndex);
    for (auto signal : {&Search::solutionChanged, &Search::lateChanged, &Search::pinnedChanged})
        connect(&search, signal, this, &TotalsPanel::refresh);
    connect(&session, &Session::libraryChanged, this, &TotalsPanel::refresh);
    refresh();
}

void TotalsPanel::addTools(QHBoxLayout *heading)
{
    QToolButton *exportButton = makeIconButton(Icon::Export, tr("Export this table"));
    connect(exportButton, &QToolButton::clicked, this, [this] {
        bool lasso = m_form->current() == 1;
        exportRows(lasso ? m_taken : m_totals, m_session, this, lasso ? "lasso" : "totals");
    });
    heading->addWidget(m_form);
    heading->addWidget(exportButton);
}

void TotalsPanel::take(const FrontView &front, const QList<int> &points, const QList<int> &marks)
{
    const FrontData &shown = front.data();
    m_taken->setHeads({{tr("Point")}, {shown.xTitle, true}, {shown.yTitle, true}});
    QList<RowTableModel::Row> rows;
    auto add = [&](int key, const QString &name, const QPointF &at) {
        rows.append({key, {{name}, {shown.xText(at.x()), at.x()}, {shown.yText(at.y()), at.y()}}});
    };
    for (int point : points)
        add(point, tr("Best possible"), shown.front[point]);
    for (int mark : marks)
        add(-1 - mark, shown.marks[mark].name, shown.marks[mark].at);
    m_taken->setRows(rows);
    m_takenTable->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_form->setCurrent(1);
    m_forms->setCurrentIndex(1);
}

void TotalsPanel::refresh()
{
    const Library &library = m_session.library();
    const SolutionData &solution = m_search.solution();
    const auto &reference = m_search.pinned(0);
    QList<RowTableModel::Head> heads{{tr("Cost")}, {tr("Parent"), true}, {tr("Child"), true}, {tr("Change"), true}};
    if (reference)
        heads.append({tr("Against A"), true});
    if (m_totals->columnCount() != heads.size())
        m_totals->setHeads(heads);
    bool stale = m_search.isLate();
    auto tone = [stale](RowTableModel::Tone fresh) { return stale ? RowTableModel::Tone::Muted : fresh; };
    QList<RowTableModel::Row> rows;
    auto add = [&](const QString &key, const QString &title, const QString &unit, double parent, double child,
                   double other, bool estimated) {
        auto text = [&](double value) { return unit.isEmpty() ? formatScore(value) : formatAmount(value, unit); };
        auto signedText = [&](double value) {
            return std::isnan(value) ? QString()
                 : unit.isEmpty()    ? (value > 0 ? "+" : "") + formatScore(value)
                                     : formatDifference(value, unit);
        };
        bool better = unit == "tokens/s" ? child > parent : child < parent;
        double difference = child - parent, share = parent > 0 ? child / parent : kUnknown;
        QString tip = estimated ? tr("Contains an estimate") : QString();
        QString change = std::isnan(share) || difference == 0
                           ? signedText(difference)
                           : (difference > 0 ? "+" : QStringLiteral("−")) + formatPercent(std::abs(share - 1));
        RowTableModel::Row row{key,
                               {{title},
                                {text(parent), parent, {}, RowTableModel::Tone::Muted},
                                {(estimated ? QStringLiteral("≈ ") : QString()) + text(child), child, tip,
                                 tone(RowTableModel::Tone::Plain)},
                                {change, difference, signedText(difference),
                                 tone(difference == 0 || std::isnan(difference) ? RowTableModel::Tone::Muted
                                      : better                                  ? RowTableModel::Tone::Good
                                                                                : RowTableModel::Tone::Warn),
                                 std::isnan(share) ? -1 : share}}};
        if (reference) {
            double against = child - other;
            row.cells.append({signedText(against), against});
        }
        rows.append(row);
    };
    add("objective", metricTitle(m_session.objective()), {}, 0, solution.objective,
        reference ? reference->objective : kUnknown, false);
    for (const CostKey &cost : library.costs)
        add(cost.key, costTitle(cost.key), cost.unit, library.parentTotal(cost.key),
            solution.costs.value(cost.key, kUnknown), reference ? reference->costs.value(cost.key, kUnknown) : kUnknown,
            solution.estimated.contains(cost.key));
    m_totals->setRows(library.isEmpty() ? QList<RowTableModel::Row>() : rows);
}

} // namespace tessera::ui
