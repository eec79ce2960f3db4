// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plot/front_view.h"

#include <QWidget>

class QComboBox;
class QHBoxLayout;
class QToolButton;

namespace tessera::ui {

class Cloud;
class Pool;
class Search;
class Session;

/// The front, with everything that is known around it.
class FrontPanel : public QWidget {
    Q_OBJECT
public:
    FrontPanel(Session &session, Search &search, Pool &pool, QWidget *parent = nullptr);
    FrontView *view() const { return m_view; }
    /// Axis, scale, cloud and export, for a panel's heading.
    void addTools(QHBoxLayout *heading);

Q_SIGNALS:
    /// An upper limit on the axis is wanted.
    void limitWanted(const QString &key, const QString &value, bool dragging);

private:
    void libraryChanged();
    void refresh();
    void addMarks(FrontData *front, double parent) const;

    Session &m_session;
    Search &m_search;
    Pool &m_pool;
    Cloud *m_cloud;
    QComboBox *m_axis;
    FrontView *m_view;
    QToolButton *m_random;
};

} // namespace tessera::ui
