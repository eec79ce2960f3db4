// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/common/dock_page.h"

#include "ui/views/common/parts.h"

#include <QSettings>

namespace tessera::ui {

DockPage::DockPage(const QString &name, QWidget *parent) : QMainWindow(parent), m_name(name)
{
    setWindowFlags(Qt::Widget);
    setDockOptions(AllowNestedDocks | AllowTabbedDocks);
    setCorner(Qt::TopLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setContentsMargins(kSpaceL, kSpaceL, kSpaceL, kSpaceL);
}

QDockWidget *DockPage::addPanel(const QString &name, const QString &title, Qt::DockWidgetArea area, QWidget *content,
                                QHBoxLayout **tools)
{
    auto *dock = new QDockWidget(title);
    dock->setObjectName(name);
    dock->setAccessibleName(title);
    auto *heading = new QFrame;
    heading->setProperty("role", "dockTitle");
    auto *row = new QHBoxLayout(heading);
    row->setContentsMargins(kSpaceL, kSpaceS, kSpaceS, kSpaceS);
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
    if (tools)
        *tools = row;
    return dock;
}

void DockPage::remember() const { QSettings().setValue("panels/" + m_name, saveState()); }

void DockPage::restore() { restoreState(QSettings().value("panels/" + m_name).toByteArray()); }

void DockPage::restoreDefaults() { restoreState(m_defaults); }

} // namespace tessera::ui
