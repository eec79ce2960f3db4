// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace tessera::ui {

class CurveChart;
class Session;
class Spectra;

/// The kernels over the angle between two points of the sphere.
class ProfileForm : public QWidget {
    Q_OBJECT
public:
    ProfileForm(Session &session, Spectra &spectra, QWidget *parent = nullptr);
    CurveChart *chart() const { return m_chart; }

protected:
    void showEvent(QShowEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void refresh();
    QString provenance() const;

    Session &m_session;
    Spectra &m_spectra;
    CurveChart *m_chart;
};

} // namespace tessera::ui
