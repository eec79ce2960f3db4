// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/search/child_panel.h"

#include "ui/state/search.h"
#include "ui/state/session.h"
#include "ui/state/text.h"
#include "ui/views/common/parts.h"
#include "ui/views/common/strip_data.h"

#include <QAccessible>
#include <QMenu>

namespace tessera::ui {

ChildPanel::ChildPanel(Session &session, Search &search, QWidget *parent)
    : QWidget(parent), m_session(session), m_search(search)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, kSpaceXs);
    column->setSpacing(0);
    auto *headline = new QHBoxLayout;
    headline->setContentsMargins(kSpaceL, 0, kSpaceM, 0);
    headline->setSpacing(kSpaceM);
    m_figure = makeLabel(QStringLiteral("–"), Type::Display);
    m_metric = makeLabel({}, Type::Body, "muted");
    m_proof = makeLabel({}, Type::Strong);
    m_proof->setAccessibleName(tr("How sure the result is"));
    m_detail = makeLabel({}, Type::Caption, "muted");
    m_detail->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto *words = new QVBoxLayout;
    words->setSpacing(0);
    auto *line = new QHBoxLayout;
    line->setSpacing(kSpaceS);
    line->addWidget(m_metric);
    line->addWidget(m_proof);
    line->addStretch();
    words->addLayout(line);
    words->addWidget(m_detail);
    headline->addWidget(m_figure);
    headline->addLayout(words, 1);
    column->addLayout(headline);
    m_strip = new SolutionStrip;
    m_strip->setAccessibleName(tr("The child, layer by layer"));
    m_strip->setEmptyText(tr("No child keeps these limits."));
    column->addWidget(m_strip, 1);

    m_reference = makeButton(tr("Keep as A"), "quiet");
    m_reference->setToolTip(tr("Keeps this child as A, with which later ones are compared"));
    m_keep = makeButton(tr("Keep"));
    m_keep->setToolTip(tr("Stores this solution in the project"));
    m_realize = makeButton(tr("Make this child…"), "primary");

    connect(m_strip, &SolutionStrip::currentChanged, this,
            [this](int layer, bool ffn) { m_session.setCurrentVariant(variantAt(layer, ffn)); });
    connect(m_strip, &SolutionStrip::pinWanted, this,
            [this](int layer, bool ffn) { m_session.togglePin(variantAt(layer, ffn)); });
    connect(m_strip, &SolutionStrip::menuWanted, this, &ChildPanel::openMenu);
    connect(m_keep, &QPushButton::clicked, &search, &Search::keep);
    connect(m_realize, &QPushButton::clicked, this, &ChildPanel::realizeWanted);
    connect(m_reference, &QPushButton::clicked, this, [this] {
        if (m_search.pinned(0))
            m_search.setPinned(0, std::nullopt);
        else if (m_search.solution().found())
            m_search.setPinned(0, m_search.solution());
    });
    connect(&session, &Session::currentVariantChanged, this, [this](int variant) {
        if (variant < 0)
            return m_strip->setCurrent(-1, false);
        const VariantRow &row = m_session.library().variants[variant];
        m_strip->setCurrent(row.layer, row.part == BlockPart::Ffn);
    });
    for (auto signal : {&Search::solutionChanged, &Search::lateChanged, &Search::pinnedChanged, &Search::frontChanged})
        connect(&search, signal, this, &ChildPanel::refresh);
    connect(&session, &Session::libraryChanged, this, &ChildPanel::refresh);
    refresh();
}

void ChildPanel::addTools(QHBoxLayout *heading)
{
    QToolButton *exportButton = makeIconButton(Icon::Export, tr("Export the child"));
    connect(exportButton, &QToolButton::clicked, this, [this] { exportPlot(m_strip, m_session, "child"); });
    for (QWidget *widget : std::initializer_list<QWidget *>{m_reference, m_keep, m_realize, exportButton})
        heading->addWidget(widget);
}

void ChildPanel::refresh()
{
    showHeadline();
    const auto &reference = m_search.pinned(0);
    StripData strip = stripOf(m_session, m_search.solution().choices, reference ? &reference->choices : nullptr);
    strip.stale = m_search.isLate();
    m_strip->setData(strip);
}

void ChildPanel::showHeadline()
{
    const SolutionData &solution = m_search.solution();
    bool stale = m_search.isLate();
    m_figure->setText(formatScore(solution.objective));
    setRole(m_figure, stale ? "faint" : "");
    m_metric->setText(metricTitle(solution.metric.isEmpty() ? m_session.objective() : solution.metric));
    QString proof, before = m_proof->text();
    const char *role = "muted";
    if (!m_search.failure().isEmpty()) {
        proof = tr("not solved");
        role = "error";
    } else if (stale) {
        proof = tr("solving…");
        role = "faint";
    } else if (solution.infeasible()) {
        proof = tr("infeasible");
        role = "error";
    } else if (solution.proved()) {
        proof = tr("proved optimal");
        role = "good";
    } else if (solution.found()) {
        proof = tr("at most %1 from the best").arg(formatPercent(solution.gap));
    }
    m_proof->setText(proof);
    setRole(m_proof, role);
    m_detail->setText(detail());
    m_detail->setToolTip((QStringList(m_detail->text()) + solution.remarks).join('\n'));
    if (proof != before && !stale) {
        QAccessibleEvent event(m_proof, QAccessible::Alert);
        QAccessible::updateAccessibility(&event);
    }
    m_keep->setEnabled(solution.found() && !stale && m_session.project().writable);
    m_realize->setEnabled(solution.found() && !stale && m_session.project().runnable);
    m_realize->setToolTip(m_session.project().runnable ? tr("Writes the child as a checkpoint")
                                                       : tr("This project has no parent model to make a child from"));
    m_reference->setText(m_search.pinned(0) ? tr("Forget A") : tr("Keep as A"));
    m_reference->setEnabled(m_search.pinned(0) || solution.found());
}

QString ChildPanel::detail() const
{
    const SolutionData &solution = m_search.solution();
    if (!m_search.failure().isEmpty())
        return m_search.failure();
    if (solution.infeasible() && !m_search.isLate())
        return tr("The panel of limits says why, and what repairs it.");
    if (!solution.found())
        return {};
    QStringList words{tr("found in %1").arg(formatSeconds(solution.seconds))};
    if (!solution.proved())
        words.append(tr("no child is below %1").arg(formatScore(solution.bound)));
    if (solution.id >= 0)
        words.append(tr("kept as solution %1").arg(solution.id));
    for (const BaselineData &baseline : m_search.baselines())
        if (baseline.name == "greedy")
            words.append(tr("greedy: %1").arg(formatScore(baseline.objective)));
    return words.join(QStringLiteral(" · "));
}

int ChildPanel::variantAt(int layer, bool ffn) const
{
    return variantOf(m_session.library(), m_search.solution().choices, layer, ffn);
}

void ChildPanel::openMenu(int layer, bool ffn, const QPoint &global)
{
    int variant = variantAt(layer, ffn);
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

void ChildPanel::pinRange(int first, int last)
{
    ScenarioDraft next = m_session.scenario();
    for (int layer = first; layer <= last; ++layer)
        for (bool ffn : {false, true}) {
            int variant = variantAt(layer, ffn);
            if (variant < 0)
                continue;
            QString pin = layerBlock(layer, m_session.library().variants[variant].block());
            if (!next.pins.contains(pin))
                next.pins.append(pin);
        }
    m_session.setScenario(next, tr("pin layers %1 to %2").arg(first).arg(last));
}

} // namespace tessera::ui
