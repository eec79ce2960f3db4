// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/kept_answers.h"
#include "ui/state/spectra_question.h"

#include <QObject>

#include <functional>

namespace tessera::ui {

class Session;

/// The answers about kernels that the open project keeps, whoever asked. Those about language models are in Tangents.
class KeptSpectra : public QObject {
    Q_OBJECT
public:
    explicit KeptSpectra(Session &session);

    /// Reads the list again; changed() follows.
    void fetch();
    /// In the order in which they were kept.
    const QList<KeptRow> &rows() const { return m_rows; }
    bool isSettled() const { return m_waiting == 0; }

    /// Why nothing can be kept now; empty where it can.
    QString whyNot() const;
    /// Keeps what these questions were answered, each as one; kept() follows for those that are.
    void keep(const SpectraQuestions &questions, const Json &settings);
    /// Fetches one whole; opened() follows.
    void open(qint64 id);
    void rename(qint64 id, const QString &name);
    void remove(qint64 id);

Q_SIGNALS:
    void changed();
    void kept(const tessera::ui::SpectraQuestion &question, const tessera::ui::KeptRow &row);
    void opened(const tessera::ui::KeptSpectrum &spectrum);
    void removed(qint64 id);

private:
    void fetch(int from, const QList<KeptRow> &before);
    /// A request about the present project; done gets its result, the user what it complains of.
    void call(const char *method, Json params, std::function<void(const Json &result)> done);

    Session &m_session;
    QList<KeptRow> m_rows;
    QString m_project;
    int m_waiting = 0, m_round = 0, m_list = 0;
};

} // namespace tessera::ui
