// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/state/search.h"

#include "ui/state/session.h"

#include "engine/base/error.h"

#include <algorithm>

namespace tessera::ui {
namespace {

constexpr int kLate = 40;                            ///< ms that an answer may take before what it replaces turns grey.
constexpr int kFrontPause = 200, kAroundPause = 120; ///< ms of rest before the slower questions are asked.
constexpr int kFrontPoints = 32;

} // namespace

Search::Search(Session &session) : QObject(&session), m_session(session)
{
    for (QTimer *timer : {&m_lateTimer, &m_frontTimer, &m_aroundTimer})
        timer->setSingleShot(true);
    m_lateTimer.setInterval(kLate);
    m_frontTimer.setInterval(kFrontPause);
    m_aroundTimer.setInterval(kAroundPause);
    connect(&m_lateTimer, &QTimer::timeout, this, [this] {
        m_late = true;
        Q_EMIT lateChanged();
    });
    connect(&m_frontTimer, &QTimer::timeout, this, &Search::frontNow);
    connect(&m_aroundTimer, &QTimer::timeout, this, &Search::around);
    connect(&session, &Session::scenarioChanged, this, &Search::restart);
    connect(&session, &Session::libraryChanged, this, [this] {
        const Library &library = m_session.library();
        m_frontFor.clear();
        if (!library.findCost(m_axis)) {
            m_axis = library.findCost("runtime") || library.costs.isEmpty() ? QStringLiteral("runtime")
                                                                            : library.costs.first().key;
            m_front.clear();
        }
    });
    connect(&session, &Session::projectChanged, this, [this] {
        QString path = m_session.project().path;
        if (path == m_path)
            return;
        m_path = path;
        m_solution = {};
        m_front.clear();
        m_baselines.clear();
        m_pinned[0] = m_pinned[1] = std::nullopt;
        Q_EMIT solutionChanged();
        Q_EMIT frontChanged();
    });
    connect(&session.engine(), &EngineClient::died, this, [this] { m_frontFor.clear(); });
}

bool Search::isSettled() const
{
    return !m_asking && !m_frontTimer.isActive() && !m_aroundTimer.isActive() && !m_stale && !m_frontStale;
}

void Search::restart()
{
    if (m_session.library().isEmpty())
        return;
    m_stale = true;
    if (!m_late && !m_lateTimer.isActive())
        m_lateTimer.start();
    if (!m_asking) {
        m_asking = true;
        // Comes before the window is painted, unlike a timer: the engine works meanwhile.
        QMetaObject::invokeMethod(this, &Search::solveNow, Qt::QueuedConnection);
    }
    m_frontTimer.start();
    m_aroundTimer.start();
}

void Search::solveNow()
{
    qint64 revision = ++m_revision;
    m_asking = m_final = false;
    Json params{{"revision", revision}, {"scenario", toJson(m_session.scenario())}};
    auto onSolution = [this, revision](const Reply &reply, const char *method, bool final) {
        if (revision != m_revision || reply.superseded() || reply.interrupted())
            return;
        try {
            if (!reply.ok())
                throw toError(*reply.error);
            take(readSolution(reply.result, method), final);
        } catch (const Error &error) {
            if (!final)
                return;
            m_failure = QString::fromStdString(error.what());
            answered();
        }
    };
    m_session.engine().call("preview", params, this,
                            [onSolution](const Reply &reply) { onSolution(reply, "preview", false); });
    m_proof = m_session.engine().call("solve", params, this,
                                      [onSolution](const Reply &reply) { onSolution(reply, "solve", true); });
}

void Search::take(const SolutionData &solution, bool final)
{
    if (m_final)
        return;
    if (!final && !solution.found())
        return; // The proof says why.
    // A preview that is proved leaves nothing to solve.
    m_final = final || solution.proved();
    if (m_final && !final)
        m_session.engine().cancel(m_proof);
    m_solution = solution;
    m_failure.clear();
    answered();
}

void Search::answered()
{
    m_stale = m_late = false;
    m_lateTimer.stop();
    Q_EMIT solutionChanged();
}

void Search::setFrontAxis(const QString &key)
{
    if (key == m_axis || key.isEmpty())
        return;
    m_axis = key;
    m_front.clear();
    m_frontFor.clear();
    Q_EMIT frontChanged();
    frontNow();
}

void Search::frontNow()
{
    const Library &library = m_session.library();
    if (!library.findCost(m_axis))
        return;
    // The limits on the axis itself only mark a place on the front: dragging one of them leaves the front as it is.
    ScenarioDraft scenario = m_session.scenario();
    erase_if(scenario.limits, [this](const LimitDraft &limit) { return limit.key == m_axis && !limit.atLeast; });
    Json params{{"scenario", toJson(scenario)},
                {"axes", {m_axis.toStdString()}},
                {"points", kFrontPoints},
                {"baselines", true}};
    QString question = QString::fromStdString(params.dump()) + library.hash;
    if (question == m_frontFor)
        return;
    m_frontFor = question;
    m_frontStale = true;
    m_incoming.clear();
    qint64 revision = ++m_frontRevision;
    params["revision"] = revision;
    params["store"] = m_session.mayStore() && scenario.limits.isEmpty();
    Q_EMIT frontChanged();
    m_session.engine().call(
        "front", params, this,
        [this, revision](const Reply &reply) {
            if (revision != m_frontRevision || reply.superseded())
                return;
            m_frontStale = false;
            if (!reply.ok())
                m_frontFor.clear();
            m_front = m_incoming;
            std::sort(m_front.begin(), m_front.end(), [this](const FrontPoint &a, const FrontPoint &b) {
                return a.costs.value(m_axis, 0) < b.costs.value(m_axis, 0);
            });
            Q_EMIT frontChanged();
        },
        [this, revision](const Json &item) {
            if (revision != m_frontRevision)
                return;
            try {
                m_incoming.append(readFrontPoint(item, "front"));
            } catch (const Error &error) {
                Q_EMIT m_session.complained(QString::fromStdString(error.what()));
            }
        });
}

void Search::around()
{
    qint64 revision = m_revision;
    m_session.engine().call("baselines", {{"revision", revision}, {"scenario", toJson(m_session.scenario())}}, this,
                            [this, revision](const Reply &reply) {
                                if (revision != m_revision || reply.superseded())
                                    return;
                                m_baselines.clear();
                                try {
                                    // Baselines come as points of the front do.
                                    if (reply.ok())
                                        m_baselines = readFrontPoint(reply.result, "baselines").baselines;
                                } catch (const Error &error) {
                                    Q_EMIT m_session.complained(QString::fromStdString(error.what()));
                                }
                                Q_EMIT frontChanged();
                            });
    for (const LimitDraft &limit : m_session.scenario().limits) {
        QString key = limit.key;
        m_session.engine().call(
            "reachable",
            {{"revision", revision}, {"scenario", toJson(m_session.scenario())}, {"limit", key.toStdString()}}, this,
            [this, revision, key](const Reply &reply) {
                if (revision != m_revision || !reply.ok())
                    return;
                const Json least = reply.result.value("least", Json()),
                           greatest = reply.result.value("greatest", Json());
                if (least.is_number() && greatest.is_number())
                    m_reachable.insert(key, {least.get<double>(), greatest.get<double>()});
                else
                    m_reachable.remove(key);
                Q_EMIT reachableChanged();
            });
    }
}

std::optional<QPair<double, double>> Search::reachable(const QString &key) const
{
    auto found = m_reachable.constFind(key);
    return found == m_reachable.constEnd() ? std::nullopt : std::optional(*found);
}

void Search::keep()
{
    m_session.engine().call(
        "solve", {{"scenario", toJson(m_session.scenario())}, {"store", true}}, this, [this](const Reply &reply) {
            try {
                if (!reply.ok())
                    throw toError(*reply.error);
                SolutionData stored = readSolution(reply.result, "solve");
                if (stored.id < 0)
                    throw failed(
                        tr("The solution was not stored: %1").arg(m_session.project().whyReadOnly).toStdString());
                m_solution.id = stored.id;
                Q_EMIT solutionChanged();
            } catch (const Error &error) {
                Q_EMIT m_session.complained(QString::fromStdString(error.what()));
            }
        });
}

void Search::setPinned(int which, const std::optional<SolutionData> &solution)
{
    m_pinned[which] = solution;
    Q_EMIT pinnedChanged();
}

} // namespace tessera::ui
