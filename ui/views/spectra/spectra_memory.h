// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>

namespace tessera::ui {

class Session;
class SpectraPage;

/// Remembers with the user's settings how the workspace was left in each project, and goes back to it when the project is opened
/// again. A project that was never open before is seen as the one before it was left.
class SpectraMemory : public QObject {
    Q_OBJECT
public:
    SpectraMemory(Session &session, SpectraPage &page);
    /// Where false, nothing is read or written.
    void setRemembers(bool remembers) { m_remembers = remembers; }
    /// Writes at once what has changed.
    void flush();

private:
    void projectChanged();

    Session &m_session;
    SpectraPage &m_page;
    QString m_project;
    QTimer m_timer;
    bool m_remembers = true;
};

} // namespace tessera::ui
