// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/compare/pool_panel.h"

#include "ui/models/row_table_model.h"
#include "ui/plot/parallel_view.h"
#include "ui/state/pool.h"
#include "ui/state/search.h"
#include "ui/state/session.h"
#include "ui/state/text.h"
#include "ui/views/common/fit_columns.h"
#include "ui/views/common/parts.h"
#include "ui/views/common/strip_data.h"
#include "ui/views/common/table_notes.h"

#include <QSortFilterProxyModel>
#include <QSpinBox>
#include <QTimer>

#include <cmath>

namespace tessera::ui {
namespace {

constexpr int kRest = 400; ///< ms without a change before the pool is asked for again.
constexpr double kRowsShare = 0.38; ///< Of the page's height.

} // namespace

PoolPanel::PoolPanel(Session &session, Search &search, Pool &pool, QWidget *parent)
    : DockPage("pool", parent), m_session(session), m_search(search), m_pool(pool)
{
    setContentsMargins(0, 0, 0, 0);
    QVBoxLayout *lines = nullptr;
    QFrame *linesPanel = makePanel(tr("Pool of the best children"), &lines);
    QHBoxLayout *tools = headingOf(linesPanel);
    m_count = new QSpinBox;
    m_count->setRange(1, 10000);
    m_count->setValue(pool.count());
    m_count->setAccessibleName(tr("Number of children"));
    m_count->setPrefix(tr("best") + " ");
    m_distance = new QSpinBox;
    m_distance->setRange(1, 1000);
    m_distance->setPrefix("≥ ");
    m_distance->setSuffix(" " + tr("layers apart"));
    m_distance->setAccessibleName(tr("Layers in which any two differ"));
    for (QSpinBox *box : {m_count, m_distance})
        box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_fetch = makeButton(tr("Find"));
    QToolButton *exportButton = makeIconButton(Icon::Export, tr("Export the pool"));
    for (QWidget *widget : std::initializer_list<QWidget *>{m_count, m_distance, m_fetch, exportButton})
        tools->addWidget(widget);
    m_summary = makeLabel({}, Type::Caption, "muted");
    m_summary->setContentsMargins(kSpaceL, 0, kSpaceL, 0);
    m_summary->setWordWrap(true);
    lines->addWidget(m_summary);
    m_view = new ParallelView;
    m_view->setAccessibleName(tr("Pool: a line a child across its score and its costs"));
    lines->addWidget(m_view, 1);
    setCentralWidget(linesPanel);

    m_asA = makeButton(tr("Compare as A"));
    m_asB = makeButton(tr("Compare as B"));
    m_rows = new RowTableModel(this);
    m_table = makeTable(m_rows, tr("Children that the brushes keep"));
    fitColumns(m_table);
    tellWhenEmpty(m_table, tr("No child is within all brushes, or none has been found yet."));
    addPanel("rows", tr("What the brushes keep"), Qt::BottomDockWidgetArea, m_table, &tools, {0, kRowsShare});
    tools->addWidget(m_asA);
    tools->addWidget(m_asB);
    panelsAdded();

    m_rest = new QTimer(this);
    m_rest->setSingleShot(true);
    m_rest->setInterval(kRest);
    connect(m_rest, &QTimer::timeout, this, [this] {
        if (isVisible() && m_pool.isStale() && m_search.isSettled())
            m_pool.fetch();
        else if (isVisible() && m_pool.isStale())
            m_rest->start();
    });
    connect(m_fetch, &QPushButton::clicked, this, [this] {
        if (m_pool.isFetching())
            m_pool.cancel();
        else
            m_pool.ask(m_count->value(), m_distance->value());
    });
    connect(exportButton, &QToolButton::clicked, this, [this] { exportPlot(m_view, m_session, "pool"); });
    connect(m_view, &ParallelView::brushed, this, &PoolPanel::showRows);
    connect(m_view, &ParallelView::currentChanged, &pool, &Pool::setCurrent);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex &index) {
        if (index.isValid() && !m_selecting)
            m_pool.setCurrent(index.data(RowTableModel::kKeyRole).toInt());
    });
    for (int which : {0, 1})
        connect(which ? m_asB : m_asA, &QPushButton::clicked, this, [this, which] {
            if (m_pool.current() >= 0)
                m_search.setPinned(which, m_pool.solutions()[m_pool.current()]);
        });
    connect(&pool, &Pool::changed, this, &PoolPanel::poolChanged);
    connect(&pool, &Pool::currentChanged, this, &PoolPanel::selectCurrent);
    connect(&session, &Session::currentVariantChanged, this, &PoolPanel::emphasise);
    poolChanged();
    selectCurrent();
}

void PoolPanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    poolChanged();
}

