// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QPushButton;
class QStackedWidget;
class QTableView;

namespace tessera::ui {

class EmptyState;
class KeptSpectra;
class RowTableModel;
class Session;

/// What the project keeps of the answers about kernels: seen again, named, given up.
class KeptForm : public QWidget {
    Q_OBJECT
public:
    KeptForm(Session &session, KeptSpectra &kept, QWidget *parent = nullptr);
    RowTableModel *rows() const { return m_rows; }
    QTableView *table() const { return m_table; }

protected:
    void showEvent(QShowEvent *event) override;

private:
    QWidget *makeList();
    void showAll();
    void showButtons();
    /// The id of the row under the cursor; -1: none.
    qint64 current() const;
    QString currentName() const;
    void open();
    void askName();
    void askRemoval();

    Session &m_session;
    KeptSpectra &m_kept;
    QStackedWidget *m_pages;
    RowTableModel *m_rows = nullptr;
    QTableView *m_table = nullptr;
    QPushButton *m_open = nullptr, *m_rename = nullptr, *m_remove = nullptr;
};

} // namespace tessera::ui
