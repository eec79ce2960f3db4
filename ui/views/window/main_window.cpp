// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/window/main_window.h"

#include "ui/state/pool.h"
#include "ui/state/search.h"
#include "ui/state/session.h"
#include "ui/state/spectra.h"
#include "ui/state/tangents.h"
#include "ui/state/text.h"
#include "ui/views/children/children_page.h"
#include "ui/views/common/parts.h"
#include "ui/views/compare/compare_page.h"
#include "ui/views/jobs/jobs_page.h"
#include "ui/views/lessons/lesson_panel.h"
#include "ui/views/library/library_page.h"
#include "ui/views/search/search_page.h"
#include "ui/views/spectra/spectra_memory.h"
#include "ui/views/spectra/spectra_page.h"
#include "ui/views/welcome/welcome_page.h"
#include "ui/views/window/navigation_rail.h"
#include "ui/views/window/page_area.h"

#include <QAccessible>
#include <QApplication>
#include <QCloseEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QMimeData>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>

#include <utility>

namespace tessera::ui {
namespace {

constexpr int kMostRecent = 10;

} // namespace

MainWindow::MainWindow(Session &session, Search &search, QWidget *parent)
    : QMainWindow(parent), m_session(session), m_search(search)
{
    setAcceptDrops(true);
    resize(1280, 800);
    setMinimumSize(1024, 640);
    auto *central = new QWidget;
    auto *row = new QHBoxLayout(central);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    m_rail = new NavigationRail;
    m_rail->addPlace(Icon::Home, tr("Welcome"), QKeySequence("Ctrl+1"));
    m_rail->addPlace(Icon::Library, tr("Library"), QKeySequence("Ctrl+2"));
    m_rail->addPlace(Icon::Search, tr("Search"), QKeySequence("Ctrl+3"));
    m_rail->addPlace(Icon::Compare, tr("Compare"), QKeySequence("Ctrl+4"));
    m_rail->addPlace(Icon::Children, tr("Children"), QKeySequence("Ctrl+5"));
    m_rail->addPlace(Icon::Jobs, tr("Jobs"), QKeySequence("Ctrl+6"));
    m_rail->addPlace(Icon::Spectra, tr("Spectra"), QKeySequence("Ctrl+7"));
    row->addWidget(m_rail);
    m_pages = new QStackedWidget;
    row->addWidget(m_pages, 1);
    setCentralWidget(central);
    m_welcome = new WelcomePage(session);
    auto *tangents = new Tangents(session);
    m_library = new LibraryPage(session, search, *tangents);
    m_pool = new Pool(session);
    m_searchPage = new SearchPage(session, search, *m_pool);
    m_compare = new ComparePage(session, search, *m_pool);
    m_children = new ChildrenPage(session, search);
    m_jobs = new JobsPage(session);
    m_spectra = new Spectra(session);
    m_spectraPage = new SpectraPage(session, *m_spectra, *tangents);
    for (QWidget *page :
         std::initializer_list<QWidget *>{m_welcome, m_library, m_searchPage, m_compare, m_children, m_jobs,
                                              m_spectraPage}) {
        page->setAccessibleName(m_rail->nameOf(m_pages->count()));
        m_pages->addWidget(new PageArea(page));
    }
    m_lesson = new LessonPanel(*this);
    addDockWidget(Qt::RightDockWidgetArea, m_lesson);
    m_lesson->hide();
    makeMenus();
    makeStatusBar();

    connect(m_rail, &NavigationRail::currentChanged, this, &MainWindow::showPlace);
    connect(m_welcome, &WelcomePage::openWanted, this, &MainWindow::openProject);
    connect(m_welcome, &WelcomePage::newWanted, this, &MainWindow::chooseCheckpoint);
    connect(m_welcome, &WelcomePage::lessonWanted, this, &MainWindow::startLesson);
    connect(m_welcome, &WelcomePage::demoWanted, this, &MainWindow::openDemo);
    connect(m_lesson, &LessonPanel::presenterWanted, this, &MainWindow::setPresenter);
    connect(m_compare, &ComparePage::searchWanted, this, [this] { showPlace(kSearch); });
    fillImportMenu(m_welcome->importMenu());
    connect(m_welcome, &WelcomePage::projectChosen, this, &MainWindow::openPath);
    connect(m_searchPage, &SearchPage::realizeWanted, this, [this] {
        showPlace(kChildren);
        m_children->realize();
    });
    connect(m_children, &ChildrenPage::searchWanted, this, [this] { showPlace(kSearch); });
    connect(m_jobs, &JobsPage::running, m_jobLabel, &QLabel::setText);
    connect(&session, &Session::projectChanged, this, &MainWindow::projectChanged);
    connect(&session, &Session::undoChanged, this, &MainWindow::undoChanged);
    connect(&session, &Session::complained, this, &MainWindow::complain);
    connect(&session, &Session::engineStateChanged, this, [this](const QString &sentence, bool alive) {
        m_engineLabel->setText(sentence);
        if (alive && m_remembers)
            m_welcome->setRecent(recent());
    });
    projectChanged();
    undoChanged();
    showPlace(kWelcome);
}

void MainWindow::makeStatusBar()
{
    statusBar()->setSizeGripEnabled(false);
    m_complaint = makeLabel({}, Type::Body, "error");
    m_complaint->setAccessibleName(tr("Message"));
    m_projectLabel = makeLabel({}, Type::Caption, "muted");
    m_jobLabel = makeLabel({}, Type::Caption, "muted");
    m_engineLabel = makeLabel({}, Type::Caption, "muted");
    m_complaint->setContentsMargins(kSpaceS, 0, 0, 0);
    m_engineLabel->setContentsMargins(0, 0, kSpaceM, 0);
    statusBar()->addWidget(m_complaint, 1);
    for (QLabel *label : {m_jobLabel, m_projectLabel, m_engineLabel}) {
        label->setMinimumHeight(kControlHeight - kSpaceXs);
        statusBar()->addPermanentWidget(label);
    }
}

int MainWindow::place() const { return m_pages->currentIndex(); }

void MainWindow::showPlace(int place)
{
    m_pages->setCurrentIndex(place);
    m_rail->setCurrent(place);
    static_cast<PageArea *>(m_pages->currentWidget())->widget()->setFocus();
}

void MainWindow::projectChanged()
{
    const ProjectInfo &project = m_session.project();
    bool open = project.isOpen();
    setWindowTitle(open ? project.name + QStringLiteral(" – Tessera Studio") : QStringLiteral("Tessera Studio"));
    for (int place = kLibrary; place < kPlaces; ++place)
        m_rail->setPlaceEnabled(place, open || !needsProject(place));
    m_close->setEnabled(open);
    m_report->setEnabled(open);
    if (!m_lessonWanted.isEmpty() && open && !m_session.isLoading() && !m_session.library().isEmpty())
        QMetaObject::invokeMethod(
            this, [this] { startLesson(std::exchange(m_lessonWanted, {})); }, Qt::QueuedConnection);
    QStringList facts;
    if (open) {
        facts.append(project.name + (project.writable ? QString() : " (" + tr("read only") + ")"));
        if (!project.device.isEmpty())
            facts.append(project.device + (project.dtype.isEmpty() ? QString() : ", " + project.dtype));
    }
    m_projectLabel->setText(m_session.isLoading() ? tr("opening…") : facts.join(QStringLiteral(" · ")));
    m_projectLabel->setToolTip(project.whyReadOnly.isEmpty() ? project.path : project.whyReadOnly);
    if (open && project.path != m_shown) {
        m_complaint->clear();
        remember(project.path);
        if (place() == kWelcome)
            showPlace(project.scored > 0 ? kSearch : kLibrary);
    }
    m_shown = project.path;
}

void MainWindow::undoChanged()
{
    QUndoStack &stack = m_session.undoStack();
    m_undo->setEnabled(m_session.canUndo());
    m_redo->setEnabled(stack.canRedo());
    m_undo->setText(stack.canUndo() ? tr("&Undo %1").arg(stack.undoText()) : tr("&Undo"));
    m_redo->setText(stack.canRedo() ? tr("&Redo %1").arg(stack.redoText()) : tr("&Redo"));
}

void MainWindow::complain(const QString &sentence)
{
    m_complaint->setText(m_complaint->fontMetrics().elidedText(sentence, Qt::ElideRight, std::max(200, width() - 520)));
    m_complaint->setToolTip(sentence);
    QAccessibleEvent event(m_complaint, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

void MainWindow::openProject()
{
    QString path = QFileDialog::getOpenFileName(this, tr("Open project"), {}, tr("Tessera projects (*.tessera)"));
    if (!path.isEmpty())
        openPath(path);
}

void MainWindow::openPath(const QString &path)
{
    QFileInfo info(path);
    if (info.isDir() || path.endsWith(".gguf"))
        newProject(path);
    else
        m_session.open(info.absoluteFilePath());
}

void MainWindow::setTheme(ThemeChoice choice)
{
    applyTheme(choice);
    if (m_remembers)
        QSettings().setValue("theme", toString(choice));
    // Pictures with colours in them are made anew.
    Q_EMIT m_session.scenarioChanged();
}

void MainWindow::setRemembers(bool remembers)
{
    m_remembers = remembers;
    m_spectraPage->memory().setRemembers(remembers);
    if (!remembers)
        return;
    QSettings settings;
    restoreGeometry(settings.value("window/geometry").toByteArray());
    for (const auto &[name, page] : dockPages())
        page->restore();
    m_welcome->setRecent(recent());
}

QStringList MainWindow::recent() const { return QSettings().value("recent").toStringList(); }

void MainWindow::remember(const QString &path)
{
    if (!m_remembers)
        return;
    QStringList paths = recent();
    paths.removeAll(path);
    paths.prepend(path);
    QSettings().setValue("recent", paths.mid(0, kMostRecent));
    m_welcome->setRecent(recent());
}

void MainWindow::about()
{
    auto *box = new QMessageBox(
        QMessageBox::NoIcon, tr("About Tessera"),
        tr("Tessera Studio %1\nEngine %2\nQt %3\n\nGPL-3.0-or-later; the engine is Apache-2.0.")
            .arg(QApplication::applicationVersion(), m_session.engine().version(), QString::fromLatin1(qVersion())),
        QMessageBox::Ok, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->open();
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    m_session.endDrag();
    m_spectraPage->memory().flush();
    if (m_remembers) {
        QSettings().setValue("window/geometry", saveGeometry());
        for (const auto &[name, page] : dockPages())
            page->remember();
    }
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasUrls() && event->mimeData()->urls().first().isLocalFile())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    event->acceptProposedAction();
    openPath(event->mimeData()->urls().first().toLocalFile());
}

} // namespace tessera::ui
