// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spectra/parameter_row.h"

#include "ui/views/common/limit_slider.h"
#include "ui/views/common/parts.h"

#include <QDoubleSpinBox>

#include <algorithm>
#include <cmath>

namespace tessera::ui {
namespace {

constexpr int kTitleWidth = 92, kFieldWidth = 76;

} // namespace

ParameterRow::ParameterRow(const QString &title, const QString &accessibleName, const ParameterRange &range, double most,
                           QWidget *parent)
    : QWidget(parent), m_range(range)
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(kSpaceS);
    QLabel *label = makeLabel(title, Type::Body, "muted");
    label->setMinimumWidth(kTitleWidth);
    row->addWidget(label);
    m_slider = new LimitSlider;
    m_slider->setAccessibleName(accessibleName);
    if (range.decimals == 0 && !range.logarithmic)
        m_slider->setRange(0, static_cast<int>(range.high - range.low));
    m_slider->setSingleStep(range.decimals == 0 && !range.logarithmic ? 1 : 10);
    row->addWidget(m_slider, 1);
    m_field = new QDoubleSpinBox;
    m_field->setDecimals(range.decimals);
    m_field->setRange(range.low, most);
    m_field->setSingleStep(std::pow(10.0, -std::min(range.decimals, 1)));
    m_field->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_field->setAlignment(Qt::AlignRight);
    m_field->setKeyboardTracking(false);
    m_field->setFixedWidth(kFieldWidth);
    m_field->setAccessibleName(EmptyState::tr("%1, exact").arg(accessibleName));
    row->addWidget(m_field);
    connect(m_slider, &QSlider::valueChanged, this, [this](int position) {
        if (m_showing)
            return;
        double value = fromSlider(position);
        m_showing = true;
        m_field->setValue(value);
        m_showing = false;
        Q_EMIT changed(m_field->value());
    });
    connect(m_field, &QDoubleSpinBox::valueChanged, this, [this](double value) {
        if (m_showing)
            return;
        m_showing = true;
        m_slider->setValue(toSlider(value));
        m_showing = false;
        Q_EMIT changed(value);
    });
}

int ParameterRow::toSlider(double value) const
{
    value = std::clamp(value, m_range.low, m_range.high);
    double share = m_range.logarithmic ? std::log(value / m_range.low) / std::log(m_range.high / m_range.low)
                                       : (value - m_range.low) / (m_range.high - m_range.low);
    return static_cast<int>(std::lround(share * m_slider->maximum()));
}

double ParameterRow::fromSlider(int position) const
{
    double share = static_cast<double>(position) / m_slider->maximum();
    double value = m_range.logarithmic ? m_range.low * std::pow(m_range.high / m_range.low, share)
                                       : m_range.low + share * (m_range.high - m_range.low);
    double scale = std::pow(10.0, m_range.decimals);
    return std::round(value * scale) / scale;
}

void ParameterRow::setValue(double value)
{
    m_showing = true;
    if (m_field->value() != value)
        m_field->setValue(value);
    // A slider that leads to this value already stays where the hand has put it.
    if (fromSlider(m_slider->value()) != m_field->value())
        m_slider->setValue(toSlider(value));
    m_showing = false;
}

} // namespace tessera::ui
