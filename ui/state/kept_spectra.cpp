// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/state/kept_spectra.h"

#include "ui/client/reader.h"
#include "ui/state/session.h"

#include "engine/base/error.h"

#include <utility>

namespace tessera::ui {

KeptSpectra::KeptSpectra(Session &session) : QObject(&session), m_session(session)
{
    connect(&session, &Session::projectChanged, this, [this] {
        if (m_session.project().path != m_project) {
            m_project = m_session.project().path;
            m_rows.clear();
            ++m_round;
            m_waiting = 0;
        }
        Q_EMIT changed();
    });
    connect(&session.engine(), &EngineClient::died, this, [this] {
        ++m_round;
        m_waiting = 0;
        Q_EMIT changed();
    });
}

QString KeptSpectra::whyNot() const
{
    const ProjectInfo &project = m_session.project();
    if (!project.isOpen())
        return tr("Open a project to keep this in it");
    return project.writable ? QString() : project.whyReadOnly;
}

void KeptSpectra::call(const char *method, Json params, std::function<void(const Json &result)> done)
{
    ++m_waiting;
    m_session.engine().call(method, std::move(params), this, [this, round = m_round, done = std::move(done)](const Reply &reply) {
        if (round != m_round)
            return;
        --m_waiting;
        try {
            if (!reply.ok())
                throw toError(*reply.error);
            done(reply.result);
        } catch (const Error &error) {
            Q_EMIT m_session.complained(QString::fromStdString(error.what()));
        }
        Q_EMIT changed();
    });
}

void KeptSpectra::fetch()
{
    if (!m_session.project().isOpen() || !m_session.engine().isConnected())
        return;
    ++m_list;
    fetch(0, {});
}

void KeptSpectra::fetch(int from, const QList<KeptRow> &before)
{
    call("spectra/list", {{"from", from}}, [this, from, before, list = m_list](const Json &result) {
        if (list != m_list)
            return; // It has been asked for again meanwhile.
        const QString method = QStringLiteral("spectra/list");
        Reader reader(result, method);
        QList<KeptRow> rows = before;
        for (const Json &row : reader.array("rows"))
            if (KeptRow kept = readKeptRow(row, method); kept.kind != "tangent")
                rows.append(kept);
        int next = from + static_cast<int>(reader.array("rows").size());
        if (next > from && next < reader.integer("total", 0))
            return fetch(next, rows);
        m_rows = rows;
    });
}

void KeptSpectra::keep(const SpectraQuestions &questions, const Json &settings)
{
    for (const SpectraQuestion &question : questions) {
        Json params{{"method", question.method.toStdString()}, {"params", question.params}, {"settings", settings}};
        if (!question.name.isEmpty())
            params["name"] = question.name.left(100).toStdString(); // As many letters fit in any script.
        call("spectra/keep", params, [this, question](const Json &result) {
            Q_EMIT kept(question, readKeptRow(result, QStringLiteral("spectra/keep")));
            fetch();
        });
    }
    Q_EMIT changed();
}

void KeptSpectra::open(qint64 id)
{
    call("spectra/get", {{"id", id}}, [this](const Json &result) { Q_EMIT opened(readKeptSpectrum(result)); });
}

void KeptSpectra::rename(qint64 id, const QString &name)
{
    call("spectra/rename", {{"id", id}, {"name", name.left(100).toStdString()}}, [this](const Json &) { fetch(); });
}

void KeptSpectra::remove(qint64 id)
{
    call("spectra/remove", {{"id", id}}, [this, id](const Json &) {
        Q_EMIT removed(id);
        fetch();
    });
}

} // namespace tessera::ui
