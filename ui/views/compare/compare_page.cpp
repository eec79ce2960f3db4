// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/compare/compare_page.h"

#include "ui/models/row_table_model.h"
#include "ui/state/search.h"
#include "ui/state/session.h"
#include "ui/state/text.h"
#include "ui/views/common/dock_page.h"
#include "ui/views/common/fit_columns.h"
#include "ui/views/common/parts.h"
#include "ui/views/common/strip_data.h"
#include "ui/views/compare/pool_panel.h"

#include <QSplitter>
#include <QStackedWidget>

#include <cmath>

namespace tessera::ui {
namespace {

constexpr QSizeF kCostsShare{0.46, 0.4}, kLayersShare{0.54, 0.4}; ///< Of the page.
constexpr int kVariantOfB = 3; ///< Column of the differences: texts before it, numbers behind it.

} // namespace

ComparePage::ComparePage(Session &session, Search &search, Pool &pool, QWidget *parent)
    : QWidget(parent), m_session(session), m_search(search)
{
    setFocusPolicy(Qt::ClickFocus);
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(kSpaceL, kSpaceM, kSpaceL, kSpaceL);
    outer->setSpacing(kSpaceM);
    auto *top = new QHBoxLayout;
    m_form = new Segments({tr("Two children"), tr("Pool")}, tr("Compare"));
    m_sentence = makeLabel({}, Type::Body);
    m_sentence->setWordWrap(true);
    m_form->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    top->addWidget(m_form, 0, Qt::AlignLeft);
    top->addSpacing(kSpaceL);
    top->addWidget(m_sentence, 1);
    outer->addLayout(top);
    m_forms = new QStackedWidget;
    m_two = new QStackedWidget;
    auto *empty = new EmptyState(
        Icon::Compare, tr("Nothing to compare yet"),
        tr("Find a child in the search and keep it as A. Whatever the limits lead to afterwards is B: here is what "
           "changed in which layer, and at what price."));
    connect(empty->addAction(tr("Go to the search"), true), &QPushButton::clicked, this, &ComparePage::searchWanted);
    m_two->addWidget(empty);
    makeTwo();
    m_two->addWidget(m_docks);
    m_forms->addWidget(m_two);
    m_pool = new PoolPanel(session, search, pool);
    m_forms->addWidget(m_pool);
    outer->addWidget(m_forms, 1);

    connect(m_form, &Segments::currentChanged, this, &ComparePage::setForm);
    for (auto signal : {&Search::solutionChanged, &Search::pinnedChanged, &Search::lateChanged})
        connect(&search, signal, this, &ComparePage::refresh);
    connect(&session, &Session::libraryChanged, this, &ComparePage::refresh);
    connect(&session, &Session::currentVariantChanged, this, [this](int variant) {
        for (const Side &side : m_sides) {
            if (variant < 0) {
                side.strip->setCurrent(-1, false);
                continue;
            }
            const VariantRow &row = m_session.library().variants[variant];
            side.strip->setCurrent(row.layer, row.part == BlockPart::Ffn);
        }
    });
    refresh();
}

void ComparePage::setForm(int form)
{
    m_form->setCurrent(form);
    m_forms->setCurrentIndex(form);
    m_sentence->setVisible(form == kTwo);
}

QFrame *ComparePage::makeSide(int which)
{
    Side &side = m_sides[which];
    QVBoxLayout *content = nullptr;
    QFrame *panel = makePanel(which == 0 ? tr("A") : tr("B"), &content);
    QHBoxLayout *heading = headingOf(panel);
    side.figure = makeLabel({}, Type::Title);
    side.what = makeLabel({}, Type::Caption, "muted");
    heading->insertWidget(1, side.figure);
    heading->insertWidget(2, side.what);
    side.take = makeButton(which == 0 ? tr("Present child as A") : tr("Present child as B"));
    side.clear = makeButton(which == 0 ? tr("Clear") : tr("Follow the search"), "quiet");
    QToolButton *exportButton = makeIconButton(Icon::Export, which == 0 ? tr("Export A") : tr("Export B"));
    heading->addWidget(side.clear);
    heading->addWidget(side.take);
    heading->addWidget(exportButton);
    side.strip = new SolutionStrip;
    side.strip->setAccessibleName(which == 0 ? tr("Child A, layer by layer") : tr("Child B, layer by layer"));
    side.strip->setEmptyText(which == 0 ? tr("Nothing is kept as A yet.") : tr("No child keeps the present limits."));
    content->addWidget(side.strip);
    SolutionStrip *strip = side.strip;
    connect(strip, &SolutionStrip::currentChanged, this, [this, which](int layer, bool ffn) {
        if (auto solution = shown(which))
            m_session.setCurrentVariant(variantOf(m_session.library(), solution->choices, layer, ffn));
    });
    connect(side.take, &QPushButton::clicked, this, [this, which] { m_search.setPinned(which, m_search.solution()); });
    connect(side.clear, &QPushButton::clicked, this, [this, which] { m_search.setPinned(which, std::nullopt); });
    connect(exportButton, &QToolButton::clicked, this,
            [this, strip, which] { exportPlot(strip, m_session, which == 0 ? "child-a" : "child-b"); });
    return panel;
}

void ComparePage::makeTwo()
{
    m_docks = new DockPage("compare");
    m_docks->setContentsMargins(0, 0, 0, 0);
    auto *sides = new QSplitter(Qt::Vertical);
    sides->setHandleWidth(kSpaceL);
    sides->setChildrenCollapsible(false);
    sides->addWidget(makeSide(0));
    sides->addWidget(makeSide(1));
    m_docks->setCentralWidget(sides);
    m_costs = new RowTableModel(this);
    m_costTable = makeTable(m_costs, tr("Costs of A and B"), false);
    m_costTable->setItemDelegate(new BarDelegate(m_costTable));
    m_costTable->verticalHeader()->setDefaultSectionSize(kRowHeight + kSpaceXs);
    fitColumns(m_costTable);
    QToolButton *exportCosts = makeIconButton(Icon::Export, tr("Export the costs"));
    QHBoxLayout *tools = nullptr;
    m_docks->addPanel("costs", tr("Costs"), Qt::BottomDockWidgetArea, m_costTable, &tools, kCostsShare);
    tools->addWidget(exportCosts);
    m_layers = new RowTableModel(this);
    m_layerTable = makeTable(m_layers, tr("Sub-blocks that differ between A and B"));
    fitColumns(m_layerTable, kVariantOfB);
    QToolButton *exportLayers = makeIconButton(Icon::Export, tr("Export the differences"));
    m_differences = new QStackedWidget;
    QLabel *same = makeLabel(tr("A and B are the same child."), Type::Body, "muted");
    same->setAlignment(Qt::AlignCenter);
    m_differences->addWidget(same);
    m_differences->addWidget(m_layerTable);
    m_docks->addPanel("layers", tr("What differs"), Qt::BottomDockWidgetArea, m_differences, &tools, kLayersShare);
    tools->addWidget(exportLayers);
    m_docks->panelsAdded();
    connect(exportCosts, &QToolButton::clicked, this,
            [this] { exportRows(m_costs, m_session, this, "compare-costs"); });
    connect(exportLayers, &QToolButton::clicked, this,
            [this] { exportRows(m_layers, m_session, this, "compare-layers"); });
    connect(m_layerTable->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &index) {
                if (index.isValid())
                    m_session.setCurrentVariant(index.data(RowTableModel::kKeyRole).toInt());
            });
}

