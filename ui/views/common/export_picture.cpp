// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/common/export_picture.h"

#include "ui/state/session.h"
#include "ui/views/common/parts.h"

#include <QFileDialog>

namespace tessera::ui {

void exportPicture(PictureSource source, Session &session, QWidget *parent, const QString &name)
{
    QString project = session.project().isOpen() ? session.project().name + "-" : QString();
    QString path = QFileDialog::getSaveFileName(parent, EmptyState::tr("Export"), project + name + ".png",
                                                EmptyState::tr("Picture (*.png);;Drawing (*.svg);;Numbers (*.csv)"));
    if (path.isEmpty())
        return;
    if (source.provenance.isEmpty())
        source.provenance = session.provenance();
    QString why = exportPicture(source, path);
    if (!why.isEmpty())
        Q_EMIT session.complained(why);
}

} // namespace tessera::ui
