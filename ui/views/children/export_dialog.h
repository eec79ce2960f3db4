// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/answers.h"

#include <QDialog>

#include <optional>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QTableView;

namespace tessera::ui {

class RowTableModel;
class Session;
struct Reply;

/// Writes a model for the programs that run models: which of them will load it and why not, then format, numbers and place.
/// Closing it while it writes stops the writing, which leaves nothing behind.
class ExportDialog : public QDialog {
    Q_OBJECT
public:
    ExportDialog(Session &session, const QString &model, QWidget *parent = nullptr);
    void done(int result) override;

private:
    void takeVerdicts();
    void showVerdict();
    void suggestPlace();
    void browse();
    void write();
    void stopOrClose();
    void written(const Reply &reply);
    void setWriting(std::optional<std::int64_t> request);
    void tell(const QString &text, const char *role);

    Session &m_session;
    QString m_model;
    RowTableModel *m_programs;
    QTableView *m_table;
    QPlainTextEdit *m_why;
    QComboBox *m_format, *m_numbers;
    QCheckBox *m_tokenizer;
    QLineEdit *m_place;
    QPushButton *m_browse, *m_write, *m_close;
    QLabel *m_told;
    QString m_suggested;
    QList<VerdictData> m_verdicts;
    std::optional<std::int64_t> m_writing;
};

} // namespace tessera::ui
