// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPair>
#include <QSlider>

#include <optional>

namespace tessera::ui {

/// A slider over thousandths of its range: for limits over per cent of the parent (in tenths), with what no child can reach
/// hatched and a mark where the child is.
class LimitSlider : public QSlider {
    Q_OBJECT
public:
    explicit LimitSlider(QWidget *parent = nullptr);
    /// In tenths of per cent; nothing where unknown.
    void setReachable(std::optional<QPair<double, double>> reachable);
    void setUsed(std::optional<double> used);
    void setAtLeast(bool atLeast);
    QSize sizeHint() const override { return {160, 24}; }

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;

private:
    double xOf(double tenths) const;
    int valueAt(double x) const;
    std::optional<QPair<double, double>> m_reachable;
    std::optional<double> m_used;
    bool m_atLeast = false;
};

} // namespace tessera::ui
