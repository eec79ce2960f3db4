// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/search/constraint_panel.h"

#include "ui/state/search.h"
#include "ui/state/session.h"
#include "ui/state/text.h"
#include "ui/views/common/parts.h"
#include "ui/views/search/limit_row.h"

#include <QComboBox>
#include <QFormLayout>
#include <QMenu>
#include <QScrollArea>

namespace tessera::ui {
namespace {

constexpr int kPanelWidth = 316;
constexpr double kNoiseSteps[] = {0, 0.5, 1, 2, 3}; ///< Standard errors.

void clear(QVBoxLayout *layout)
{
    while (QLayoutItem *item = layout->takeAt(0)) {
        if (QWidget *widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        delete item;
    }
}

} // namespace

ConstraintPanel::ConstraintPanel(Session &session, Search &search, QWidget *parent)
    : QWidget(parent), m_session(session), m_search(search)
{
    setMinimumWidth(kPanelWidth);
    setAccessibleName(tr("Limits"));
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(0);

    auto *form = new QFormLayout;
    form->setContentsMargins(kSpaceL, 0, kSpaceL, kSpaceM);
    form->setHorizontalSpacing(kSpaceM);
    form->setVerticalSpacing(kSpaceS);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_objective = new QComboBox;
    m_objective->setAccessibleName(tr("Objective"));
    m_workload = new QComboBox;
    m_workload->setAccessibleName(tr("Workload"));
    auto label = [](const QString &text) {
        QLabel *made = makeLabel(text, Type::Body, "muted");
        made->setMinimumHeight(kControlHeight); // In the middle beside its field.
        return made;
    };
    form->addRow(label(tr("Minimise")), m_objective);
    form->addRow(label(tr("Workload")), m_workload);
    m_noise = new QComboBox;
    m_noise->setAccessibleName(tr("Aversion to noise"));
    m_noise->setToolTip(tr("How many standard errors are added to every score: what is measured badly is chosen less"));
    form->addRow(label(tr("Noise")), m_noise);
    outer->addLayout(form);
    outer->addWidget(makeLine());

    m_conflict = new QFrame;
    m_conflict->setProperty("role", "notice");
    m_conflict->setAccessibleName(tr("Conflict"));
    m_conflictRows = new QVBoxLayout(m_conflict);
    m_conflictRows->setContentsMargins(kSpaceM, kSpaceM, kSpaceM, kSpaceM);
    m_conflictRows->setSpacing(kSpaceXs);
    auto *conflictPlace = new QVBoxLayout;
    conflictPlace->setContentsMargins(kSpaceM, kSpaceM, kSpaceM, 0);
    conflictPlace->addWidget(m_conflict);
    outer->addLayout(conflictPlace);
    m_conflict->hide();

    auto *page = new QWidget;
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, kSpaceM);
    column->setSpacing(0);
    m_none =
        makeLabel(tr("No limits yet: the best child is the parent itself. Add one and drag it."), Type::Body, "muted");
    m_none->setWordWrap(true);
    m_none->setContentsMargins(kSpaceL, kSpaceM, kSpaceL, kSpaceXs);
    column->addWidget(m_none);
    m_limits = new QVBoxLayout;
    m_limits->setSpacing(0);
    column->addLayout(m_limits);
    auto *addRow = new QHBoxLayout;
    addRow->setContentsMargins(kSpaceL, kSpaceS, kSpaceL, kSpaceM);
    m_add = makeButton(tr("Add limit"));
    m_add->setIcon(makeIcon(Icon::Add));
    m_addMenu = new QMenu(m_add);
    letOpen(m_add, m_addMenu);
    addRow->addWidget(m_add);
    addRow->addStretch();
    column->addLayout(addRow);
    m_decisionsTitle = makeLabel(tr("Pins and bans"), Type::Strong);
    m_decisionsTitle->setContentsMargins(kSpaceL, kSpaceS, kSpaceL, kSpaceXs);
    column->addWidget(m_decisionsTitle);
    m_decisions = new QVBoxLayout;
    m_decisions->setContentsMargins(kSpaceL, 0, kSpaceS, 0);
    m_decisions->setSpacing(0);
    column->addLayout(m_decisions);
    column->addStretch();
    auto *scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus); // It follows the focus of what is in it.
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(page);
    page->setAutoFillBackground(false);
    outer->addWidget(scroll, 1);

