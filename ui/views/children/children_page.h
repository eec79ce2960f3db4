// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/answers.h"
#include "ui/client/distill_answers.h"

#include <QHash>
#include <QPointer>
#include <QWidget>

class QFrame;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace tessera::ui {

class ChildFigures;
class DistillDialog;
class DockPage;
class RowTableModel;
class Search;
class Session;

/// Children that were made: predicted against measured, and their words beside the parent's.
class ChildrenPage : public QWidget {
    Q_OBJECT
public:
    ChildrenPage(Session &session, Search &search, QWidget *parent = nullptr);
    /// Asks for a folder and makes the present solution a checkpoint there.
    void realize();
    /// The children as a table.
    const RowTableModel *list() const { return m_list; }
    DockPage *docks() const { return m_docks; }

Q_SIGNALS:
    void searchWanted();

private:
    QFrame *makeList();
    QWidget *makeWords();
    void refresh();
    void showChild(int index);
    void evaluate();
    void distill();
    void exportChild();
    void generate();
    int current() const;
    void ask(const QString &model, QPlainTextEdit *into);

    Session &m_session;
    Search &m_search;
    QStackedWidget *m_pages;
    DockPage *m_docks;
    RowTableModel *m_list;
    QTableView *m_table;
    ChildFigures *m_figures;
    QPushButton *m_realize, *m_evaluate, *m_distill, *m_export, *m_generate;
    QLineEdit *m_prompt;
    QPlainTextEdit *m_parentText, *m_childText;
    QList<ChildData> m_children;
    QHash<qint64, DistilledData> m_distilled; ///< Those of them that were, by id.
    bool m_showsNewest = false; ///< As soon as the list has it.
    QHash<QString, QPointer<DistillDialog>> m_distilling; ///< By the child's path; those that run in the background too.
};

} // namespace tessera::ui
