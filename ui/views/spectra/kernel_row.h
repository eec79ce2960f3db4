// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/state/kernel_draft.h"
#include "ui/theme/tokens.h"

#include <QMap>
#include <QWidget>

class QCheckBox;
class QComboBox;
class QToolButton;
class QVBoxLayout;

namespace tessera::ui {

class ParameterRow;

/// The colour of a kernel, by its place in the list; the same in every view.
Colour kernelColour(int index);

/// One kernel: its colour, family and parameters.
class KernelRow : public QWidget {
    Q_OBJECT
public:
    explicit KernelRow(int index, QWidget *parent = nullptr);

    /// From outside: shown without a signal.
    void setKernel(const KernelDraft &kernel, bool removable);
    ParameterRow *parameter(KernelParameter which) const { return m_parameters.value(which); }
    QComboBox *family() const { return m_family; }

Q_SIGNALS:
    void changed(const tessera::ui::KernelDraft &kernel);
    void removed();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void makeParameters();
    void emitChanged();

    int m_index;
    bool m_showing = false;
    KernelDraft m_kernel;
    QComboBox *m_family;
    QCheckBox *m_shown, *m_option;
    QToolButton *m_remove;
    QVBoxLayout *m_column;
    QMap<KernelParameter, ParameterRow *> m_parameters;
};

} // namespace tessera::ui