    connect(m_addMenu, &QMenu::aboutToShow, this, &ConstraintPanel::fillAddMenu);
    connect(m_objective, &QComboBox::activated, this, [this] {
        ScenarioDraft next = m_session.scenario();
        QString metric = m_objective->currentData().toString();
        next.objective = metric == m_session.library().objectiveDefault ? QString() : metric;
        m_session.setScenario(next, tr("minimise %1").arg(metricTitle(metric)));
    });
    connect(m_workload, &QComboBox::activated, this, [this] {
        ScenarioDraft next = m_session.scenario();
        next.workload = m_workload->currentIndex() == 0 ? QString() : m_workload->currentText();
        m_session.setScenario(next, tr("workload %1").arg(m_workload->currentText()));
    });
    for (double errors : kNoiseSteps)
        m_noise->addItem(errors == 0 ? tr("mean score alone") : tr("mean + %1 std. errors").arg(errors), errors);
    connect(m_noise, &QComboBox::activated, this, [this] {
        ScenarioDraft next = m_session.scenario();
        next.noiseAversion = m_noise->currentData().toDouble();
        m_session.setScenario(next, tr("aversion to noise %1").arg(next.noiseAversion));
    });
    connect(&session, &Session::libraryChanged, this, &ConstraintPanel::libraryChanged);
    connect(&session, &Session::scenarioChanged, this, &ConstraintPanel::scenarioChanged);
    connect(&search, &Search::solutionChanged, this, &ConstraintPanel::report);
    connect(&search, &Search::lateChanged, this, &ConstraintPanel::report);
    connect(&search, &Search::reachableChanged, this, &ConstraintPanel::report);
    rebuildDecisions();
}

void ConstraintPanel::libraryChanged()
{
    const Library &library = m_session.library();
    m_objective->clear();
    for (const QString &metric : library.metrics)
        m_objective->addItem(metricTitle(metric), metric);
    m_workload->clear();
    m_workload->addItems(library.workloads);
    m_workload->setEnabled(library.workloads.size() > 1);
    m_add->setEnabled(!library.costs.isEmpty());
    rebuildRows();
    scenarioChanged();
}

void ConstraintPanel::scenarioChanged()
{
    const ScenarioDraft &scenario = m_session.scenario();
    m_objective->setCurrentIndex(m_objective->findData(m_session.objective()));
    m_workload->setCurrentIndex(scenario.workload.isEmpty() ? 0 : m_workload->findText(scenario.workload));
    int noise = m_noise->findData(scenario.noiseAversion);
    if (noise < 0) { // From the command line or a file.
        m_noise->addItem(tr("mean + %1 std. errors").arg(scenario.noiseAversion), scenario.noiseAversion);
        noise = m_noise->count() - 1;
    }
    m_noise->setCurrentIndex(noise);
    bool same = m_rows.size() == scenario.limits.size();
    for (qsizetype i = 0; same && i < m_rows.size(); ++i)
        same = m_rows[i]->limit().key == scenario.limits[i].key;
    if (!same)
        rebuildRows();
    for (qsizetype i = 0; i < m_rows.size(); ++i)
        m_rows[i]->setLimit(scenario.limits[i]);
    rebuildDecisions();
    report();
}

