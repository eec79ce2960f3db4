// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"

#include <QMainWindow>

class QAction;
class QLabel;
class QStackedWidget;

namespace tessera::ui {

class ChildrenPage;
class JobsPage;
class LibraryPage;
class NavigationRail;
class Search;
class SearchPage;
class Session;
class WelcomePage;

/// The window: rail, workspaces, menus and status bar. What is shown lives in Session and Search.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    enum Place { kWelcome, kLibrary, kSearch, kChildren, kJobs, kPlaces };

    MainWindow(Session &session, Search &search, QWidget *parent = nullptr);

    void showPlace(int place);
    int place() const;
    /// Opens a project file; asks for a new project's name where it is a checkpoint.
    void openPath(const QString &path);
    /// Where false, neither the window's place nor the list of recent projects is read or written.
    void setRemembers(bool remembers);

    LibraryPage *libraryPage() const { return m_library; }
    SearchPage *searchPage() const { return m_searchPage; }

protected:
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void makeMenus();
    void makeStatusBar();
    void projectChanged();
    void undoChanged();
    void complain(const QString &sentence);
    void openProject();
    void newProject(const QString &checkpoint);
    void importLibrary();
    void setTheme(ThemeChoice choice);
    void remember(const QString &path);
    QStringList recent() const;
    void about();

    Session &m_session;
    Search &m_search;
    NavigationRail *m_rail;
    QStackedWidget *m_pages;
    WelcomePage *m_welcome;
    LibraryPage *m_library;
    SearchPage *m_searchPage;
    ChildrenPage *m_children;
    JobsPage *m_jobs;
    QAction *m_undo = nullptr, *m_redo = nullptr, *m_close = nullptr;
    QLabel *m_projectLabel = nullptr, *m_engineLabel = nullptr, *m_jobLabel = nullptr, *m_complaint = nullptr;
    bool m_remembers = true;
    QString m_shown;
};

} // namespace tessera::ui