std::optional<SolutionData> ComparePage::shown(int which) const
{
    if (m_search.pinned(which))
        return m_search.pinned(which);
    if (which == 1 && m_search.solution().found())
        return m_search.solution();
    return std::nullopt;
}

void ComparePage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    refresh();
}

void ComparePage::refresh()
{
    if (!isVisible())
        return; // It is made up for when it is shown.
    auto a = shown(0), b = shown(1);
    bool any = a || m_search.solution().found();
    m_two->setCurrentIndex(any ? 1 : 0);
    SolutionData none;
    showSide(0, a.value_or(none), b.value_or(none));
    showSide(1, b.value_or(none), a.value_or(none));
    m_sentence->setText(a && b ? sentence(*a, *b) : QString());
    showCosts(a.value_or(none), b.value_or(none));
    showLayers(a.value_or(none), b.value_or(none));
}

void ComparePage::showSide(int which, const SolutionData &solution, const SolutionData &other)
{
    Side &side = m_sides[which];
    bool pinned = m_search.pinned(which).has_value();
    side.figure->setText(solution.found() ? formatScore(solution.objective) : QString());
    QStringList words;
    if (solution.found()) {
        words.append(solution.proved() ? tr("proved optimal") : tr("not proved"));
        words.append(solution.limits.isEmpty() ? tr("no limits") : solution.limits.values().join(QStringLiteral(", ")));
        if (!pinned)
            words.append(tr("follows the search"));
    }
    side.what->setText(words.join(QStringLiteral(" · ")));
    side.clear->setVisible(pinned);
    side.take->setEnabled(m_search.solution().found() && !m_search.isStale());
    StripData strip =
        stripOf(m_session, solution.choices, other.found() && solution.found() ? &other.choices : nullptr);
    strip.stale = which == 1 && !pinned && m_search.isLate();
    side.strip->setData(strip);
}

