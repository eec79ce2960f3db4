// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/spectra_answers.h"

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
    QString m_failure, m_question;
    bool m_asked = false;
    int m_time = 0;
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
