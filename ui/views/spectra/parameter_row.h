// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/state/kernel_draft.h"

#include <QWidget>

class QDoubleSpinBox;

namespace tessera::ui {

class LimitSlider;

/// A number as a slider and an exact field. The field takes what lies beyond the slider's ends too, where most says so.
class ParameterRow : public QWidget {
    Q_OBJECT
public:
    ParameterRow(const QString &title, const QString &accessibleName, const ParameterRange &range, double most,
                 QWidget *parent = nullptr);

    /// From outside: shown without a signal.
    void setValue(double value);
    LimitSlider *slider() const { return m_slider; }
    QDoubleSpinBox *field() const { return m_field; }

Q_SIGNALS:
    void changed(double value);

private:
    int toSlider(double value) const;
    double fromSlider(int position) const;

    ParameterRange m_range;
    bool m_showing = false;
    LimitSlider *m_slider;
    QDoubleSpinBox *m_field;
};

} // namespace tessera::ui
