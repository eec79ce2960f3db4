// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/common/dock_page.h"

#include "ui/views/common/parts.h"

#include <QEvent>
#include <QMenu>
#include <QSettings>

#include <algorithm>
#include <utility>

namespace tessera::ui {

DockPage::DockPage(const QString &name, QWidget *parent) : QMainWindow(parent), m_name(name)
{
    setObjectName(name);
    setWindowFlags(Qt::Widget);
    setDockOptions(AllowNestedDocks | AllowTabbedDocks);
    setCorner(Qt::TopLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setContentsMargins(kSpaceL, kSpaceL, kSpaceL, kSpaceL);
}

QDockWidget *DockPage::addPanel(const QString &name, const QString &title, Qt::DockWidgetArea area, QWidget *content,
                                QHBoxLayout **tools, QSizeF share)
{
    auto *dock = new QDockWidget(title);
    dock->setObjectName(name);
    dock->setAccessibleName(title);
    auto *heading = new QFrame;
    heading->setProperty("role", "dockTitle");
    auto *row = new QHBoxLayout(heading);
    row->setContentsMargins(kSpaceL + 1, kSpaceS + 1, kSpaceS + 1, kSpaceS); // The border is inside.
    row->setSpacing(kSpaceS);
    QLabel *label = makeLabel(title, Type::Heading);
    label->setMinimumHeight(kControlHeight);
    label->setToolTip(tr("Drag to move this panel; double-click to float it"));
    row->addWidget(label);
    row->addStretch();
    dock->setTitleBarWidget(heading);
    auto *body = new QFrame;
    body->setProperty("role", "dockBody");
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(1, 0, 1, 1);
    column->setSpacing(0);
    column->addWidget(content);
    dock->setWidget(body);
    addDockWidget(area, dock);
    m_panels.append(dock);
    m_shares.append(share);
    // Whoever drags a panel takes it out of its place first.
    connect(dock, &QDockWidget::topLevelChanged, this, [this](bool floats) { m_arranged = m_arranged || floats; });
    if (tools)
        *tools = row;
    return dock;
}

void DockPage::remember() const
{
    if (!m_known)
        return; // What was kept is still so.
    const QString key = "panels/" + m_name;
    const bool closed = std::any_of(m_panels.begin(), m_panels.end(), [](QDockWidget *panel) { return panel->isHidden(); });
    if (m_arranged || closed)
        QSettings().setValue(key, saveState());
    else
        QSettings().remove(key);
}

void DockPage::restore()
{
    const QByteArray kept = QSettings().value("panels/" + m_name).toByteArray();
    m_arranged = !kept.isEmpty() && restoreState(kept);
}

void DockPage::restoreDefaults()
{
    restoreState(m_defaults);
    m_arranged = false;
    m_known = true;
    share();
}

void DockPage::place(QDockWidget *panel, Qt::DockWidgetArea area)
{
    panel->setFloating(false);
    addDockWidget(area, panel);
    panel->show();
    m_arranged = m_known = true;
}

void DockPage::fillMenu(QMenu *menu)
{
    for (QDockWidget *panel : std::as_const(m_panels)) {
        QMenu *each = menu->addMenu(panel->windowTitle());
        // The panel's own action knows nothing of pages that were not visited yet.
        QAction *shown = each->addAction(tr("Shown"), panel, [this, panel] {
            panel->setVisible(panel->isHidden());
            m_known = true;
        });
        shown->setCheckable(true);
        connect(each, &QMenu::aboutToShow, shown, [shown, panel] { shown->setChecked(!panel->isHidden()); });
        each->addAction(tr("In a window of its own"), panel, [this, panel] {
            panel->show();
            panel->setFloating(!panel->isFloating());
            m_known = true;
        });
        each->addSeparator();
        for (auto [area, name] : {std::pair{Qt::LeftDockWidgetArea, tr("To the left")}, std::pair{Qt::RightDockWidgetArea, tr("To the right")},
                                  std::pair{Qt::TopDockWidgetArea, tr("To the top")}, std::pair{Qt::BottomDockWidgetArea, tr("To the bottom")}})
            each->addAction(name, panel, [this, panel, area = area] { place(panel, area); });
    }
    menu->addSeparator();
    menu->addAction(tr("Put these panels back"), this, &DockPage::restoreDefaults);
}

QMenu *DockPage::createPopupMenu()
{
    auto *menu = new QMenu(this);
    fillMenu(menu);
    return menu;
}

void DockPage::share()
{
    if (m_arranged)
        return;
    const QSize room = contentsRect().size();
    for (bool across : {true, false}) {
        QList<QDockWidget *> panels;
        QList<int> sizes;
        for (qsizetype i = 0; i < m_panels.size(); ++i)
            if (double part = across ? m_shares[i].width() : m_shares[i].height(); part > 0) {
                panels.append(m_panels[i]);
                sizes.append(static_cast<int>(part * (across ? room.width() : room.height())));
            }
        if (!panels.isEmpty())
            resizeDocks(panels, sizes, across ? Qt::Horizontal : Qt::Vertical);
    }
}

bool DockPage::event(QEvent *event)
{
    const bool handled = QMainWindow::event(event);
    if (event->type() == QEvent::Show)
        m_known = true;
    if (event->type() == QEvent::Show || event->type() == QEvent::Resize)
        share();
    else if (event->type() == QEvent::MouseButtonPress && handled && event->isAccepted())
        m_arranged = true; // Between two panels.
    return handled;
}

} // namespace tessera::ui
