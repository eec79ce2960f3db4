// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/spectra_answers.h"
#include "ui/state/spectra_question.h"

#include <QTimer>
#include <QWidget>

#include <optional>

class QComboBox;
class QLabel;
class QPushButton;

namespace tessera::ui {

class CurveChart;
class LimitSlider;
class RaceView;
class Segments;
class Session;
class Spectra;

/// Gradient descent against preconditioned descent, frequency by frequency, as time goes on: what is left of every sine, and
/// what the function looks like by then.
class TrainingForm : public QWidget {
    Q_OBJECT
public:
    TrainingForm(Session &session, Spectra &spectra, QWidget *parent = nullptr);
    RaceView *race() const { return m_race; }
    CurveChart *function() const { return m_function; }
    bool isSettled() const { return !m_asked && !m_rest.isActive(); }
    void setKernel(int index);
    void setPlaying(bool play);
    void setTime(int index);
    /// What is asked of the chosen kernel, and whether it is answered.
    SpectraQuestion question() const;
    bool isAnswered() const { return m_data && m_answered == question().key(); }
    /// Shows an answer to the present question from elsewhere. Errors are those of answers.h.
    void adoptKept(const Json &result);
    /// As in kept_settings.h.
    Json settings() const;
    void restore(const Json &settings);

Q_SIGNALS:
    /// Settings, or what is shown at them.
    void changed();

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void questionChanged();
    void ask();
    void showRace();
    void showFunction();
    void tick();
    QString provenance() const;

    Session &m_session;
    Spectra &m_spectra;
    std::optional<DescentData> m_data;
    QString m_failure, m_question, m_answered; ///< m_answered: the question that m_data answers.
    bool m_asked = false;
    int m_time = 0, m_round = 0;
    QTimer m_rest, m_frame;
    QComboBox *m_kernel;
    Segments *m_way;
    QPushButton *m_play;
    LimitSlider *m_slider;
    QLabel *m_steps;
    RaceView *m_race;
    CurveChart *m_function;
};

} // namespace tessera::ui
