// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/answers.h"

#include <QWidget>

class QGridLayout;
class QLabel;
class QMenu;

namespace tessera::ui {

class Session;

/// The start: what was open lately, with a picture of its last front, and the ways to something new.
class WelcomePage : public QWidget {
    Q_OBJECT
public:
    explicit WelcomePage(Session &session, QWidget *parent = nullptr);
    /// Recent projects are paths, the latest first; those that are gone are left out.
    void setRecent(const QStringList &paths);
    /// Where the window puts the formats that it can import.
    QMenu *importMenu() const { return m_import; }

Q_SIGNALS:
    void openWanted();
    void newWanted();
    void demoWanted();
    void lessonWanted(const QString &name);
    void projectChosen(const QString &path);

private:
    void peek(int index);
    void showCards();

    Session &m_session;
    QList<ProjectPeek> m_recent;
    QGridLayout *m_cards;
    QLabel *m_none;
    QMenu *m_import;
    int m_round = 0;
};

} // namespace tessera::ui
