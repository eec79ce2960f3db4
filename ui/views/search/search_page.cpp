// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/search/search_page.h"

#include "ui/models/row_table_model.h"
#include "ui/plot/front_view.h"
#include "ui/plot/solution_strip.h"
#include "ui/state/search.h"
#include "ui/state/session.h"
#include "ui/state/text.h"
#include "ui/views/common/parts.h"
#include "ui/views/search/constraint_panel.h"

#include <QComboBox>
#include <QHeaderView>
#include <QMenu>
#include <QSplitter>
#include <QStyle>

#include <cmath>

namespace tessera::ui {
namespace {

void setRole(QLabel *label, const char *role)
{
    if (label->property("role").toString() == QLatin1String(role))
        return;
    label->setProperty("role", role);
    label->style()->unpolish(label);
    label->style()->polish(label);
}

} // namespace

SearchPage::SearchPage(Session &session, Search &search, QWidget *parent)
    : QWidget(parent), m_session(session), m_search(search)
{
    auto *outer = new QHBoxLayout(this);
    outer->setContentsMargins(kSpaceL, kSpaceL, kSpaceL, kSpaceL);
    outer->setSpacing(kSpaceL);
    m_constraints = new ConstraintPanel(session, search);
    outer->addWidget(m_constraints);
    auto *right = new QVBoxLayout;
    right->setSpacing(kSpaceL);
    outer->addLayout(right, 1);

    QVBoxLayout *child = nullptr;
    QFrame *childPanel = makePanel({}, &child);
    auto *headline = new QHBoxLayout;
    headline->setContentsMargins(kSpaceL, kSpaceM, kSpaceM, 0);
    headline->setSpacing(kSpaceM);
    m_figure = makeLabel(QStringLiteral("–"), Type::Display);
    m_metric = makeLabel({}, Type::Body, "muted");
    m_proof = makeLabel({}, Type::Strong);
    m_detail = makeLabel({}, Type::Caption, "muted");
    auto *words = new QVBoxLayout;
    words->setSpacing(0);
    words->addStretch();
    auto *line = new QHBoxLayout;
    line->setSpacing(kSpaceS);
    line->addWidget(m_metric);
    line->addWidget(m_proof);
    line->addStretch();
    words->addLayout(line);
    words->addWidget(m_detail);
    words->addStretch();
    headline->addWidget(m_figure);
    headline->addLayout(words, 1);
    m_reference = makeButton(tr("Compare with this"), "quiet");
    m_reference->setToolTip(tr("Keeps this child as the reference that later ones are compared with"));
    m_keep = makeButton(tr("Keep"));
    m_keep->setToolTip(tr("Stores this solution in the project"));
    m_realize = makeButton(tr("Make this child…"), "primary");
    headline->addWidget(m_reference);
    headline->addWidget(m_keep);
    headline->addWidget(m_realize);
    child->addLayout(headline);
    m_strip = new SolutionStrip;
    m_strip->setAccessibleName(tr("The child, layer by layer"));
    m_strip->setEmptyText(tr("No child keeps these limits."));
    m_strip->setFixedHeight(188);
    child->addWidget(m_strip);
    right->addWidget(childPanel);

    auto *lower = new QSplitter(Qt::Horizontal);
    lower->setHandleWidth(kSpaceL);
    lower->setChildrenCollapsible(false);
    QVBoxLayout *totals = nullptr;
    QFrame *totalsPanel = makePanel(tr("Totals"), &totals);
    m_totals = new RowTableModel(this);
    m_table = makeTable(m_totals, tr("Totals of the child against the parent"), false);
    m_table->setItemDelegate(new BarDelegate(m_table));
    m_table->verticalHeader()->setDefaultSectionSize(kRowHeight + kSpaceXs);
    totals->addWidget(m_table);
    lower->addWidget(totalsPanel);
    QVBoxLayout *front = nullptr;
    QFrame *frontPanel = makePanel(tr("Front"), &front);
    m_axis = new QComboBox;
    m_axis->setAccessibleName(tr("Cost on the front's axis"));
    auto *scale = new Segments({tr("Linear"), tr("Logarithmic")}, tr("Scale of the front"));
    QToolButton *exportButton = makeIconButton(Icon::Export, tr("Export the front"));
    headingOf(frontPanel)->addWidget(m_axis);
    headingOf(frontPanel)->addWidget(scale);
    headingOf(frontPanel)->addWidget(exportButton);
    m_front = new FrontView;
    m_front->setAccessibleName(tr("Front: the best possible score for every amount of a cost"));
    m_front->setEmptyText(tr("The front appears here."));
    front->addWidget(m_front, 1);
    lower->addWidget(frontPanel);
    lower->setStretchFactor(0, 2);
    lower->setStretchFactor(1, 3);
    lower->setSizes({360, 500});
    right->addWidget(lower, 1);
    setFocusProxy(m_strip);

    connect(scale, &Segments::currentChanged, this, [this](int which) { m_front->setLogarithmic(which == 1); });
    connect(exportButton, &QToolButton::clicked, this, [this] {
        exportPlot(m_front, m_session.project().name + "-front",
                   [this](const QString &why) { Q_EMIT m_session.complained(why); });
    });
    connect(m_axis, &QComboBox::activated, this, [this] { m_search.setFrontAxis(m_axis->currentData().toString()); });
    connect(m_front, &FrontView::limitDragged, this, [this](double x, bool finished) {
        double whole = m_session.library().parentTotal(m_search.frontAxis());
        if (whole > 0)
            m_constraints->setLimit(m_search.frontAxis(), percentValue(std::clamp(100 * x / whole, 0.0, 999.0)),
                                    !finished);
    });
    connect(m_front, &FrontView::pointAdopted, this, [this](int index) {
        if (index >= m_search.front().size())
            return;
        const FrontPoint &point = m_search.front()[index];
        QString axis = m_search.frontAxis();
        double limit = point.limits.value(axis, point.costs.value(axis, 0));
        m_constraints->setLimit(axis, amountValue(limit, m_session.library().unitOf(axis)), false);
    });
    connect(m_strip, &SolutionStrip::currentChanged, this,
            [this](int layer, bool ffn) { m_session.setCurrentVariant(variantOf(layer, ffn)); });
    connect(m_strip, &SolutionStrip::pinWanted, this,
            [this](int layer, bool ffn) { m_session.togglePin(variantOf(layer, ffn)); });
    connect(m_strip, &SolutionStrip::menuWanted, this, &SearchPage::openMenu);
    connect(m_keep, &QPushButton::clicked, &search, &Search::keep);
    connect(m_realize, &QPushButton::clicked, this, &SearchPage::realizeWanted);
    connect(m_reference, &QPushButton::clicked, this, [this] {
        if (m_search.pinned(0))
            m_search.setPinned(0, std::nullopt);
        else if (m_search.solution().found())
            m_search.setPinned(0, m_search.solution());
    });
    connect(&session, &Session::libraryChanged, this, &SearchPage::libraryChanged);
    connect(&session, &Session::scenarioChanged, this, [this] {
        showStrip();
        showFront();
    });
    connect(&session, &Session::currentVariantChanged, this, [this](int variant) {
        if (variant < 0)
            return m_strip->setCurrent(-1, false);
        const VariantRow &row = m_session.library().variants[variant];
        m_strip->setCurrent(row.layer, row.part == BlockPart::Ffn);
    });
    connect(&search, &Search::solutionChanged, this, &SearchPage::solutionChanged);
    connect(&search, &Search::staleChanged, this, &SearchPage::solutionChanged);
    connect(&search, &Search::frontChanged, this, &SearchPage::showFront);
    connect(&search, &Search::pinnedChanged, this, &SearchPage::solutionChanged);
    libraryChanged();
}

void SearchPage::libraryChanged()
{
    const Library &library = m_session.library();
    m_axis->clear();
    for (const CostKey &cost : library.costs)
        if (cost.unit != "tokens/s")
            m_axis->addItem(costTitle(cost.key), cost.key);
    m_axis->setCurrentIndex(m_axis->findData(m_search.frontAxis()));
    solutionChanged();
    showFront();
}

void SearchPage::solutionChanged()
{
    showHeadline();
    showStrip();
    showTotals();
    showFront();
}

void SearchPage::showHeadline()
{
    const SolutionData &solution = m_search.solution();
    bool stale = m_search.isStale();
    m_figure->setText(formatScore(solution.objective));
    setRole(m_figure, stale ? "faint" : "");
    m_metric->setText(metricTitle(solution.metric.isEmpty() ? m_session.objective() : solution.metric));
    QString proof, detail;
    const char *role = "muted";
    if (!m_search.failure().isEmpty()) {
        proof = tr("not solved");
        detail = m_search.failure();
        role = "error";
    } else if (stale) {
        proof = tr("solving…");
        role = "faint";
    } else if (solution.infeasible()) {
        proof = tr("infeasible");
        detail = tr("The panel on the left says why, and what repairs it.");
        role = "error";
    } else if (solution.proved()) {
        proof = tr("proved optimal");
        role = "good";
    } else if (solution.found()) {
        proof = tr("at most %1 from the best").arg(formatPercent(solution.gap));
    }
    if (solution.found() && detail.isEmpty()) {
        detail = tr("found in %1").arg(formatSeconds(solution.seconds));
        if (!solution.proved())
            detail += QStringLiteral(" · ") + tr("no child is below %1").arg(formatScore(solution.bound));
        if (solution.id >= 0)
            detail += QStringLiteral(" · ") + tr("kept as solution %1").arg(solution.id);
        if (!m_search.baselines().isEmpty())
            for (const BaselineData &baseline : m_search.baselines())
                if (baseline.name == "greedy")
                    detail += QStringLiteral(" · ") + tr("greedy: %1").arg(formatScore(baseline.objective));
    }
    m_proof->setText(proof);
    setRole(m_proof, role);
    m_detail->setText(detail);
    m_detail->setToolTip(solution.remarks.join('\n'));
    m_keep->setEnabled(solution.found() && !stale && m_session.project().writable);
    m_realize->setEnabled(solution.found() && !stale && m_session.project().runnable);
    m_reference->setText(m_search.pinned(0) ? tr("Stop comparing") : tr("Compare with this"));
    m_reference->setEnabled(m_search.pinned(0) || solution.found());
}

void SearchPage::showStrip()
{
    const Library &library = m_session.library();
    const SolutionData &solution = m_search.solution();
    StripData strip;
    strip.stale = m_search.isStale();
    QString weigh = library.findCost("parameters") ? QStringLiteral("cost:parameters")
                  : library.costs.isEmpty()        ? QString()
                                                   : "cost:" + library.costs.first().key;
    auto half = [&](int layer, BlockPart part, const QString &name, const QString &parentName) {
        StripData::Half made;
        made.mark = variantMark(name);
        made.title = variantTitle(name);
        made.parent = name == parentName;
        int variant = library.find(layer, part, name), parent = library.find(layer, part, parentName);
        double whole = library.value(weigh, parent), own = library.value(weigh, variant);
        made.share = whole > 0 && !std::isnan(own) ? own / whole : made.parent ? 1 : 0;
        if (variant >= 0)
            made.pinned = m_session.isPinned(layer, library.variants[variant].block());
        return made;
    };
    const auto &reference = m_search.pinned(0);
    for (int layer = 0; layer < solution.choices.size() && layer < library.parentLayers.size(); ++layer) {
        const LayerNames &choice = solution.choices[layer], &parent = library.parentLayers[layer];
        StripData::Column column{half(layer, BlockPart::Attention, choice.attention, parent.attention),
                                 half(layer, BlockPart::Ffn, choice.ffn, parent.ffn)};
        if (reference && layer < reference->choices.size()) {
            column.attention.changed = reference->choices[layer].attention != choice.attention;
            column.ffn.changed = reference->choices[layer].ffn != choice.ffn;
        }
        strip.layers.append(column);
    }
    m_strip->setData(strip);
}

void SearchPage::showTotals()
{
    const Library &library = m_session.library();
    const SolutionData &solution = m_search.solution();
    const auto &reference = m_search.pinned(0);
    QList<RowTableModel::Head> heads{
        {tr("Cost")}, {tr("Parent"), true}, {tr("Child"), true}, {tr("Difference"), true}, {tr("Share"), true}};
    if (reference)
        heads.append({tr("Against reference"), true});
    if (m_totals->columnCount() != heads.size()) {
        m_totals->setHeads(heads);
        for (int column = 0; column < heads.size(); ++column)
            m_table->horizontalHeader()->setSectionResizeMode(column, column == 0 ? QHeaderView::Stretch
                                                                                  : QHeaderView::ResizeToContents);
    }
    bool stale = m_search.isStale();
    auto tone = [stale](RowTableModel::Tone fresh) { return stale ? RowTableModel::Tone::Muted : fresh; };
    QList<RowTableModel::Row> rows;
    auto add = [&](const QString &key, const QString &title, const QString &unit, double parent, double child,
                   double other, bool estimated) {
        auto text = [&](double value) { return unit.isEmpty() ? formatScore(value) : formatAmount(value, unit); };
        bool better = unit == "tokens/s" ? child > parent : child < parent;
        double difference = child - parent;
        QString signedText = std::isnan(difference) ? QString()
                           : unit.isEmpty()         ? formatScore(difference)
                                                    : formatDifference(difference, unit);
        QString tip = estimated ? tr("Contains an estimate") : QString();
        RowTableModel::Row row{key,
                               {{title},
                                {text(parent), parent, {}, RowTableModel::Tone::Muted},
                                {(estimated ? QStringLiteral("≈ ") : QString()) + text(child), child, tip,
                                 tone(RowTableModel::Tone::Plain)},
                                {signedText,
                                 difference,
                                 {},
                                 tone(difference == 0 || std::isnan(difference) ? RowTableModel::Tone::Muted
                                      : better                                  ? RowTableModel::Tone::Good
                                                                                : RowTableModel::Tone::Warn)},
                                {parent > 0 ? formatPercent(child / parent) : QString(),
                                 child / parent,
                                 {},
                                 tone(RowTableModel::Tone::Plain),
                                 parent > 0 && !std::isnan(child) ? child / parent : -1}}};
        if (reference) {
            double against = child - other;
            row.cells.append({std::isnan(against) ? QString()
                              : unit.isEmpty()    ? formatScore(against)
                                                  : formatDifference(against, unit),
                              against});
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

void SearchPage::showFront()
{
    const Library &library = m_session.library();
    const SolutionData &solution = m_search.solution();
    QString axis = m_search.frontAxis(), unit = library.unitOf(axis);
    FrontData front;
    front.xTitle = costTitle(axis);
    front.yTitle = metricTitle(m_session.objective());
    front.xText = [unit](double value) { return formatAmount(value, unit); };
    front.yText = [](double value) { return formatScore(value); };
    front.stale = m_search.isFrontStale();
    for (const FrontPoint &point : m_search.front())
        front.front.append({point.costs.value(axis, 0), point.objective});
    double parent = library.parentTotal(axis);
    if (!std::isnan(parent) && !library.isEmpty())
        front.marks.append({tr("Parent"), {parent, 0}, MarkShape::Diamond, colour(Colour::Parent)});
    if (const auto &reference = m_search.pinned(0); reference && reference->costs.contains(axis))
        front.marks.append({tr("Reference"),
                            {reference->costs[axis], reference->objective},
                            MarkShape::Square,
                            colour(Colour::Accent)});
    constexpr Colour kMarks[] = {Colour::MarkA, Colour::MarkB, Colour::MarkC,
                                 Colour::MarkD, Colour::MarkE, Colour::MarkF};
    constexpr MarkShape kShapes[] = {MarkShape::Square, MarkShape::Triangle, MarkShape::Cross,
                                     MarkShape::Plus,   MarkShape::Star,     MarkShape::Square};
    int next = 0;
    if (!solution.infeasible())
        for (const BaselineData &baseline : m_search.baselines()) {
            int which = next++ % 6;
            if (baseline.costs.contains(axis) && !std::isnan(baseline.objective))
                front.marks.append({baselineTitle(baseline.name),
                                    {baseline.costs[axis], baseline.objective},
                                    kShapes[which],
                                    colour(kMarks[which])});
        }
    if (solution.found() && solution.costs.contains(axis)) {
        front.current = QPointF(solution.costs[axis], solution.objective);
        front.currentStale = m_search.isStale();
    }
    for (const LimitDraft &limit : m_session.scenario().limits)
        if (limit.key == axis && !limit.atLeast)
            if (auto value = limitValue(limit.value, unit, parent))
                front.limit = front.limit ? std::min(*front.limit, *value) : *value;
    m_axis->setCurrentIndex(m_axis->findData(axis));
    m_front->setData(front);
}

int SearchPage::variantOf(int layer, bool ffn) const
{
    const auto &choices = m_search.solution().choices;
    if (layer < 0 || layer >= choices.size())
        return -1;
    const Library &library = m_session.library();
    if (library.hasPairs())
        return library.find(layer, BlockPart::Pair, choices[layer].attention + " + " + choices[layer].ffn);
    return library.find(layer, ffn ? BlockPart::Ffn : BlockPart::Attention,
                        ffn ? choices[layer].ffn : choices[layer].attention);
}

void SearchPage::openMenu(int layer, bool ffn, const QPoint &global)
{
    int variant = variantOf(layer, ffn);
    if (variant < 0)
        return;
    const VariantRow &row = m_session.library().variants[variant];
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(m_session.isPinned(layer, row.block()) ? tr("Unpin") : tr("Pin what is there"), this,
                    [this, variant] { m_session.togglePin(variant); });
    menu->addAction(tr("Ban what is there"), this, [this, variant] { m_session.toggleBan(variant); });
    if (m_strip->firstSelected() >= 0) {
        int first = m_strip->firstSelected(), last = m_strip->lastSelected();
        menu->addSeparator();
        menu->addAction(tr("Pin layers %1 to %2").arg(first).arg(last), this,
                        [this, first, last] { pinRange(first, last); });
    }
    menu->popup(global);
}

void SearchPage::pinRange(int first, int last)
{
    ScenarioDraft next = m_session.scenario();
    for (int layer = first; layer <= last; ++layer)
        for (bool ffn : {false, true}) {
            int variant = variantOf(layer, ffn);
            if (variant < 0)
                continue;
            QString pin = layerBlock(layer, m_session.library().variants[variant].block());
            if (!next.pins.contains(pin))
                next.pins.append(pin);
        }
    m_session.setScenario(next, tr("pin layers %1 to %2").arg(first).arg(last));
}

} // namespace tessera::ui
