// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/answers.h"

#include <QHash>
#include <QObject>
#include <QPair>
#include <QTimer>

#include <optional>

namespace tessera::ui {

class Session;

/// What the scenario leads to: the solution, and the front around it. Results are a pure function of the scenario: every
/// change asks the engine again under a higher revision, which supersedes what it still works on; until the answer comes the
/// old one is stale.
class Search : public QObject {
    Q_OBJECT
public:
    explicit Search(Session &session);

    const SolutionData &solution() const { return m_solution; }
    /// Whether the solution is not of the present scenario.
    bool isStale() const { return m_stale; }
    /// Whether it has been so for longer than a few frames: then it is shown grey. Sooner would flicker.
    bool isLate() const { return m_late; }
    /// Why the last request failed; empty where it did not.
    QString failure() const { return m_failure; }

    /// The cost on the front's x axis; a library's cost key.
    QString frontAxis() const { return m_axis; }
    void setFrontAxis(const QString &key);
    /// In ascending order of the axis.
    const QList<FrontPoint> &front() const { return m_front; }
    bool isFrontStale() const { return m_frontStale; }
    /// Baselines under the scenario's own limits.
    const QList<BaselineData> &baselines() const { return m_baselines; }
    /// Least and greatest value that the other limits leave to a limit's cost; nothing until known.
    std::optional<QPair<double, double>> reachable(const QString &key) const;

    /// Keeps the present solution in the project; its number is in solution() afterwards.
    void keep();

    /// The two solutions that are compared.
    const std::optional<SolutionData> &pinned(int which) const { return m_pinned[which]; }
    void setPinned(int which, const std::optional<SolutionData> &solution);

    bool isSettled() const;

Q_SIGNALS:
    void solutionChanged();
    void lateChanged(); ///< It became late; solutionChanged() says that it no longer is.
    void frontChanged();
    void reachableChanged();
    void pinnedChanged();

private:
    void restart();
    void solveNow();
    void take(const SolutionData &solution, bool final);
    void answered();
    void frontNow();
    void around();

    Session &m_session;
    SolutionData m_solution;
    QString m_failure, m_axis, m_frontFor, m_path;
    bool m_stale = false, m_frontStale = false, m_asking = false, m_late = false, m_final = false;
    QList<FrontPoint> m_front, m_incoming;
    QList<BaselineData> m_baselines;
    QHash<QString, QPair<double, double>> m_reachable;
    std::optional<SolutionData> m_pinned[2];
    qint64 m_revision = 0, m_frontRevision = 0;
    std::int64_t m_proof = -1; ///< The call that proves the present scenario's optimum.
    QTimer m_lateTimer, m_frontTimer, m_aroundTimer;
};

} // namespace tessera::ui
