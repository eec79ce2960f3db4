// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/answers.h"

#include <QObject>

namespace tessera::ui {

class Session;

/// The best children under the scenario, the best first, as many as were asked for. They are fetched when somebody looks at
/// them; a changed scenario makes them stale.
class Pool : public QObject {
    Q_OBJECT
public:
    explicit Pool(Session &session);

    const QList<SolutionData> &solutions() const { return m_solutions; }
    /// There are no further children than these.
    bool isComplete() const { return m_complete; }
    bool isStale() const { return m_stale; }
    bool isFetching() const { return m_request >= 0; }
    QString failure() const { return m_failure; }
    int count() const { return m_count; }
    int distance() const { return m_distance; }
    /// 1 to 10,000 children that differ in at least distance layers; fetched at once.
    void ask(int count, int distance);
    void fetch();
    void cancel();

    /// The child that is selected in all views; -1: none.
    int current() const { return m_current; }
    void setCurrent(int index);

Q_SIGNALS:
    void changed();
    void currentChanged();

private:
    void forget();

    Session &m_session;
    QList<SolutionData> m_solutions, m_incoming;
    QString m_failure, m_path;
    int m_count = 60, m_distance = 1, m_current = -1;
    bool m_complete = false, m_stale = true;
    qint64 m_revision = 0, m_request = -1;
};

} // namespace tessera::ui
