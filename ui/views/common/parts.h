// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/icons.h"
#include "ui/theme/tokens.h"

#include <QAbstractItemModel>
#include <QButtonGroup>
#include <QFrame>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace tessera::ui {

class PlotView;
class Session;

// What every page is put together from; spacing and type come from here, so that pages cannot drift apart.

/// Plain text, never interpreted; role as in the style sheet ("muted", "caption", "error", or null).
QLabel *makeLabel(const QString &text, Type type = Type::Body, const char *role = nullptr);
/// A surface with a border. With a title it has a heading row; tools are added to headingOf(panel).
QFrame *makePanel(const QString &title, QVBoxLayout **content);
QHBoxLayout *headingOf(QFrame *panel);
QPushButton *makeButton(const QString &text, const char *role = nullptr);
/// The button opens a menu, and has room for the arrow that says so.
void letOpen(QPushButton *button, QMenu *menu);
QToolButton *makeIconButton(Icon icon, const QString &name);
QFrame *makeLine();
/// Gives a label another role of the style sheet.
void setRole(QLabel *label, const char *role);

/// A table as all of Tessera's are: whole rows, no grid, sortable.
QTableView *makeTable(QAbstractItemModel *model, const QString &name, bool sortable = true);

/// A page without content: what this place is for, and what to do next.
class EmptyState : public QWidget {
    Q_OBJECT
public:
    EmptyState(Icon icon, const QString &title, const QString &text, QWidget *parent = nullptr);
    /// A button below the text.
    QPushButton *addAction(const QString &text, bool primary);
    /// For narrow places; the text is as high as it needs to be.
    void setTextWidth(int width);

protected:
    void changeEvent(QEvent *event) override;

private:
    QLabel *m_sign, *m_text;
    QHBoxLayout *m_actions;
    Icon m_icon;
};

/// Buttons side by side of which one is down.
class Segments : public QWidget {
    Q_OBJECT
public:
    explicit Segments(const QStringList &names, const QString &accessibleName, QWidget *parent = nullptr);
    int current() const { return m_group->checkedId(); }
    void setCurrent(int index);

Q_SIGNALS:
    void currentChanged(int index);

private:
    QButtonGroup *m_group;
};

/// Draws a thin bar below a cell's text where the model has a share.
class BarDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

/// Asks for a path and writes the plot there, with where it comes from inside; complaints become the session's.
void exportPlot(PlotView *view, Session &session, const QString &name);
/// The same for a table.
void exportRows(const QAbstractItemModel *model, Session &session, QWidget *parent, const QString &name);

} // namespace tessera::ui
