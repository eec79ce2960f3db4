// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"

#include "engine/base/json.h"

#include <QMainWindow>

class QAction;
class QLabel;
class QMenu;
class QStackedWidget;

namespace tessera::ui {

class ChildrenPage;
class ComparePage;
class DockPage;
class JobsPage;
class LessonPanel;
class LibraryPage;
class NavigationRail;
class Pool;
class Search;
class SearchPage;
class Session;
class Spectra;
class SpectraPage;
class WelcomePage;

/// The window: rail, workspaces, menus and status bar. What is shown lives in Session and Search.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    enum Place { kWelcome, kLibrary, kSearch, kCompare, kChildren, kJobs, kSpectra, kPlaces };
    /// Whether a place has something to show without a project.
    static bool needsProject(int place) { return place != kWelcome && place != kSpectra; }

    MainWindow(Session &session, Search &search, QWidget *parent = nullptr);

    void showPlace(int place);
    int place() const;
    /// Opens a project file; asks for a new project's name where it is a checkpoint.
    void openPath(const QString &path);
    /// Where false, neither the window's place nor the list of recent projects is read or written.
    void setRemembers(bool remembers);

    Session &session() { return m_session; }
    Search &search() { return m_search; }
    Pool &pool() { return *m_pool; }
    Spectra &spectra() { return *m_spectra; }
    LibraryPage *libraryPage() const { return m_library; }
    SearchPage *searchPage() const { return m_searchPage; }
    ComparePage *comparePage() const { return m_compare; }
    SpectraPage *spectraPage() const { return m_spectraPage; }
    LessonPanel *lessonPanel() const { return m_lesson; }
    /// A tour by its name, on the open project; on the demo where none is open.
    void startLesson(const QString &name);
    /// The demo project: the user's own copy, made when it is first wanted.
    void openDemo();
    /// Everything in large type, or as usual.
    void setPresenter(bool large);

protected:
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void makeMenus();
    void makeFileMenu();
    void makeViewMenu();
    void makeLessonMenu();
    /// With their names in menus.
    QList<QPair<QString, DockPage *>> dockPages() const;
    void exportReport();
    void makeStatusBar();
    void projectChanged();
    void undoChanged();
    void complain(const QString &sentence);
    void openProject();
    void chooseCheckpoint();
    void newProject(const QString &checkpoint);
    void fillImportMenu(QMenu *menu);
    void importLibrary(const QString &format, const QString &source);
    void importCosts(const QString &source);
    /// Asks where a new project is to be; empty where the user thinks better of it.
    QString askNewProject(const QString &name);
    /// Lets the engine make a project and opens it.
    void makeProject(const char *method, const Json &params, const QString &path);
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
    Pool *m_pool;
    ComparePage *m_compare;
    Spectra *m_spectra;
    SpectraPage *m_spectraPage;
    LessonPanel *m_lesson = nullptr;
    QAction *m_undo = nullptr, *m_redo = nullptr, *m_close = nullptr, *m_report = nullptr, *m_presenter = nullptr;
    QString m_lessonWanted;
    QLabel *m_projectLabel = nullptr, *m_engineLabel = nullptr, *m_jobLabel = nullptr, *m_complaint = nullptr;
    bool m_remembers = true, m_large = false;
    QString m_shown;
};

} // namespace tessera::ui
