// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/common/dock_page.h"

#include "engine/base/json.h"

#include <cstdint>
#include <map>

class QLabel;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;
class QVBoxLayout;

namespace tessera::ui {

class RowTableModel;
class Session;

/// What runs, how far it is and how long it takes; what was run before.
class JobsPage : public DockPage {
    Q_OBJECT
public:
    explicit JobsPage(Session &session, QWidget *parent = nullptr);
    /// Starts, or continues, the stages of the open project.
    void run();

Q_SIGNALS:
    /// For the status bar: empty where nothing runs.
    void running(const QString &sentence);

private:
    struct Job {
        QWidget *card = nullptr;
        QLabel *title = nullptr, *figures = nullptr;
        QProgressBar *bar = nullptr;
        QPushButton *cancel = nullptr;
    };
    QWidget *makeMiddle();
    QWidget *makeLog();
    void stateChanged(const Json &params);
    void progressed(const Json &params);
    void refreshHistory();
    void updateEmpty();
    Job &jobOf(std::int64_t id, const QString &method);

    Session &m_session;
    QVBoxLayout *m_cards;
    QLabel *m_idle;
    QPushButton *m_run;
    RowTableModel *m_history;
    QPlainTextEdit *m_log;
    std::map<std::int64_t, Job> m_jobs;
};

} // namespace tessera::ui
