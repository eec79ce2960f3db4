// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHBoxLayout>
#include <QList>
#include <QWidget>

class QToolButton;
class QVBoxLayout;

namespace tessera::ui {

class KernelRow;
class ParameterRow;
class Spectra;

/// The kernels and what they are asked about: the dimension of the sphere, gp or ntk. Shared by all views of kernels.
class KernelPanel : public QWidget {
    Q_OBJECT
public:
    explicit KernelPanel(Spectra &spectra, QWidget *parent = nullptr);
    const QList<KernelRow *> &rows() const { return m_rows; }
    ParameterRow *dimension() const { return m_dimension; }
    void addTools(QHBoxLayout *heading);
    QSize sizeHint() const override;

private:
    void refresh();

    Spectra &m_spectra;
    ParameterRow *m_dimension;
    QToolButton *m_add;
    QVBoxLayout *m_column;
    QList<KernelRow *> m_rows;
};

} // namespace tessera::ui
