// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace tessera::ui {

class Search;
class Session;
class SolutionStrip;

/// The child that the search found: its figure, how sure it is, and what it has in every layer.
class ChildPanel : public QWidget {
    Q_OBJECT
public:
    ChildPanel(Session &session, Search &search, QWidget *parent = nullptr);
    SolutionStrip *strip() const { return m_strip; }
    /// Puts what can be done with the child into a panel's heading.
    void addTools(QHBoxLayout *heading);

Q_SIGNALS:
    void realizeWanted();

private:
    void refresh();
    void showHeadline();
    QString detail() const;
    int variantAt(int layer, bool ffn) const;
    void openMenu(int layer, bool ffn, const QPoint &global);
    void pinRange(int first, int last);

    Session &m_session;
    Search &m_search;
    QLabel *m_figure, *m_metric, *m_proof, *m_detail;
    QPushButton *m_keep, *m_realize, *m_reference;
    SolutionStrip *m_strip;
};

} // namespace tessera::ui
