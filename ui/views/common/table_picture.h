// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plot/picture.h"

#include <QAbstractItemModel>

namespace tessera::ui {

/// The most rows that are drawn; longer tables are written as CSV alone.
inline constexpr int kMostRowsDrawn = 500;

/// A table as a picture, each column as wide as what it says, and as CSV. The model is used until the picture is written.
PictureSource tablePicture(const QAbstractItemModel &model, const QString &title, const QString &provenance);

} // namespace tessera::ui
