// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/answers.h"

#include <QWidget>

#include <optional>

class QFrame;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace tessera::ui {

class DockPage;
class Pool;
class PoolPanel;
class RowTableModel;
class Search;
class Segments;
class Session;
class SolutionStrip;

/// Two children side by side, layer by layer, and what the change costs; or the pool of the best ones.
class ComparePage : public QWidget {
    Q_OBJECT
public:
    enum Form { kTwo, kPool };

    ComparePage(Session &session, Search &search, Pool &pool, QWidget *parent = nullptr);
    void setForm(int form);
    SolutionStrip *strip(int which) const { return m_sides[which].strip; }
    RowTableModel *layers() const { return m_layers; }
    PoolPanel *pool() const { return m_pool; }
    DockPage *docks() const { return m_docks; }

Q_SIGNALS:
    void searchWanted();

protected:
    void showEvent(QShowEvent *event) override;

private:
    struct Side {
        QLabel *figure = nullptr, *what = nullptr;
        QPushButton *take = nullptr, *clear = nullptr;
        SolutionStrip *strip = nullptr;
    };
    void makeTwo();
    QFrame *makeSide(int which);
    /// What stands on a side: what was pinned there, and on B where nothing was, the present solution.
    std::optional<SolutionData> shown(int which) const;
    void refresh();
    void showSide(int which, const SolutionData &solution, const SolutionData &other);
    void showLayers(const SolutionData &a, const SolutionData &b);
    void showCosts(const SolutionData &a, const SolutionData &b);
    QString sentence(const SolutionData &a, const SolutionData &b) const;

    Session &m_session;
    Search &m_search;
    Segments *m_form;
    QStackedWidget *m_forms, *m_two, *m_differences;
    DockPage *m_docks;
    Side m_sides[2];
    QLabel *m_sentence;
    RowTableModel *m_layers, *m_costs;
    QTableView *m_layerTable, *m_costTable;
    PoolPanel *m_pool;
};

} // namespace tessera::ui
