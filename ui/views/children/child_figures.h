// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/answers.h"
#include "ui/client/distill_answers.h"

#include <QHBoxLayout>
#include <QWidget>

class QLabel;
class QStackedWidget;

namespace tessera::ui {

class RowTableModel;
class Segments;

/// What is known of one child: its figures as predicted and as measured; of a distilled one also those before and after.
class ChildFigures : public QWidget {
    Q_OBJECT
public:
    explicit ChildFigures(QWidget *parent = nullptr);
    void addTools(QHBoxLayout *heading);
    /// No child.
    void clear();
    void setChild(const ChildData &child, const Library &library);
    /// A child that was distilled. before: the child that it was; null where that is not known.
    void setDistilled(const ChildData &child, const DistilledData &distilled, const ChildData *before, const Library &library);

Q_SIGNALS:
    /// The table that is shown, and a name for its file.
    void exportWanted(const RowTableModel *table, const QString &name);

private:
    void showHead(const QString &path, bool distilled);
    void showDistillation(const ChildData &child, const DistilledData &distilled, const ChildData *before);

    QLabel *m_title, *m_path, *m_origin;
    Segments *m_which;
    QStackedWidget *m_tables;
    RowTableModel *m_prediction, *m_distillation;
};

} // namespace tessera::ui
