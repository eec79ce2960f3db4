// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/plot_accessible.h"

#include "ui/plot/plot_view.h"

namespace tessera::ui {
namespace {

QAccessibleInterface *make(const QString &, QObject *object)
{
    auto *view = qobject_cast<PlotView *>(object);
    return view ? new PlotAccessible(view) : nullptr;
}

} // namespace

PlotAccessible::PlotAccessible(PlotView *view) : QAccessibleWidget(view, QAccessible::Chart) {}

QString PlotAccessible::text(QAccessible::Text which) const
{
    return which == QAccessible::Value ? widget()->accessibleDescription() : QAccessibleWidget::text(which);
}

void PlotAccessible::install()
{
    static const bool once = [] {
        QAccessible::installFactory(make);
        return true;
    }();
    (void)once;
}

} // namespace tessera::ui
