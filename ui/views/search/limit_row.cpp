// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/search/limit_row.h"

#include "ui/state/text.h"
#include "ui/views/common/parts.h"

#include <QLineEdit>
#include <QPainter>
#include <QStyle>

#include <algorithm>
#include <cmath>

namespace tessera::ui {
namespace {

constexpr int kFull = 1000; ///< Tenths of per cent.

} // namespace

LimitRow::LimitRow(const LimitDraft &limit, const CostKey &cost, double parentTotal, QWidget *parent)
    : QWidget(parent), m_limit(limit), m_cost(cost), m_parent(parentTotal)
{
    QString title = costTitle(cost.key);
    setAccessibleName(tr("Limit on %1").arg(title));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(kSpaceL, kSpaceM, kSpaceS, kSpaceM);
    column->setSpacing(kSpaceXs);
    auto *top = new QHBoxLayout;
    top->setSpacing(kSpaceXs);
    QLabel *name = makeLabel(title, Type::Strong);
    top->addWidget(name, 1);
    m_sense = new QToolButton;
    m_sense->setProperty("role", "quiet");
    m_sense->setAccessibleName(tr("At most or at least"));
    m_sense->setToolTip(tr("At most or at least; click to change"));
    m_sense->setFont(typeFont(Type::Strong));
    m_sense->setFocusPolicy(Qt::StrongFocus);
    top->addWidget(m_sense);
    m_field = new QLineEdit;
    m_field->setFixedWidth(104);
    m_field->setAlignment(Qt::AlignRight);
    m_field->setAccessibleName(tr("Limit on %1, exact").arg(title));
    m_field->setToolTip(tr("A number with a unit (24GiB, 12.5ms, 100M) or per cent of the parent (70%)"));
    top->addWidget(m_field);
    QToolButton *remove = makeIconButton(Icon::Remove, tr("Remove the limit on %1").arg(title));
    top->addWidget(remove);
    column->addLayout(top);
    m_slider = new LimitSlider;
    m_slider->setAccessibleName(tr("Limit on %1, per cent of the parent").arg(title));
    auto *sliderRow = new QHBoxLayout;
    sliderRow->setContentsMargins(0, 0, kSpaceXs, 0);
    sliderRow->setSpacing(kSpaceS);
    sliderRow->addWidget(m_slider, 1);
    m_other = makeLabel({}, Type::Caption, "muted");
    m_other->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_other->setMinimumWidth(64); // Larger type needs more.
    sliderRow->addWidget(m_other);
    column->addLayout(sliderRow);
    m_used = makeLabel({}, Type::Caption, "muted");
    m_price = makeLabel({}, Type::Caption, "muted");
    column->addWidget(m_used);
    column->addWidget(m_price);
    m_slider->setEnabled(m_parent > 0);
    connect(m_sense, &QToolButton::clicked, this, [this] {
        m_limit.atLeast = !m_limit.atLeast;
        showLimit();
        Q_EMIT changed(m_limit, false);
    });
    connect(m_field, &QLineEdit::editingFinished, this, &LimitRow::fieldEdited);
    connect(m_field, &QLineEdit::textEdited, this, [this](const QString &text) {
        bool bad = !limitValue(text, m_cost.unit, m_parent);
        if (m_field->property("invalid").toBool() != bad) {
            m_field->setProperty("invalid", bad);
            m_field->style()->unpolish(m_field);
            m_field->style()->polish(m_field);
        }
    });
    connect(remove, &QToolButton::clicked, this, &LimitRow::removed);
    connect(m_slider, &QSlider::valueChanged, this, &LimitRow::slid);
    connect(m_slider, &QSlider::sliderReleased, this, &LimitRow::dragFinished);
    showLimit();
}

double LimitRow::percent() const
{
    auto value = limitValue(m_limit.value, m_cost.unit, m_parent);
    return value && m_parent > 0 ? 100 * *value / m_parent : kUnknown;
}

void LimitRow::setLimit(const LimitDraft &limit)
{
    if (limit == m_limit)
        return;
    m_limit = limit;
    showLimit();
}

void LimitRow::showLimit()
{
    m_showing = true;
    m_sense->setText(m_limit.atLeast ? QStringLiteral("≥") : QStringLiteral("≤"));
    if (!m_field->hasFocus() || !m_field->isModified())
        m_field->setText(m_limit.value);
    double share = percent();
    auto value = limitValue(m_limit.value, m_cost.unit, m_parent);
    if (!std::isnan(share)) {
        m_slider->setMaximum(std::max(kFull, static_cast<int>(std::ceil(10 * share))));
        m_slider->setValue(static_cast<int>(std::lround(10 * share)));
    }
    m_slider->setAtLeast(m_limit.atLeast);
    m_slider->setAccessibleDescription(m_sense->text() + QLatin1Char(' ') + m_limit.value);
    m_other->setText(m_limit.value.endsWith('%') && value ? formatAmount(*value, m_cost.unit)
                                                          : formatPercent(share / 100));
    m_showing = false;
}

void LimitRow::fieldEdited()
{
    QString text = m_field->text().trimmed().remove(' ');
    m_field->setModified(false);
    if (text == m_limit.value)
        return;
    if (!limitValue(text, m_cost.unit, m_parent)) {
        m_field->setText(m_limit.value);
        m_field->setProperty("invalid", false);
        m_field->style()->unpolish(m_field);
        m_field->style()->polish(m_field);
        return;
    }
    m_limit.value = text;
    showLimit();
    Q_EMIT changed(m_limit, false);
}

void LimitRow::slid(int tenths)
{
    if (m_showing)
        return;
    m_limit.value = percentValue(tenths / 10.0);
    m_field->setModified(false);
    showLimit();
    Q_EMIT changed(m_limit, true);
}

void LimitRow::setReport(const Report &report)
{
    const char *role = report.inConflict ? "error" : report.stale ? "faint" : "muted";
    setRole(m_used, role);
    setRole(m_price, role);
    if (report.inConflict) {
        m_used->setText(report.alone ? tr("No child can hold it") : tr("Cannot hold together with others"));
        m_price->setText({});
    } else if (std::isnan(report.used)) {
        m_used->setText(report.infeasible ? tr("No child to hold it against") : tr("The child's total is unknown"));
        m_price->setText({});
    } else {
        QString used = (report.estimated ? QStringLiteral("≈ ") : QString()) + formatAmount(report.used, m_cost.unit);
        m_used->setText(std::isnan(report.slack)
                            ? tr("Child %1").arg(used)
                            : tr("Child %1 · %2 to spare").arg(used, formatAmount(report.slack, m_cost.unit)));
        m_price->setText(report.price > 0
                             ? tr("Price %1 %2 per %3")
                                   .arg(formatScore(report.price), metricTitle(report.metric), priceUnit(m_cost.unit))
                             : tr("Price 0: does not bind"));
    }
    m_slider->setUsed(m_parent > 0 && !std::isnan(report.used) && !report.inConflict
                          ? std::optional(1000 * report.used / m_parent)
                          : std::nullopt);
    if (report.reachable && m_parent > 0)
        m_slider->setReachable(
            QPair{1000 * report.reachable->first / m_parent, 1000 * report.reachable->second / m_parent});
    else
        m_slider->setReachable(std::nullopt);
}

} // namespace tessera::ui
