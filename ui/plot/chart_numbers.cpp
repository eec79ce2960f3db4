// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/chart_numbers.h"

#include <QChart>
#include <QLocale>

namespace tessera::ui {

void localizeNumbers(QChart &chart)
{
    QLocale numbers;
    numbers.setNumberOptions(QLocale::OmitGroupSeparator);
    chart.setLocale(numbers);
    chart.setLocalizeNumbers(true);
}

} // namespace tessera::ui
