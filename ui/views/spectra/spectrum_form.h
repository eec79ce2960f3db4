// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/json.h"

#include <QWidget>

class QCheckBox;
class QLabel;
class QStackedWidget;
class QTableView;

namespace tessera::ui {

class CurveChart;
class RowTableModel;
class Segments;
class Session;
class Spectra;

/// The kernels' eigenvalues on the sphere over their degree, the slopes beside what theory says of them, and all numbers.
class SpectrumForm : public QWidget {
    Q_OBJECT
public:
    SpectrumForm(Session &session, Spectra &spectra, QWidget *parent = nullptr);
    CurveChart *chart() const { return m_chart; }
    RowTableModel *slopes() const { return m_slopes; }
    RowTableModel *numbers() const { return m_numbers; }
    /// As in kept_settings.h.
    Json settings() const;
    void restore(const Json &settings);

Q_SIGNALS:
    void settingsChanged();

protected:
    void showEvent(QShowEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void refresh();
    void showCurves();
    void showSlopes();
    void showNumbers();
    QString provenance() const;

    Session &m_session;
    Spectra &m_spectra;
    CurveChart *m_chart;
    QCheckBox *m_normalise, *m_theory;
    Segments *m_which;
    RowTableModel *m_slopes, *m_numbers;
    QStackedWidget *m_tables;
    QTableView *m_slopeTable, *m_numberTable;
    QLabel *m_caption;
};

} // namespace tessera::ui
