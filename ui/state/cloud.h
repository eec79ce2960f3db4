// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QObject>
#include <QPointF>
#include <QString>

#include <memory>

namespace tessera::ui {

class Session;

/// Children drawn at random, as points of a cost and the project's own objective: how rare what the search finds is. Fetched
/// in pieces, so that it never keeps the engine from what the user waits for.
class Cloud : public QObject {
    Q_OBJECT
public:
    explicit Cloud(Session &session);
    /// Nothing until all of it is there, or where it was not asked for.
    const std::shared_ptr<const QList<QPointF>> &points() const { return m_points; }
    int total() const { return m_total; }
    bool isFetching() const { return m_fetching; }
    /// For another axis or number they are fetched again; total 0 forgets them.
    void ask(const QString &axis, int total);

Q_SIGNALS:
    void changed();

private:
    void fetch(const std::shared_ptr<QList<QPointF>> &points);

    Session &m_session;
    std::shared_ptr<const QList<QPointF>> m_points;
    QString m_axis, m_for;
    int m_total = 0, m_number = 0;
    bool m_fetching = false;
};

} // namespace tessera::ui
