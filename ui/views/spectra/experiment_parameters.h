// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/spectra_answers.h"

#include <QList>
#include <QWidget>

class QDoubleSpinBox;
class QGridLayout;
class QLabel;
class QPushButton;

namespace tessera::ui {

/// The numbers of one experiment, each in a field of its own, and a button that sets them back. Enter in a field runs.
class ExperimentParameters : public QWidget {
    Q_OBJECT
public:
    explicit ExperimentParameters(QWidget *parent = nullptr);
    /// From outside: shown without a signal.
    void setParameters(const QList<ExperimentData::Parameter> &parameters);

Q_SIGNALS:
    void changed(int index, double value);
    void runWanted();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    struct Field {
        QLabel *title;
        QDoubleSpinBox *number;
    };
    void addField();

    QGridLayout *m_grid;
    QList<Field> m_fields;
    QPushButton *m_defaults;
    QList<ExperimentData::Parameter> m_parameters;
    bool m_showing = false;
};

} // namespace tessera::ui
