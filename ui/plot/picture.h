// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>
#include <QSize>
#include <QString>

#include <functional>

namespace tessera::ui {

/// A picture that can be written: it paints itself into a rectangle of its size and gives its numbers as CSV.
struct PictureSource {
    QSize size;
    QString title, provenance;
    std::function<void(QPainter &, const QRectF &)> paint;
    std::function<QString()> csv;
};

/// By the ending of the path: .png (in double resolution), .svg or .csv. Returns an empty string, or the sentence that says what
/// went wrong.
QString exportPicture(const PictureSource &source, const QString &path);

} // namespace tessera::ui