void PoolPanel::poolChanged()
{
    if (!isVisible())
        return; // It is made up for when it is shown.
    if (m_pool.isStale())
        m_rest->start();
    m_fetch->setText(m_pool.isFetching() ? tr("Stop") : tr("Find"));
    const Library &library = m_session.library();
    ParallelData lines;
    lines.stale = m_pool.isStale() || m_pool.isFetching();
    m_keys = {"objective"};
    lines.axes.append({metricTitle(m_session.objective()), [](double value) { return formatScore(value); }});
    for (const CostKey &cost : library.costs) {
        if (m_keys.size() > 7)
            break; // More axes than these are told apart by nobody; the table has them all.
        m_keys.append(cost.key);
        QString unit = cost.unit;
        lines.axes.append({costTitle(cost.key), [unit](double value) { return formatAmount(value, unit); }});
    }
    m_keys.append("changes");
    lines.axes.append({tr("Changed sub-blocks"), [](double value) { return formatAmount(value, "count"); }});
    for (const SolutionData &solution : m_pool.solutions()) {
        QList<double> row;
        for (const QString &key : std::as_const(m_keys))
            row.append(key == "objective" ? solution.objective
                       : key == "changes" ? differences(solution.choices, library.parentLayers)
                                          : solution.costs.value(key, kUnknown));
        lines.rows.append(row);
    }
    m_view->setEmptyText(!m_pool.failure().isEmpty() ? m_pool.failure()
                         : m_pool.isFetching()       ? tr("The best children are being found…")
                         : m_search.solution().infeasible()
                             ? tr("No child keeps these limits, so there is no pool.")
                             : tr("The best children under the present limits appear here, a line each."));
    m_view->setData(lines);
    emphasise();
    showRows();
    showSummary();
}

void PoolPanel::showSummary()
{
    qsizetype count = m_pool.solutions().size();
    if (count == 0)
        return m_summary->clear();
    double best = m_pool.solutions().first().objective, worst = m_pool.solutions().last().objective;
    QString text =
        tr("%n child(ren) from %1 to %2.", nullptr, static_cast<int>(count)).arg(formatScore(best), formatScore(worst));
    if (m_pool.isComplete())
        text += " " + tr("There are no others.");
    text += " " + tr("Drag along an axis to keep a range; click a line to select it.");
    m_summary->setText(text);
}

void PoolPanel::emphasise()
{
    if (!isVisible())
        return;
    ParallelData lines = m_view->data();
    lines.emphasised.clear();
    int variant = m_session.currentVariant();
    if (variant >= 0 && variant < m_session.library().variants.size()) {
        const VariantRow &row = m_session.library().variants[variant];
        for (const SolutionData &solution : m_pool.solutions()) {
            bool has = row.layer < solution.choices.size()
                    && (row.attention.isEmpty() || solution.choices[row.layer].attention == row.attention)
                    && (row.ffn.isEmpty() || solution.choices[row.layer].ffn == row.ffn);
            lines.emphasised.append(has);
        }
    }
    m_view->setData(lines);
}

void PoolPanel::showRows()
{
    const Library &library = m_session.library();
    QList<RowTableModel::Head> heads{{tr("Rank")}, {metricTitle(m_session.objective()), true}};
    for (const CostKey &cost : library.costs)
        heads.append({costTitle(cost.key), true});
    heads.append({tr("Changes"), true});
    QList<RowTableModel::Row> rows;
    for (int i = 0; i < m_pool.solutions().size(); ++i) {
        if (!m_view->passes(i))
            continue;
        const SolutionData &solution = m_pool.solutions()[i];
        RowTableModel::Row row{
            i, {{QString::number(i + 1), i + 1}, {formatScore(solution.objective), solution.objective}}};
        for (const CostKey &cost : library.costs) {
            double value = solution.costs.value(cost.key, kUnknown);
            row.cells.append({formatAmount(value, cost.unit), value});
        }
        int changes = differences(solution.choices, library.parentLayers);
        row.cells.append({QString::number(changes), changes});
        rows.append(row);
    }
    if (m_rows->columnCount() != heads.size()
        || m_rows->headerData(1, Qt::Horizontal, Qt::DisplayRole) != heads[1].title)
        m_rows->setHeads(heads);
    m_rows->setRows(rows);
    selectCurrent();
}

void PoolPanel::selectCurrent()
{
    if (m_view->data().rows.size() != m_pool.solutions().size())
        return; // Not shown since the pool changed.
    int current = m_pool.current();
    m_asA->setEnabled(current >= 0);
    m_asB->setEnabled(current >= 0);
    m_view->setCurrent(current);
    m_selecting = true;
    for (int row = 0; row < m_table->model()->rowCount(); ++row)
        if (QModelIndex index = m_table->model()->index(row, 0);
            current >= 0 && index.data(RowTableModel::kKeyRole).toInt() == current)
            m_table->setCurrentIndex(index);
    if (current < 0)
        m_table->clearSelection();
    m_selecting = false;
}

} // namespace tessera::ui
