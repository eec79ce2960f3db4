// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAccessibleWidget>

namespace tessera::ui {

class PlotView;

/// An own-painted view to a screen reader: a chart with a name, whose value is what the keyboard stands on.
class PlotAccessible : public QAccessibleWidget {
public:
    explicit PlotAccessible(PlotView *view);
    QString text(QAccessible::Text which) const override;

    /// Makes all own-painted views known; may be called again.
    static void install();
};

} // namespace tessera::ui
