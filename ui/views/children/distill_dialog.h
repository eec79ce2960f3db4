// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/distill_answers.h"

#include <QDialog>

#include <optional>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace tessera::ui {

class Session;
struct Reply;

/// Orders the global distillation of a child: how long, by which losses, what of it is trained, and where the new child goes; or goes on
/// with one that was interrupted. Closing it while it runs leaves the job running; then it deletes itself when the job has ended.
class DistillDialog : public QDialog {
    Q_OBJECT
public:
    DistillDialog(Session &session, const QString &child, QWidget *parent = nullptr);
    void done(int result) override;

Q_SIGNALS:
    /// The project has a new child.
    void distilled();

private:
    QLayout *makeForm();
    void askChoices();
    void takeChoices(const DistillChoices &choices);
    void showOrder(const DistillOrder &order);
    void showTrain(const QString &words);
    void unitChanged();
    void updateState();
    void browse();
    void start();
    void stop();
    void progressed(const Json &params);
    void finished(const Reply &reply);
    void tell(const QString &text, const char *role);
    bool continues() const;
    Json orderShown() const;
    QStringList trainWords() const;

    Session &m_session;
    QString m_child;
    DistillChoices m_choices;
    QCheckBox *m_continue, *m_ends;
    QDoubleSpinBox *m_amount, *m_kl, *m_cosine, *m_lm, *m_rate;
    QComboBox *m_unit, *m_train;
    QLabel *m_effort, *m_told;
    QLineEdit *m_place;
    QPushButton *m_browse, *m_close, *m_stop, *m_start;
    double m_otherAmount; ///< Of the unit that is not chosen.
    bool m_known = false, m_made = false;
    std::optional<std::int64_t> m_running;
};

} // namespace tessera::ui
