// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/application_icon.h"

#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>

namespace tessera::ui {

QIcon applicationIcon()
{
    // Drawn here, so that no plugin for icons needs to be installed.
    QSvgRenderer drawing(QStringLiteral(":/tessera/tessera.svg"));
    QIcon icon;
    for (int size : {16, 24, 32, 48, 64, 128, 256}) {
        QPixmap image(size, size);
        image.fill(Qt::transparent);
        QPainter painter(&image);
        drawing.render(&painter);
        painter.end();
        icon.addPixmap(image);
    }
    return icon;
}

} // namespace tessera::ui
