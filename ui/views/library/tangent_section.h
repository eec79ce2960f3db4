// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

class QLabel;
class QPushButton;

namespace tessera::ui {

class CurveChart;
class Tangents;
struct VariantRow;

/// The tangent spectrum of the parent with one variant in it, beside the parent's own: what is kept of it, or a button that
/// computes it.
class TangentSection : public QWidget {
    Q_OBJECT
public:
    explicit TangentSection(Tangents &tangents, QWidget *parent = nullptr);

    /// origin: of the variant's weights; empty where it has none.
    void setVariant(const VariantRow &row, const QString &origin);
    CurveChart *chart() const { return m_chart; }
    /// What is said about the spectrum that is shown; empty where there is none.
    QString sentence() const;
    QPushButton *computeButton() const { return m_compute; }
    QPushButton *stopButton() const { return m_stop; }

protected:
    void showEvent(QShowEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void showSpectrum();
    void showState();

    Tangents &m_tangents;
    QStringList m_replaced, m_origins;
    QLabel *m_title, *m_ranks, *m_how, *m_progress;
    CurveChart *m_chart;
    QPushButton *m_compute, *m_stop;
};

} // namespace tessera::ui
