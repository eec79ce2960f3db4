// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDockWidget>
#include <QHBoxLayout>
#include <QMainWindow>

namespace tessera::ui {

/// A workspace: one view in the middle and panels around it that can be moved, floated, put one on the other, closed and
/// brought back. Where they are is remembered under the page's name.
class DockPage : public QMainWindow {
    Q_OBJECT
public:
    explicit DockPage(const QString &name, QWidget *parent = nullptr);

    /// Panels in the order in which they were added.
    const QList<QDockWidget *> &panels() const { return m_panels; }
    /// The state as QSettings keeps it.
    void remember() const;
    void restore();
    /// Everything back to where it is in a new window.
    void restoreDefaults();

protected:
    /// A panel with a heading like those that do not move; *tools is the heading's row.
    QDockWidget *addPanel(const QString &name, const QString &title, Qt::DockWidgetArea area, QWidget *content,
                          QHBoxLayout **tools = nullptr);
    /// Called at the end of a page's constructor: what is there now is the default.
    void panelsAdded() { m_defaults = saveState(); }

private:
    QString m_name;
    QList<QDockWidget *> m_panels;
    QByteArray m_defaults;
};

} // namespace tessera::ui
