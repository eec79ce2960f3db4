// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/state/cloud.h"

#include "ui/state/session.h"

#include "engine/base/error.h"

#include <cmath>

namespace tessera::ui {

Cloud::Cloud(Session &session) : QObject(&session), m_session(session)
{
    connect(&session, &Session::libraryChanged, this, [this] {
        m_for.clear();
        ask(m_axis, m_total);
    });
}

void Cloud::ask(const QString &axis, int total)
{
    m_axis = axis;
    m_total = total;
    const Library &library = m_session.library();
    QString wanted =
        total > 0 && library.findCost(axis) ? axis + " " + library.hash + " " + QString::number(total) : QString();
    if (wanted == m_for && (!wanted.isEmpty() || !m_points))
        return;
    m_for = wanted;
    ++m_number;
    m_points = nullptr;
    m_fetching = !wanted.isEmpty();
    Q_EMIT changed();
    if (m_fetching)
        fetch(std::make_shared<QList<QPointF>>());
}

void Cloud::fetch(const std::shared_ptr<QList<QPointF>> &points)
{
    int number = m_number;
    Json params{{"axes", {m_axis.toStdString()}}, {"from", static_cast<int>(points->size())}, {"total", m_total}};
    m_session.engine().call("sample", params, this, [this, number, points](const Reply &reply) {
        if (number != m_number)
            return;
        try {
            if (!reply.ok())
                throw toError(*reply.error);
            BulkPage page = readBulk(reply.result, "sample");
            if (page.columns != 2)
                throw badInput("the engine's answer to sample has not two columns");
            for (int row = 0; row < page.rows; ++row)
                points->append({page.values[2 * row + 1], page.values[2 * row]});
            if (page.rows > 0 && points->size() < m_total)
                return fetch(points);
        } catch (const Error &error) {
            Q_EMIT m_session.complained(QString::fromStdString(error.what()));
        }
        m_fetching = false;
        m_points = points;
        Q_EMIT changed();
    });
}

} // namespace tessera::ui
