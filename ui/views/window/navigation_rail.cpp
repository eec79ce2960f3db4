// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/window/navigation_rail.h"

#include "ui/theme/tokens.h"

#include <QAbstractButton>
#include <QKeySequence>
#include <QVBoxLayout>

namespace tessera::ui {
namespace {

class Place : public QAbstractButton {
public:
    Place(Icon icon, const QString &name) : m_icon(icon)
    {
        setText(name);
        setCheckable(true);
        setFixedSize(kRailWidth, 64);
        setFocusPolicy(Qt::StrongFocus);
        setAttribute(Qt::WA_Hover);
        setCursor(Qt::PointingHandCursor);
        setAccessibleName(name);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        QRectF body = QRectF(rect()).adjusted(kSpaceS, kSpaceXs, -kSpaceS, -kSpaceXs);
        if (isChecked() || underMouse() || hasFocus()) {
            painter.setPen(hasFocus() ? QPen(colour(Colour::Accent), 2) : Qt::NoPen);
            painter.setBrush(isChecked()                   ? colour(Colour::AccentSoft)
                             : isEnabled() && underMouse() ? colour(Colour::Line)
                                                           : QColor(Qt::transparent));
            painter.drawRoundedRect(body, 6, 6);
        }
        QColor pen = colour(!isEnabled() ? Colour::TextFaint : isChecked() ? Colour::Accent : Colour::TextMuted);
        if (!isEnabled())
            pen.setAlphaF(0.55F);
        paintIcon(painter, m_icon, QRectF(width() / 2.0 - 11, body.top() + 8, 22, 22), pen);
        painter.setFont(typeFont(Type::Caption));
        painter.setPen(isChecked() ? colour(Colour::Text) : pen);
        painter.drawText(QRectF(0, body.top() + 34, width(), 18), Qt::AlignCenter, text());
    }

private:
    Icon m_icon;
};

} // namespace

NavigationRail::NavigationRail(QWidget *parent)
    : QWidget(parent), m_group(new QButtonGroup(this)), m_column(new QVBoxLayout(this))
{
    setFixedWidth(kRailWidth);
    setAccessibleName(tr("Workspaces"));
    m_column->setContentsMargins(0, kSpaceS, 0, kSpaceS);
    m_column->setSpacing(0);
    m_column->addStretch();
    connect(m_group, &QButtonGroup::idClicked, this, &NavigationRail::currentChanged);
}

void NavigationRail::addPlace(Icon icon, const QString &name, const QKeySequence &shortcut)
{
    auto *place = new Place(icon, name);
    place->setToolTip(name + " (" + shortcut.toString(QKeySequence::NativeText) + ")");
    m_column->insertWidget(m_column->count() - 1, place);
    m_group->addButton(place, static_cast<int>(m_group->buttons().size()));
}

QString NavigationRail::nameOf(int place) const
{
    const QAbstractButton *button = m_group->button(place);
    return button ? button->text() : QString();
}

void NavigationRail::setCurrent(int place)
{
    if (QAbstractButton *button = m_group->button(place))
        button->setChecked(true);
}

void NavigationRail::setPlaceEnabled(int place, bool enabled)
{
    if (QAbstractButton *button = m_group->button(place))
        button->setEnabled(enabled);
}

void NavigationRail::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), colour(Colour::Sunken));
    painter.fillRect(QRect(width() - 1, 0, 1, height()), colour(Colour::Line));
}

} // namespace tessera::ui
