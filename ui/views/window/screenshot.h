// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/state/scenario.h"

#include <QObject>
#include <QSize>
#include <QTimer>

namespace tessera::ui {

class MainWindow;
class Search;
class Session;

/// What "--screenshot VIEW FILE" asks for.
struct ScreenshotRequest {
    QString view; ///< A workspace, or a view of one.
    QString file;
    QSize size{1280, 800};
    QString select; ///< "L:BLOCK" to be selected; may be empty.
    QList<LimitDraft> limits;
};

/// Waits until the window has everything, writes the picture and ends the application: with 0; with 2 and a sentence where the
/// project does not have what the command line names; with 1 and a sentence where something else is in the way.
class Screenshot : public QObject {
    Q_OBJECT
public:
    Screenshot(ScreenshotRequest request, MainWindow &window, Session &session, Search &search, bool project);

    /// The window's number for a view's name, or -1.
    static int placeOf(const QString &view);

private:
    void look();
    bool isReady() const;
    void arrange();
    void select();
    void take();
    void fail(int code, const QString &sentence);

    ScreenshotRequest m_request;
    MainWindow &m_window;
    Session &m_session;
    Search &m_search;
    bool m_project, m_arranged = false;
    int m_calm = 0, m_looks = 0;
    QString m_complaint;
    QTimer m_timer;
};

} // namespace tessera::ui
