// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/window/screenshot.h"

#include "ui/state/pool.h"
#include "ui/state/search.h"
#include "ui/state/session.h"
#include "ui/views/compare/compare_page.h"
#include "ui/views/spectra/spectra_page.h"
#include "ui/views/window/main_window.h"

#include <QCoreApplication>
#include <QPixmap>

#include <cstdio>
#include <utility>

namespace tessera::ui {
namespace {

/// The view of the Spectra workspace with a name, or -1.
int formOf(const QString &view)
{
    static const QStringList names{"spectra", "profile", "training", "data", "gallery", "models"};
    return static_cast<int>(names.indexOf(view));
}

constexpr int kPause = 50, kMostLooks = 1200,
              kCalmLooks = 4; ///< Every 50 ms, for at most a minute; four calm ones end it.

} // namespace

Screenshot::Screenshot(ScreenshotRequest request, MainWindow &window, Session &session, Search &search, bool project)
    : m_request(std::move(request)), m_window(window), m_session(session), m_search(search), m_project(project)
{
    connect(&session, &Session::complained, this, [this](const QString &sentence) { m_complaint = sentence; });
    connect(&m_timer, &QTimer::timeout, this, &Screenshot::look);
    m_timer.start(kPause);
}

int Screenshot::placeOf(const QString &view)
{
    static const QStringList names{"welcome", "library", "search", "compare", "children", "jobs", "spectra"};
    if (formOf(view) >= 0)
        return MainWindow::kSpectra;
    return view == "pool" ? MainWindow::kCompare : static_cast<int>(names.indexOf(view));
}

bool Screenshot::isReady() const
{
    if (!m_session.engine().isConnected() || !m_session.isSettled())
        return false;
    if (m_request.view == "pool" && m_arranged && (m_window.pool().isStale() || m_window.pool().isFetching()))
        return false;
    if (m_arranged && placeOf(m_request.view) == MainWindow::kSpectra && !m_window.spectraPage()->isSettled())
        return false;
    return !m_project || (m_session.project().isOpen() && !m_session.library().isEmpty() && m_search.isSettled());
}

void Screenshot::look()
{
    if (++m_looks > kMostLooks)
        return fail(1, m_complaint.isEmpty() ? tr("the window was not ready within a minute") : m_complaint);
    if (m_project && !m_complaint.isEmpty() && !m_session.project().isOpen() && !m_session.isLoading())
        return fail(1, m_complaint);
    m_calm = isReady() ? m_calm + 1 : 0;
    if (m_calm < kCalmLooks)
        return;
    if (m_arranged)
        return take();
    m_arranged = true;
    m_calm = 0;
    arrange();
}

void Screenshot::arrange()
{
    const Library &library = m_session.library();
    for (const LimitDraft &limit : std::as_const(m_request.limits)) {
        const CostKey *cost = library.findCost(limit.key.section('@', 0, 0));
        QStringList known;
        for (const CostKey &each : library.costs)
            known.append(each.key);
        if (!cost)
            return fail(2, tr("the project has no cost %1; it has %2").arg(limit.key, known.join(", ")));
        if (!limitValue(limit.value, cost->unit, library.parentTotal(cost->key)))
            return fail(2, tr("%1 is no amount of %2; one is written 70% or 12.5ms").arg(limit.value, cost->key));
    }
    m_window.showPlace(placeOf(m_request.view));
    m_window.comparePage()->setForm(m_request.view == "pool" ? ComparePage::kPool : ComparePage::kTwo);
    if (int form = formOf(m_request.view); form >= 0)
        m_window.spectraPage()->setForm(form);
    if (m_request.view == "compare") // The child without these limits is A.
        m_search.setPinned(0, m_search.solution());
    if (!m_request.limits.isEmpty()) {
        ScenarioDraft next = m_session.scenario();
        next.limits = m_request.limits;
        m_session.setScenario(next, tr("limits of the command line"));
    }
    select();
}

void Screenshot::select()
{
    if (m_request.select.isEmpty())
        return;
    const Library &library = m_session.library();
    for (int i = 0; i < library.variants.size(); ++i)
        if (layerBlock(library.variants[i].layer, library.variants[i].block()) == m_request.select)
            return m_session.setCurrentVariant(i);
    fail(2, tr("the project has no variant %1; one is written 3:ffn=width:256").arg(m_request.select));
}

void Screenshot::take()
{
    m_timer.stop();
    if (!m_window.grab().save(m_request.file, "png"))
        return fail(1, tr("%1 cannot be written").arg(m_request.file));
    QCoreApplication::exit(0);
}

void Screenshot::fail(int code, const QString &sentence)
{
    m_timer.stop();
    std::fprintf(stderr, "tessera-studio: %s\n", qPrintable(sentence));
    QCoreApplication::exit(code);
}

} // namespace tessera::ui
