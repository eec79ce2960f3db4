// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/icons.h"

#include <QButtonGroup>
#include <QWidget>

class QVBoxLayout;

namespace tessera::ui {

/// The workspaces, one below the other. Arrow keys move among them.
class NavigationRail : public QWidget {
    Q_OBJECT
public:
    explicit NavigationRail(QWidget *parent = nullptr);
    /// Places are numbered in the order in which they are added.
    void addPlace(Icon icon, const QString &name, const QKeySequence &shortcut);
    QString nameOf(int place) const;
    void setCurrent(int place);
    void setPlaceEnabled(int place, bool enabled);
    int current() const { return m_group->checkedId(); }

Q_SIGNALS:
    void currentChanged(int place);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QButtonGroup *m_group;
    QVBoxLayout *m_column;
};

} // namespace tessera::ui
