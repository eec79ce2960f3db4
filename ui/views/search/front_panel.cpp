// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/search/front_panel.h"

#include "ui/state/cloud.h"
#include "ui/state/pool.h"
#include "ui/state/search.h"
#include "ui/state/session.h"
#include "ui/state/text.h"
#include "ui/views/common/parts.h"

#include <QComboBox>

#include <algorithm>
#include <cmath>

namespace tessera::ui {
namespace {

constexpr int kRandomChildren = 20000;

} // namespace

FrontPanel::FrontPanel(Session &session, Search &search, Pool &pool, QWidget *parent)
    : QWidget(parent), m_session(session), m_search(search), m_pool(pool), m_cloud(new Cloud(session))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    m_view = new FrontView;
    m_view->setAccessibleName(tr("Front: the best possible score for every amount of a cost"));
    column->addWidget(m_view);
    m_axis = new QComboBox;
    m_axis->setAccessibleName(tr("Cost on the front's axis"));
    m_axis->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_axis->setMinimumWidth(120);
    m_random = new QToolButton;
    m_random->setProperty("role", "toggle");
    m_random->setText(tr("Random"));
    m_random->setCheckable(true);
    m_random->setToolTip(tr("%1 children drawn at random, as dots").arg(QLocale().toString(kRandomChildren)));

    connect(m_axis, &QComboBox::activated, this, [this] { m_search.setFrontAxis(m_axis->currentData().toString()); });
    auto askCloud = [this] { m_cloud->ask(m_search.frontAxis(), m_random->isChecked() ? kRandomChildren : 0); };
    connect(m_random, &QToolButton::toggled, this, askCloud);
    connect(&search, &Search::frontChanged, this, askCloud);
    connect(m_view, &FrontView::limitDragged, this, [this](double x, bool finished) {
        double whole = m_session.library().parentTotal(m_search.frontAxis());
        if (whole > 0)
            Q_EMIT limitWanted(m_search.frontAxis(), percentValue(std::clamp(100 * x / whole, 0.0, 999.0)), !finished);
    });
    connect(m_view, &FrontView::pointAdopted, this, [this](int index) {
        if (index >= m_search.front().size())
            return;
        const FrontPoint &point = m_search.front()[index];
        QString axis = m_search.frontAxis();
        double limit = point.limits.value(axis, point.costs.value(axis, 0));
        Q_EMIT limitWanted(axis, amountValue(limit, m_session.library().unitOf(axis)), false);
    });
    connect(&session, &Session::libraryChanged, this, &FrontPanel::libraryChanged);
    for (auto signal : {&Search::solutionChanged, &Search::lateChanged, &Search::frontChanged, &Search::pinnedChanged})
        connect(&search, signal, this, &FrontPanel::refresh);
    connect(&pool, &Pool::currentChanged, this, &FrontPanel::refresh);
    connect(m_cloud, &Cloud::changed, this, &FrontPanel::refresh);
    libraryChanged();
}

void FrontPanel::addTools(QHBoxLayout *heading)
{
    auto *scale = new QToolButton;
    scale->setProperty("role", "toggle");
    scale->setText(tr("Log"));
    scale->setToolTip(tr("Logarithmic scale of the score"));
    scale->setCheckable(true);
    auto *lasso = makeIconButton(Icon::Lasso, tr("Select with a lasso (or drag with Shift)"));
    lasso->setCheckable(true);
    QToolButton *exportButton = makeIconButton(Icon::Export, tr("Export the front"));
    connect(scale, &QToolButton::toggled, m_view, &FrontView::setLogarithmic);
    connect(lasso, &QToolButton::toggled, m_view, &FrontView::setLassoMode);
    connect(exportButton, &QToolButton::clicked, this, [this] { exportPlot(m_view, m_session, "front"); });
    for (QWidget *widget : std::initializer_list<QWidget *>{m_axis, scale, m_random, lasso, exportButton})
        heading->addWidget(widget);
}