void ConstraintPanel::rebuildRows()
{
    clear(m_limits);
    m_rows.clear();
    const Library &library = m_session.library();
    const QList<LimitDraft> limits = m_session.scenario().limits;
    for (int i = 0; i < limits.size(); ++i) {
        const CostKey *cost = library.findCost(limits[i].key);
        CostKey key = cost ? *cost : CostKey{limits[i].key, limits[i].key, {}, "number"};
        auto *row = new LimitRow(limits[i], key, library.parentTotal(key.key));
        m_limits->addWidget(row);
        m_limits->addWidget(makeLine());
        m_rows.append(row);
        connect(row, &LimitRow::changed, this,
                [this, i](const LimitDraft &limit, bool dragging) { rowChanged(i, limit, dragging); });
        connect(row, &LimitRow::dragFinished, this, [this] {
            m_drag = 0;
            m_session.endDrag();
        });
        connect(row, &LimitRow::removed, this, [this, i] {
            ScenarioDraft next = m_session.scenario();
            QString title = costTitle(next.limits[i].key);
            next.limits.removeAt(i);
            m_session.setScenario(next, tr("no limit on %1").arg(title));
        });
    }
    m_none->setVisible(m_rows.isEmpty());
}

void ConstraintPanel::rowChanged(int index, const LimitDraft &limit, bool dragging)
{
    ScenarioDraft next = m_session.scenario();
    if (index >= next.limits.size())
        return;
    next.limits[index] = limit;
    bool held = dragging && m_rows[index]->slider()->isSliderDown();
    if (held && m_drag == 0)
        m_drag = m_session.beginDrag();
    // Steps by keyboard are decisions of their own.
    m_session.setScenario(next, tr("limit on %1").arg(costTitle(limit.key)), held ? m_drag : 0);
}

void ConstraintPanel::setLimit(const QString &key, const QString &value, bool dragging)
{
    ScenarioDraft next = m_session.scenario();
    auto found = std::find_if(next.limits.begin(), next.limits.end(),
                              [&](const LimitDraft &limit) { return limit.key == key && !limit.atLeast; });
    if (found == next.limits.end())
        next.limits.append({key, false, value});
    else
        found->value = value;
    if (dragging && m_drag == 0)
        m_drag = m_session.beginDrag();
    m_session.setScenario(next, tr("limit on %1").arg(costTitle(key)), dragging ? m_drag : 0);
    if (!dragging)
        m_drag = 0;
}

void ConstraintPanel::addLimit(const QString &key)
{
    ScenarioDraft next = m_session.scenario();
    bool speed = m_session.library().unitOf(key) == "tokens/s";
    double parent = m_session.library().parentTotal(key);
    next.limits.append(
        {key, speed, parent > 0 ? (speed ? QStringLiteral("120%") : QStringLiteral("80%")) : QStringLiteral("0")});
    m_session.setScenario(next, tr("limit on %1").arg(costTitle(key)));
}

void ConstraintPanel::fillAddMenu()
{
    m_addMenu->clear();
    for (const CostKey &cost : m_session.library().costs) {
        QString key = cost.key;
        double parent = m_session.library().parentTotal(key);
        m_addMenu->addAction(tr("%1 (parent %2)").arg(costTitle(key), formatAmount(parent, cost.unit)), this,
                             [this, key] { addLimit(key); });
    }
}

void ConstraintPanel::rebuildDecisions()
{
    const ScenarioDraft scenario = m_session.scenario();
    QStringList shown = scenario.pins + QStringList{QString()} + scenario.bans;
    if (shown == m_shownDecisions)
        return; // Most changes are moves of a slider.
    m_shownDecisions = shown;
    clear(m_decisions);
    auto add = [this](const QString &text, Icon icon, bool pin) {
        auto *place = new QWidget;
        auto *row = new QHBoxLayout(place);
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(kSpaceS);
        auto *sign = new QLabel;
        sign->setPixmap(makeIcon(icon).pixmap(16, 16));
        row->addWidget(sign);
        row->addWidget(makeLabel(text), 1);
        QToolButton *remove = makeIconButton(Icon::Remove, pin ? tr("Unpin %1").arg(text) : tr("Allow %1").arg(text));
        row->addWidget(remove);
        m_decisions->addWidget(place);
        connect(remove, &QToolButton::clicked, this, [this, text, pin] {
            ScenarioDraft next = m_session.scenario();
            (pin ? next.pins : next.bans).removeAll(text);
            m_session.setScenario(next, pin ? tr("unpin %1").arg(text) : tr("allow %1").arg(text));
        });
    };
    for (const QString &pin : scenario.pins)
        add(pin, Icon::Pin, true);
    for (const QString &ban : scenario.bans)
        add(ban, Icon::Ban, false);
    if (scenario.pins.isEmpty() && scenario.bans.isEmpty()) {
        QLabel *hint = makeLabel(tr("Click a layer of the child to pin what it has there; right-click for more."),
                                 Type::Caption, "muted");
        hint->setWordWrap(true);
        m_decisions->addWidget(hint);
    }
}

