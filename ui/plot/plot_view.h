// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>
#include <QString>
#include <QWidget>

#include <functional>

namespace tessera::ui {

/// A number as a plot shows it: with its unit, in the user's language.
using NumberText = std::function<QString(double)>;

/// What the own painters share: they draw themselves into any rectangle, so that the screen, a PNG and an SVG show the same,
/// and give their numbers as CSV.
class PlotView : public QWidget {
    Q_OBJECT
public:
    explicit PlotView(QWidget *parent = nullptr);

    /// Draws everything that belongs to the picture; hover and focus are left out where forExport.
    virtual void paintPlot(QPainter &painter, const QRectF &area, bool forExport) = 0;
    /// The numbers behind the picture, a header line first; fields are quoted where they must be.
    virtual QString toCsv() const = 0;

    /// Written into exported pictures: project, scenario, versions.
    void setProvenance(const QString &text) { m_provenance = text; }
    /// By the ending of the path: .png, .svg or .csv. Returns an empty string, or the sentence that says what went wrong.
    QString exportTo(const QString &path);

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;
    /// A centred sentence where there is nothing to draw.
    static void paintEmpty(QPainter &painter, const QRectF &area, const QString &text);

private:
    QString m_provenance;
};

/// Where numbers come from, as a first line that spreadsheets and pandas (comment="#") can skip; empty for an empty text.
QString csvComment(const QString &text);
/// One line of CSV.
QString csvLine(const QStringList &fields);

} // namespace tessera::ui