QString ComparePage::sentence(const SolutionData &a, const SolutionData &b) const
{
    int count = differences(a.choices, b.choices);
    if (count == 0)
        return tr("A and B are the same child.");
    QString metric = metricTitle(m_session.objective());
    double worse = b.objective - a.objective;
    QString text = tr("B has %n other sub-block(s) than A: %1 %2.", nullptr, count)
                       .arg(metric, worse < 0 ? formatScore(worse) : "+" + formatScore(worse));
    for (const char *key : {"memory", "runtime"}) {
        double saved = a.costs.value(key, kUnknown) - b.costs.value(key, kUnknown);
        QString unit = m_session.library().unitOf(key);
        if (std::isnan(saved) || saved == 0)
            continue;
        text += " " + costTitle(key) + " " + formatDifference(-saved, unit);
        double scale = unit == "bytes" ? 1073741824.0 : 1;
        if ((saved > 0) == (worse > 0) && worse != 0)
            text += " (" + tr("%1 per %2").arg(formatScore(worse / (saved / scale)), priceUnit(unit)) + ")";
        text += ".";
    }
    return text;
}

void ComparePage::showCosts(const SolutionData &a, const SolutionData &b)
{
    const Library &library = m_session.library();
    if (m_costs->columnCount() == 0)
        m_costs->setHeads(
            {{tr("Cost")}, {tr("A"), true}, {tr("B"), true}, {tr("B against A"), true}, {tr("B of parent"), true}});
    QList<RowTableModel::Row> rows;
    auto add = [&](const QString &key, const QString &title, const QString &unit, double first, double second,
                   double parent) {
        auto text = [&](double value) { return unit.isEmpty() ? formatScore(value) : formatAmount(value, unit); };
        double change = second - first;
        bool better = unit == "tokens/s" ? change > 0 : change < 0;
        RowTableModel::Tone tone = std::isnan(change) || change == 0 ? RowTableModel::Tone::Muted
                                 : better                            ? RowTableModel::Tone::Good
                                                                     : RowTableModel::Tone::Warn;
        double share = parent > 0 ? second / parent : kUnknown;
        rows.append({key,
                     {{title},
                      {text(first), first},
                      {text(second), second},
                      {std::isnan(change) ? QString()
                       : unit.isEmpty()   ? (change > 0 ? "+" : "") + formatScore(change)
                                          : formatDifference(change, unit),
                       change,
                       {},
                       tone},
                      {std::isnan(share) ? QString() : formatPercent(share),
                       share,
                       {},
                       RowTableModel::Tone::Plain,
                       std::isnan(share) ? -1 : share}}});
    };
    add("objective", metricTitle(m_session.objective()), {}, a.objective, b.objective, kUnknown);
    for (const CostKey &cost : library.costs)
        add(cost.key, costTitle(cost.key), cost.unit, a.costs.value(cost.key, kUnknown),
            b.costs.value(cost.key, kUnknown), library.parentTotal(cost.key));
    m_costs->setRows(library.isEmpty() ? QList<RowTableModel::Row>() : rows);
}

void ComparePage::showLayers(const SolutionData &a, const SolutionData &b)
{
    const Library &library = m_session.library();
    QString metric = m_session.objective();
    QList<RowTableModel::Head> heads{{tr("Layer")}, {tr("Part")}, {tr("A")}, {tr("B")}, {metricTitle(metric), true}};
    QStringList costs;
    for (const char *key : {"memory", "runtime"})
        if (library.findCost(key)) {
            costs.append(key);
            heads.append({costTitle(key), true});
        }
    if (m_layers->columnCount() != heads.size()
        || m_layers->headerData(4, Qt::Horizontal, Qt::DisplayRole) != heads[4].title)
        m_layers->setHeads(heads);
    QList<RowTableModel::Row> rows;
    for (int layer = 0; layer < std::min(a.choices.size(), b.choices.size()); ++layer)
        for (bool ffn : {false, true}) {
            const QString &first = ffn ? a.choices[layer].ffn : a.choices[layer].attention;
            const QString &second = ffn ? b.choices[layer].ffn : b.choices[layer].attention;
            if (first == second)
                continue;
            int from = variantOf(library, a.choices, layer, ffn), to = variantOf(library, b.choices, layer, ffn);
            double change = library.value("score:" + metric, to) - library.value("score:" + metric, from);
            RowTableModel::Row row{to,
                                   {{QString::number(layer), layer},
                                    {partTitle(ffn ? BlockPart::Ffn : BlockPart::Attention)},
                                    {variantTitle(first)},
                                    {variantTitle(second)},
                                    {(change > 0 ? "+" : "") + formatScore(change), change}}};
            for (const QString &key : std::as_const(costs)) {
                double saved = library.value("cost:" + key, to) - library.value("cost:" + key, from);
                row.cells.append({formatDifference(saved, library.unitOf(key)), saved});
            }
            rows.append(row);
        }
    m_layers->setRows(rows);
    m_differences->setCurrentIndex(a.found() && b.found() && rows.isEmpty() ? 0 : 1);
}

} // namespace tessera::ui
