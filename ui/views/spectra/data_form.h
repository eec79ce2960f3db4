// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/spectra_answers.h"
#include "ui/state/spectra_question.h"

#include <QTimer>
#include <QWidget>

#include <optional>

class QComboBox;
class QPushButton;
class QSpinBox;
class QTableView;

namespace tessera::ui {

class CurveChart;
class MatrixView;
class RowTableModel;
class Session;
class Spectra;

/// A kernel on data: its matrix, its eigenvectors and spectrum there, and how well all kernels predict the classes.
class DataForm : public QWidget {
    Q_OBJECT
public:
    DataForm(Session &session, Spectra &spectra, QWidget *parent = nullptr);
    MatrixView *matrix() const { return m_matrix; }
    CurveChart *vectors() const { return m_vectors; }
    RowTableModel *accuracies() const { return m_accuracies; }
    QPushButton *predict() const { return m_predict; }
    bool isSettled() const { return !m_asked && !m_rest.isActive(); }
    /// "sphere", "circle", "iris", "wine", "breast_cancer" or "digits".
    void setData(const QString &word);
    /// What is asked about the matrix, and about accuracies where there are some.
    SpectraQuestions questions() const;
    /// Of these, what is answered.
    SpectraQuestions answered() const;
    /// Show answers to the present questions from elsewhere. Errors are those of answers.h.
    void adoptMatrix(const Json &result);
    void adoptAccuracies(const Json &result);
    /// As in kept_settings.h.
    Json settings() const;
    void restore(const Json &settings);

Q_SIGNALS:
    /// Settings, or what is shown at them.
    void changed();

protected:
    void showEvent(QShowEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    QWidget *makeControls();
    void questionChanged();
    void ask();
    SpectraQuestion matrixQuestion() const;
    SpectraQuestion accuracyQuestion() const;
    void askAccuracies();
    void showAccuracies(const Json &result);
    void showMatrix();
    void showVectors();
    QString provenance() const;

    Session &m_session;
    Spectra &m_spectra;
    std::optional<MatrixData> m_data;
    QString m_failure, m_question, m_answered; ///< m_answered: the question that m_data answers.
    std::optional<SpectraQuestion> m_predicted; ///< What the accuracies answer; nothing where there are none.
    bool m_asked = false;
    int m_round = 0, m_predictRound = 0;
    QTimer m_rest;
    QComboBox *m_which, *m_kernel;
    QSpinBox *m_points;
    QPushButton *m_predict;
    MatrixView *m_matrix;
    CurveChart *m_vectors, *m_values;
    RowTableModel *m_accuracies;
    QTableView *m_table;
};

} // namespace tessera::ui
