// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDockWidget>
#include <QHBoxLayout>
#include <QMainWindow>

class QMenu;

namespace tessera::ui {

/// A workspace: one view in the middle and panels around it that can be moved, floated, put one on the other, closed and
/// brought back. Where they are is remembered under the page's name; until somebody moves them they keep their share of the page.
class DockPage : public QMainWindow {
    Q_OBJECT
public:
    explicit DockPage(const QString &name, QWidget *parent = nullptr);

    /// Panels in the order in which they were added.
    const QList<QDockWidget *> &panels() const { return m_panels; }
    /// A panel with a heading like those that do not move; *tools is the heading's row. The share is what of the page's width and
    /// height the panel takes at first, 0 to 1; 0 where its own hint says it.
    QDockWidget *addPanel(const QString &name, const QString &title, Qt::DockWidgetArea area, QWidget *content,
                          QHBoxLayout **tools = nullptr, QSizeF share = {0, 0});
    /// To be called when all panels are there: what is there now is the default.
    void panelsAdded() { m_defaults = saveState(); }
    /// The state as QSettings keeps it; nothing where all is as in a new window.
    void remember() const;
    void restore();
    /// Everything back to where it is in a new window.
    void restoreDefaults();
    /// What can be done with each panel, and with all of them.
    void fillMenu(QMenu *menu);
    /// At right-click on a heading or between panels.
    QMenu *createPopupMenu() override;

protected:
    bool event(QEvent *event) override;

private:
    void place(QDockWidget *panel, Qt::DockWidgetArea area);
    void share();

    QString m_name;
    QList<QDockWidget *> m_panels;
    QList<QSizeF> m_shares; ///< Of the panels.
    QByteArray m_defaults;
    bool m_arranged = false; ///< By the user, now or in an earlier session.
    bool m_known = false;    ///< Was there anything to see or to change since the last session?
};

} // namespace tessera::ui
