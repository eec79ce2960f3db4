// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/spectra_answers.h"

#include <QList>
#include <QObject>
#include <QString>
#include <QStringList>

namespace tessera::ui {

class Session;

/// A network whose tangent kernel the project keeps.
struct TangentNetwork {
    TangentData spectrum;
    bool ownModel = false; ///< A checkpoint beside the parent. Otherwise it is the parent with some sub-blocks replaced.
    QStringList replaced;  ///< "3:attention=none", in order of layers; empty: the parent as it is.
    QStringList origins;   ///< Of their weights, one each; empty where a sub-block has none.
    qint64 firstSeed = 1;

    bool isParent() const { return !ownModel && replaced.isEmpty(); }
    QString title() const;
};
/// Of an answer of "spectra/get"; errors are those of answers.h.
TangentNetwork readTangentNetwork(const Json &record);

/// Whether numbers of the two may be seen side by side: the same estimator, the same probes.
bool comparable(const TangentData &a, const TangentData &b);

/// "3:attention=none" as a person reads it.
QString blockTitle(const QString &block);

/// "12.3 (11.9 – 12.8)".
QString formatBand(const BandData &band);

/// The tangent kernels of language models that the open project keeps, and the one that is being computed.
class Tangents : public QObject {
    Q_OBJECT
public:
    explicit Tangents(Session &session);

    /// Fetches what the project keeps, as far as it is not here yet; changed() follows.
    void fetch();
    bool isFetching() const { return m_waiting > 0; }
    /// In the order in which they were made.
    const QList<TangentNetwork> &kept() const { return m_kept; }

    /// The newest of the parent with these sub-blocks and weights from there (an empty origin: from anywhere), before all others one
    /// that a parent can be seen beside; -1: none.
    int find(const QStringList &replaced, const QStringList &origins) const;
    /// The newest of the parent as it is that may be seen beside this one; -1: none.
    int parentBeside(int index) const;

    /// Why nothing can be computed now; empty where it can, or where the reason is seen anyway.
    QString whyNot() const;
    bool mayCompute() const;
    /// The parent and these models.
    void computeModels(const QStringList &models);
    /// The parent with these sub-blocks, on the probes and with the seeds of the parent's newest; the parent too where none of it can
    /// be seen beside.
    void computeReplaced(const QStringList &replaced);
    void stop();
    bool isComputing() const { return m_job >= 0; }
    /// What is being computed, where it is the parent with some sub-blocks replaced.
    const QStringList &computing() const { return m_computing; }
    /// How much of it is done, as text.
    QString progress() const { return m_progress; }

Q_SIGNALS:
    /// What is kept, or whether something is being computed.
    void changed();
    void progressed();

private:
    void fetch(qint64 id);
    void fetched();
    void compute(Json params);
    void forget();

    Session &m_session;
    QList<TangentNetwork> m_kept, m_incoming;
    QStringList m_computing;
    QString m_project, m_progress;
    int m_waiting = 0, m_round = 0;
    qint64 m_job = -1;
};

} // namespace tessera::ui
