// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/state/pool.h"

#include "ui/state/session.h"

#include "engine/base/error.h"

#include <algorithm>

namespace tessera::ui {
namespace {

constexpr int kMost = 10000;

} // namespace

Pool::Pool(Session &session) : QObject(&session), m_session(session)
{
    auto stale = [this] {
        m_stale = true;
        Q_EMIT changed();
    };
    connect(&session, &Session::scenarioChanged, this, stale);
    connect(&session, &Session::libraryChanged, this, stale);
    connect(&session, &Session::projectChanged, this, [this] {
        QString path = m_session.project().path;
        if (path != m_path)
            forget();
        m_path = path;
    });
    connect(&session.engine(), &EngineClient::connected, this, [this] { m_request = -1; });
}

void Pool::forget()
{
    ++m_revision;
    m_solutions.clear();
    m_failure.clear();
    m_complete = false;
    m_stale = true;
    m_request = -1;
    setCurrent(-1);
    Q_EMIT changed();
}

void Pool::ask(int count, int distance)
{
    m_count = std::clamp(count, 1, kMost);
    m_distance = std::max(1, distance);
    m_stale = true;
    fetch();
}

void Pool::fetch()
{
    if (m_session.library().isEmpty() || !m_session.engine().isConnected())
        return;
    qint64 revision = ++m_revision;
    m_incoming.clear();
    m_stale = false;
    m_failure.clear();
    Json params{
        {"revision", revision}, {"scenario", toJson(m_session.scenario())}, {"k", m_count}, {"distance", m_distance}};
    m_request = m_session.engine().call(
        "pool", params, this,
        [this, revision](const Reply &reply) {
            if (revision != m_revision)
                return;
            m_request = -1;
            if (reply.ok()) {
                m_complete = boolOr(reply.result, "complete", false, "pool");
                m_solutions = m_incoming;
            } else {
                m_solutions.clear();
                m_failure = reply.interrupted() ? tr("Stopped before the pool was complete.") : reply.sentence();
            }
            setCurrent(-1);
            Q_EMIT changed();
        },
        [this, revision](const Json &item) {
            if (revision != m_revision)
                return;
            try {
                m_incoming.append(readSolution(item, "pool"));
            } catch (const Error &error) {
                Q_EMIT m_session.complained(QString::fromStdString(error.what()));
            }
        });
    Q_EMIT changed();
}

void Pool::cancel()
{
    if (m_request >= 0)
        m_session.engine().cancel(m_request);
}

void Pool::setCurrent(int index)
{
    index = index < m_solutions.size() ? index : -1;
    if (index == m_current)
        return;
    m_current = index;
    Q_EMIT currentChanged();
}

} // namespace tessera::ui
