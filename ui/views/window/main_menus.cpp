// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The menus of the window and what they alone do.
#include "ui/models/row_table_model.h"
#include "ui/plot/front_view.h"
#include "ui/plot/solution_strip.h"
#include "ui/state/search.h"
#include "ui/state/session.h"
#include "ui/views/children/children_page.h"
#include "ui/views/compare/compare_page.h"
#include "ui/views/compare/pool_panel.h"
#include "ui/views/jobs/jobs_page.h"
#include "ui/views/lessons/lesson_panel.h"
#include "ui/views/library/library_page.h"
#include "ui/views/search/search_page.h"
#include "ui/views/spectra/spectra_page.h"
#include "ui/views/window/main_window.h"
#include "ui/views/window/report.h"

#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QFileDialog>
#include <QMenu>
#include <QMenuBar>
#include <QStandardPaths>
#include <QUndoStack>

#include <cmath>

namespace tessera::ui {
namespace {

constexpr double kPresenterScale = 1.35;

} // namespace

void MainWindow::makeMenus()
{
    makeFileMenu();
    QMenu *edit = menuBar()->addMenu(tr("&Edit"));
    m_undo = edit->addAction(tr("&Undo"), QKeySequence::Undo, this, [this] { m_session.undo(); });
    m_redo = edit->addAction(tr("&Redo"), QKeySequence::Redo, this, [this] { m_session.redo(); });
    makeViewMenu();
    makeLessonMenu();
    QMenu *help = menuBar()->addMenu(tr("&Help"));
    help->addAction(tr("&About Tessera"), this, &MainWindow::about);
}

void MainWindow::makeFileMenu()
{
    QMenu *file = menuBar()->addMenu(tr("&File"));
    file->addAction(tr("&Open project…"), QKeySequence::Open, this, &MainWindow::openProject);
    file->addAction(tr("&New from checkpoint…"), QKeySequence::New, this, &MainWindow::chooseCheckpoint);
    fillImportMenu(file->addMenu(tr("&Import")));
    file->addAction(tr("Open the &demo"), this, &MainWindow::openDemo);
    file->addSeparator();
    m_report = file->addAction(tr("Export &report…"), QKeySequence("Ctrl+E"), this, &MainWindow::exportReport);
    file->addAction(m_spectraPage->keepAction());
    m_close = file->addAction(tr("&Close project"), QKeySequence::Close, this, [this] {
        m_session.close();
        showPlace(kWelcome);
    });
    file->addSeparator();
    file->addAction(tr("&Quit"), QKeySequence::Quit, this, &QWidget::close);
}

void MainWindow::makeViewMenu()
{
    QMenu *view = menuBar()->addMenu(tr("&View"));
    const QString names[] = {tr("Welcome"), tr("Library"), tr("Search"), tr("Compare"),
                             tr("Children"), tr("Jobs"), tr("Spectra")};
    for (int place = 0; place < kPlaces; ++place)
        view->addAction(names[place], QKeySequence(QStringLiteral("Ctrl+%1").arg(place + 1)), this, [this, place] {
            if (!needsProject(place) || m_session.project().isOpen())
                showPlace(place);
        });
    view->addSeparator();
    QMenu *panels = view->addMenu(tr("&Panels"));
    for (const auto &[name, page] : dockPages())
        page->fillMenu(panels->addMenu(name));
    panels->addSeparator();
    panels->addAction(tr("Put all panels back"), this, [this] {
        for (const auto &[name, page] : dockPages())
            page->restoreDefaults();
    });
    QMenu *theme = view->addMenu(tr("&Theme"));
    auto *themes = new QActionGroup(this);
    for (auto [choice, name] : {std::pair{ThemeChoice::System, tr("As the system")},
                                std::pair{ThemeChoice::Light, tr("Light")}, std::pair{ThemeChoice::Dark, tr("Dark")}}) {
        QAction *action = theme->addAction(name, this, [this, choice = choice] { setTheme(choice); });
        action->setCheckable(true);
        action->setChecked(choice == themeChoice());
        themes->addAction(action);
    }
    m_presenter = view->addAction(tr("&Large type for presenting"), QKeySequence("F11"), this,
                                  [this] { setPresenter(!m_large); });
    m_presenter->setCheckable(true);
}

void MainWindow::makeLessonMenu()
{
    QMenu *lessons = menuBar()->addMenu(tr("&Lessons"));
    const QList<Lesson> all = allLessons();
    for (const Lesson &lesson : all)
        lessons->addAction(lesson.title, this, [this, name = lesson.name] { startLesson(name); });
}

QList<QPair<QString, DockPage *>> MainWindow::dockPages() const
{
    return {{tr("Library"), m_library},
            {tr("Search"), m_searchPage},
            {tr("Compare"), m_compare->docks()},
            {tr("Pool"), m_compare->pool()},
            {tr("Children"), m_children->docks()},
            {tr("Jobs"), m_jobs},
            {tr("Spectra"), m_spectraPage->docks()}};
}

void MainWindow::startLesson(const QString &name)
{
    if (!m_session.project().isOpen() || m_session.library().isEmpty()) {
        m_lessonWanted = name;
        if (!m_session.isLoading())
            openDemo();
        return;
    }
    const QList<Lesson> all = allLessons();
    for (const Lesson &lesson : all)
        if (lesson.name == name)
            m_lesson->begin(lesson);
}

void MainWindow::openDemo()
{
    QString folder = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + "/tessera/demo";
    m_session.engine().call("project/demo", {{"folder", folder.toStdString()}}, this, [this](const Reply &reply) {
        if (reply.ok())
            m_session.open(QString::fromStdString(reply.result.at("project").get<std::string>()));
        else
            complain(reply.sentence());
    });
}

void MainWindow::setPresenter(bool large)
{
    m_presenter->setChecked(large);
    if (large == m_large)
        return;
    m_large = large;
    const double factor = large ? kPresenterScale : 1 / kPresenterScale;
    const auto all = findChildren<QWidget *>();
    QList<double> wanted;
    for (const QWidget *widget : all)
        wanted.append(widget->font().pointSizeF() * factor);
    QFont base = QApplication::font();
    base.setPointSizeF(base.pointSizeF() * factor);
    QApplication::setFont(base);
    // Widgets with a font of their own do not follow the application's, nor do those that the style sheet has polished.
    for (qsizetype i = 0; i < all.size(); ++i)
        if (wanted[i] > 0 && std::fabs(all[i]->font().pointSizeF() - wanted[i]) > 0.05) {
            QFont font = all[i]->font();
            font.setPointSizeF(wanted[i]);
            all[i]->setFont(font);
        }
}

void MainWindow::exportReport()
{
    QString path = QFileDialog::getSaveFileName(this, tr("Export report"), m_session.project().name + "-report.html",
                                                tr("Web page (*.html);;Document (*.pdf)"));
    if (path.isEmpty())
        return;
    QString why = writeReport({m_session, m_search, *m_library->map(), *m_searchPage->strip(), *m_searchPage->front(), m_children->list()}, path);
    if (!why.isEmpty())
        complain(why);
}

} // namespace tessera::ui