void ConstraintPanel::report()
{
    const SolutionData &solution = m_search.solution();
    for (LimitRow *row : std::as_const(m_rows)) {
        const LimitDraft &limit = row->limit();
        LimitRow::Report report;
        report.stale = m_search.isLate();
        report.metric = solution.metric;
        report.infeasible = solution.infeasible();
        report.inConflict = solution.infeasible() && solution.conflict.contains(limit.text());
        report.alone = solution.conflict.size() == 1;
        report.used = solution.costs.value(limit.key, kUnknown);
        report.estimated = solution.estimated.contains(limit.key);
        // Where a cost has several limits their keys are made unique; the text as written tells them apart.
        QString key = limit.key;
        for (auto written = solution.limits.begin(); written != solution.limits.end(); ++written)
            if (written.value() == limit.text())
                key = written.key();
        report.slack = solution.slack.value(key, kUnknown);
        report.price = solution.prices.value(key, 0);
        report.reachable = m_search.reachable(limit.key);
        row->setReport(report);
    }
    showConflict();
}

void ConstraintPanel::showConflict()
{
    const SolutionData &solution = m_search.solution();
    bool show = solution.infeasible() && !m_search.isLate();
    if (!show && m_search.isLate() && solution.infeasible())
        return; // Until the answer is there the old explanation stays, rather than flickering.
    m_conflict->setVisible(show);
    if (!show)
        return;
    clear(m_conflictRows);
    auto say = [this](const QString &text, Type type) {
        QLabel *label = makeLabel(text, type);
        label->setWordWrap(true);
        m_conflictRows->addWidget(label);
    };
    say(tr("No child can keep all of this"), Type::Strong);
    QStringList conflict;
    for (const QString &part : solution.conflict) {
        QString text = part; // A pin or a ban stays as it is written.
        for (const LimitDraft &limit : m_session.scenario().limits)
            if (limit.text() == part)
                text = costTitle(limit.key) + (limit.atLeast ? QStringLiteral(" ≥ ") : QStringLiteral(" ≤ "))
                     + limit.value;
        conflict.append(text);
    }
    if (conflict.size() == 1)
        say(tr("Impossible by itself: %1").arg(conflict.first()), Type::Body);
    else if (!conflict.isEmpty())
        say(tr("Together impossible: %1").arg(conflict.join(QStringLiteral(", "))), Type::Body);
    bool any = false;
    for (const Relaxation &relaxation : solution.relaxations) {
        if (relaxation.repaired.isEmpty())
            continue;
        auto repaired = parseLimitText(relaxation.repaired, false);
        if (!repaired)
            continue;
        if (!any)
            say(tr("The least that repairs it:"), Type::Caption);
        any = true;
        const CostKey *cost = m_session.library().findCost(repaired->key);
        auto value = cost ? limitValue(repaired->value, cost->unit, m_session.library().parentTotal(repaired->key))
                          : std::nullopt;
        QPushButton *button = makeButton(
            tr("%1: %2").arg(costTitle(repaired->key), value ? formatAmount(*value, cost->unit) : repaired->value));
        button->setToolTip(relaxation.limit + QStringLiteral(" → ") + relaxation.repaired);
        m_conflictRows->addWidget(button);
        connect(button, &QPushButton::clicked, this, [this, relaxation, repaired] {
            ScenarioDraft next = m_session.scenario();
            for (LimitDraft &limit : next.limits)
                if (limit.text() == relaxation.limit)
                    limit.value = repaired->value;
            m_session.setScenario(next, tr("relax %1").arg(costTitle(repaired->key)));
        });
    }
    if (!any)
        say(tr("No single limit repairs it; free some pins or bans."), Type::Caption);
}

} // namespace tessera::ui
