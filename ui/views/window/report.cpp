// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/window/report.h"

#include "ui/plot/front_view.h"
#include "ui/plot/heat_map_view.h"
#include "ui/plot/solution_strip.h"
#include "ui/state/search.h"
#include "ui/state/session.h"
#include "ui/state/text.h"
#include "ui/theme/theme.h"
#include "ui/theme/tokens.h"

#include <QAbstractItemModel>
#include <QBuffer>
#include <QCoreApplication>
#include <QPageLayout>
#include <QPdfWriter>
#include <QSaveFile>
#include <QTextDocument>

#include <cmath>

namespace tessera::ui {
namespace {

constexpr int kPictureWidth = 680; ///< Fits A4 at 96 dots an inch.

QString word(const char *text) { return QCoreApplication::translate("tessera::ui::Report", text); }

QString picture(PlotView &view, int height, const QString &name)
{
    constexpr int kScale = 2;
    QImage image(QSize(kPictureWidth, height) * kScale, QImage::Format_RGB32);
    image.setDevicePixelRatio(kScale);
    image.fill(colour(Colour::Surface));
    QPainter painter(&image);
    view.paintPlot(painter, QRectF(0, 0, kPictureWidth, height), true);
    painter.end();
    QByteArray bytes;
    QBuffer buffer(&bytes);
    image.save(&buffer, "png");
    return QStringLiteral("<p><img width=\"%1\" height=\"%2\" alt=\"%3\" src=\"data:image/png;base64,%4\"></p>")
        .arg(kPictureWidth)
        .arg(height)
        .arg(name.toHtmlEscaped(), QString::fromLatin1(bytes.toBase64()));
}

QString table(const QStringList &head, const QList<QStringList> &rows)
{
    QString html = QStringLiteral("<table border=\"0\" cellspacing=\"0\" cellpadding=\"4\" width=\"100%\"><tr>");
    for (const QString &title : head)
        html += "<th align=\"left\">" + title.toHtmlEscaped() + "</th>";
    html += "</tr>";
    for (const QStringList &row : rows) {
        html += "<tr>";
        for (const QString &cell : row)
            html += "<td>" + cell.toHtmlEscaped() + "</td>";
        html += "</tr>";
    }
    return html + "</table>";
}

QString heading(const char *text) { return "<h2>" + word(text).toHtmlEscaped() + "</h2>"; }

QString result(const SolutionData &solution)
{
    if (solution.infeasible())
        return word(QT_TRANSLATE_NOOP("tessera::ui::Report", "No child keeps these limits."));
    if (!solution.found())
        return word(QT_TRANSLATE_NOOP("tessera::ui::Report", "Nothing was solved yet."));
    QString sure = solution.proved()
                     ? word(QT_TRANSLATE_NOOP("tessera::ui::Report", "proved optimal"))
                     : word(QT_TRANSLATE_NOOP("tessera::ui::Report", "not proved; no child is below %1"))
                           .arg(formatScore(solution.bound));
    return QStringLiteral("%1: %2 (%3)").arg(metricTitle(solution.metric), formatScore(solution.objective), sure);
}

QString totals(const Library &library, const SolutionData &solution)
{
    QList<QStringList> rows;
    for (const CostKey &cost : library.costs) {
        double parent = library.parentTotal(cost.key), child = solution.costs.value(cost.key, kUnknown);
        QString estimated = solution.estimated.contains(cost.key) ? QStringLiteral("≈ ") : QString();
        rows.append({costTitle(cost.key), formatAmount(parent, cost.unit), estimated + formatAmount(child, cost.unit),
                     parent > 0 ? formatPercent(child / parent) : QString()});
    }
    return table({word(QT_TRANSLATE_NOOP("tessera::ui::Report", "Cost")),
                  word(QT_TRANSLATE_NOOP("tessera::ui::Report", "Parent")),
                  word(QT_TRANSLATE_NOOP("tessera::ui::Report", "Child")),
                  word(QT_TRANSLATE_NOOP("tessera::ui::Report", "Share"))},
                 rows);
}

QString limits(const Session &session, const SolutionData &solution)
{
    QList<QStringList> rows;
    for (auto limit = solution.limits.begin(); limit != solution.limits.end(); ++limit) {
        QString cost = limit.value().section('=', 0, 0), unit = session.library().unitOf(cost);
        rows.append({limit.value(), formatAmount(solution.slack.value(limit.key(), kUnknown), unit),
                     formatScore(solution.prices.value(limit.key(), 0)) + " / " + priceUnit(unit)});
    }
    return table({word(QT_TRANSLATE_NOOP("tessera::ui::Report", "Limit")),
                  word(QT_TRANSLATE_NOOP("tessera::ui::Report", "To spare")),
                  word(QT_TRANSLATE_NOOP("tessera::ui::Report", "Price"))},
                 rows);
}

QString layers(const Library &library, const SolutionData &solution)
{
    QList<QStringList> rows;
    for (int layer = 0; layer < solution.choices.size(); ++layer) {
        const LayerNames &choice = solution.choices[layer];
        bool parent = layer < library.parentLayers.size() && choice == library.parentLayers[layer];
        rows.append({QString::number(layer), variantTitle(choice.attention), variantTitle(choice.ffn),
                     parent ? word(QT_TRANSLATE_NOOP("tessera::ui::Report", "as in the parent")) : QString()});
    }
    return table({word(QT_TRANSLATE_NOOP("tessera::ui::Report", "Layer")), partTitle(BlockPart::Attention),
                  partTitle(BlockPart::Ffn), QString()},
                 rows);
}

QString baselines(const Search &search, const QString &axis, const QString &unit)
{
    QList<QStringList> rows;
    for (const BaselineData &baseline : search.baselines())
        rows.append({baselineTitle(baseline.name), formatScore(baseline.objective),
                     formatAmount(baseline.costs.value(axis, kUnknown), unit)});
    return table({word(QT_TRANSLATE_NOOP("tessera::ui::Report", "Simple rule")),
                  word(QT_TRANSLATE_NOOP("tessera::ui::Report", "Score")), costTitle(axis)},
                 rows);
}

QString rowsOf(const QAbstractItemModel &model)
{
    QStringList head;
    QList<QStringList> rows(model.rowCount());
    for (int column = 0; column < model.columnCount(); ++column) {
        head.append(model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
        for (int row = 0; row < model.rowCount(); ++row)
            rows[row].append(model.index(row, column).data().toString());
    }
    return table(head, rows);
}

} // namespace

QString reportHtml(const ReportSources &sources)
{
    const PaperColours paper;
    const Session &session = sources.session;
    const SolutionData &solution = sources.search.solution();
    QString html = QStringLiteral("<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>%1</title><style>"
                                  "body{font-family:sans-serif;font-size:10pt;max-width:45em;margin:2em auto}"
                                  "th{border-bottom:1px solid #878f9b}td,th{text-align:left;padding:2px 12px 2px 0}"
                                  "</style></head><body>")
                       .arg(session.project().name.toHtmlEscaped());
    html += "<h1>" + session.project().name.toHtmlEscaped() + "</h1>";
    html += "<p>" + session.scenario().describe().toHtmlEscaped() + "<br><b>" + result(solution).toHtmlEscaped()
          + "</b></p>";
    if (solution.found()) {
        html += heading(QT_TRANSLATE_NOOP("tessera::ui::Report", "The child"));
        html += picture(sources.strip, 190, sources.strip.accessibleName());
        html += totals(session.library(), solution);
    }
    if (!solution.limits.isEmpty()) {
        html += heading(QT_TRANSLATE_NOOP("tessera::ui::Report", "Limits"));
        html += limits(session, solution);
    }
    html += heading(QT_TRANSLATE_NOOP("tessera::ui::Report", "Front"));
    html += picture(sources.front, 380, sources.front.accessibleName());
    if (!sources.search.baselines().isEmpty())
        html +=
            baselines(sources.search, sources.search.frontAxis(), session.library().unitOf(sources.search.frontAxis()));
    html += heading(QT_TRANSLATE_NOOP("tessera::ui::Report", "Block library"));
    html += picture(sources.map, 560, sources.map.accessibleName());
    if (solution.found()) {
        html += heading(QT_TRANSLATE_NOOP("tessera::ui::Report", "Layers"));
        html += layers(session.library(), solution);
    }
    if (sources.children && sources.children->rowCount() > 0) {
        html += heading(QT_TRANSLATE_NOOP("tessera::ui::Report", "Children"));
        html += rowsOf(*sources.children);
    }
    html += heading(QT_TRANSLATE_NOOP("tessera::ui::Report", "Where this comes from"));
    html += "<p>" + session.provenance().toHtmlEscaped() + "<br>" + session.project().path.toHtmlEscaped() + "<br>"
          + session.project().device.toHtmlEscaped() + " " + session.project().dtype.toHtmlEscaped() + "</p>";
    return html + "</body></html>\n";
}

QString writeReport(const ReportSources &sources, const QString &path)
{
    QSaveFile file(path);
    auto wrong = [&] {
        return word(QT_TRANSLATE_NOOP("tessera::ui::Report", "%1 cannot be written: %2")).arg(path, file.errorString());
    };
    bool pdf = path.endsWith(".pdf", Qt::CaseInsensitive);
    if (!pdf && !path.endsWith(".html", Qt::CaseInsensitive))
        return word(QT_TRANSLATE_NOOP("tessera::ui::Report", "%1: reports are written as .html or .pdf")).arg(path);
    if (!file.open(QIODevice::WriteOnly))
        return wrong();
    QString html = reportHtml(sources);
    if (pdf) {
        QPdfWriter writer(&file);
        writer.setPageSize(QPageSize(QPageSize::A4));
        writer.setPageMargins(QMarginsF(14, 14, 14, 14), QPageLayout::Millimeter);
        writer.setTitle(sources.session.project().name);
        writer.setCreator(sources.session.provenance());
        writer.setResolution(96);
        QTextDocument document;
        document.setHtml(html);
        document.setPageSize(QSizeF(writer.width(), writer.height()));
        document.print(&writer);
    } else {
        file.write(html.toUtf8());
    }
    return file.commit() ? QString() : wrong();
}

} // namespace tessera::ui
