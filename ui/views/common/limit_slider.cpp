// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/common/limit_slider.h"

#include "ui/theme/tokens.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace tessera::ui {
namespace {

constexpr int kFull = 1000;
constexpr double kHandle = 7;

} // namespace

LimitSlider::LimitSlider(QWidget *parent) : QSlider(Qt::Horizontal, parent)
{
    setRange(0, kFull);
    setSingleStep(5);
    setPageStep(50);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setMinimumHeight(24);
}

void LimitSlider::setReachable(std::optional<QPair<double, double>> reachable)
{
    m_reachable = reachable;
    update();
}

void LimitSlider::setUsed(std::optional<double> used)
{
    m_used = used;
    update();
}

void LimitSlider::setAtLeast(bool atLeast)
{
    m_atLeast = atLeast;
    update();
}

double LimitSlider::xOf(double tenths) const
{
    double share = std::clamp((tenths - minimum()) / std::max(1, maximum() - minimum()), 0.0, 1.0);
    return kHandle + share * (width() - 2 * kHandle);
}

int LimitSlider::valueAt(double x) const
{
    double share = (x - kHandle) / std::max(1.0, width() - 2 * kHandle);
    return static_cast<int>(std::lround(minimum() + std::clamp(share, 0.0, 1.0) * (maximum() - minimum())));
}

void LimitSlider::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    double middle = height() / 2.0, value = xOf(sliderPosition());
    QRectF track(kHandle, middle - 3, width() - 2 * kHandle, 6);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour(Colour::Line));
    painter.drawRoundedRect(track, 3, 3);
    QRectF kept = m_atLeast ? QRectF(QPointF(value, track.top()), track.bottomRight())
                            : QRectF(track.topLeft(), QPointF(value, track.bottom()));
    painter.setBrush(colour(isEnabled() ? Colour::Accent : Colour::TextFaint));
    painter.drawRoundedRect(kept, 3, 3);
    if (m_reachable) {
        // Dead zones: below the least total for an upper limit, above the greatest for a lower one, nothing is feasible.
        QRectF dead = m_atLeast
                        ? QRectF(QPointF(xOf(m_reachable->second), middle - 5), QPointF(track.right(), middle + 5))
                        : QRectF(QPointF(track.left(), middle - 5), QPointF(xOf(m_reachable->first), middle + 5));
        if (dead.width() > 1) {
            painter.fillRect(dead, colour(Colour::BadSoft));
            painter.fillRect(dead, QBrush(colour(Colour::Bad), Qt::BDiagPattern));
        }
    }
    if (m_used) {
        painter.setPen(QPen(colour(Colour::Child), 2));
        painter.drawLine(QPointF(xOf(*m_used), middle - 8), QPointF(xOf(*m_used), middle + 8));
    }
    painter.setPen(QPen(colour(hasFocus() ? Colour::Text : Colour::LineStrong), hasFocus() ? 2 : 1));
    painter.setBrush(colour(Colour::Raised));
    painter.drawEllipse(QPointF(value, middle), kHandle, kHandle);
}

void LimitSlider::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    setSliderDown(true);
    setSliderPosition(valueAt(event->position().x()));
}

void LimitSlider::mouseMoveEvent(QMouseEvent *event)
{
    if (isSliderDown())
        setSliderPosition(valueAt(event->position().x()));
}

void LimitSlider::mouseReleaseEvent(QMouseEvent *) { setSliderDown(false); }

} // namespace tessera::ui