void FrontPanel::libraryChanged()
{
    m_axis->clear();
    for (const CostKey &cost : m_session.library().costs)
        if (cost.unit != "tokens/s")
            m_axis->addItem(costTitle(cost.key), cost.key);
    refresh();
}

void FrontPanel::refresh()
{
    const Library &library = m_session.library();
    const SolutionData &solution = m_search.solution();
    QString axis = m_search.frontAxis(), unit = library.unitOf(axis);
    FrontData front;
    front.xTitle = costTitle(axis);
    front.yTitle = metricTitle(m_session.objective());
    front.xText = [unit](double value) { return formatAmount(value, unit); };
    front.yText = [](double value) { return formatScore(value); };
    front.xTick = [unit](double value) { return formatTick(value, unit); };
    front.yTick = [](double value) { return formatTick(value, {}); };
    front.stale = m_search.isFrontStale();
    for (const FrontPoint &point : m_search.front())
        front.front.append({point.costs.value(axis, 0), point.objective});
    double parent = library.parentTotal(axis);
    front.xGrain = tickGrain(parent, unit);
    addMarks(&front, parent);
    if (solution.found() && solution.costs.contains(axis)) {
        front.current = QPointF(solution.costs[axis], solution.objective);
        front.currentStale = m_search.isLate();
    }
    for (const LimitDraft &limit : m_session.scenario().limits)
        if (limit.key == axis && !limit.atLeast)
            if (auto value = limitValue(limit.value, unit, parent))
                front.limit = front.limit ? std::min(*front.limit, *value) : *value;
    if (m_session.objective() == library.objectiveDefault)
        front.cloud = m_cloud->points();
    front.cloudName = tr("Random children");
    m_axis->setCurrentIndex(m_axis->findData(axis));
    m_view->setEmptyText(m_search.isFrontStale()            ? tr("The front is being traced…")
                         : m_search.solution().infeasible() ? tr("Where no child keeps the limits there is no front.")
                                                            : tr("The front appears here."));
    m_view->setData(front);
}

void FrontPanel::addMarks(FrontData *front, double parent) const
{
    const QString axis = m_search.frontAxis();
    if (!std::isnan(parent) && !m_session.library().isEmpty())
        front->marks.append({tr("Parent"), {parent, 0}, MarkShape::Diamond, Colour::Parent});
    auto mark = [&](const QString &name, const SolutionData &solution, MarkShape shape, Colour role) {
        if (solution.costs.contains(axis) && !std::isnan(solution.objective))
            front->marks.append({name, {solution.costs[axis], solution.objective}, shape, role});
    };
    if (const auto &a = m_search.pinned(0))
        mark(tr("A"), *a, MarkShape::Diamond, Colour::Accent);
    if (const auto &b = m_search.pinned(1))
        mark(tr("B"), *b, MarkShape::Diamond, Colour::MarkC);
    if (m_pool.current() >= 0)
        mark(tr("Selected"), m_pool.solutions()[m_pool.current()], MarkShape::Circle, Colour::Accent);
    constexpr Colour kMarks[] = {Colour::MarkA, Colour::MarkB, Colour::MarkC,
                                 Colour::MarkD, Colour::MarkE, Colour::MarkF};
    constexpr MarkShape kShapes[] = {MarkShape::Square, MarkShape::Triangle, MarkShape::Cross,
                                     MarkShape::Plus,   MarkShape::Star,     MarkShape::Diamond};
    if (m_search.solution().infeasible())
        return;
    int next = 0;
    for (const BaselineData &baseline : m_search.baselines()) {
        int which = next++ % 6;
        if (baseline.costs.contains(axis) && !std::isnan(baseline.objective))
            front->marks.append({baselineTitle(baseline.name),
                                 {baseline.costs[axis], baseline.objective},
                                 kShapes[which],
                                 kMarks[which]});
    }
}

} // namespace tessera::ui
