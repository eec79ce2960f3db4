// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/library/variant_inspector.h"

#include "ui/models/row_table_model.h"
#include "ui/plot/plot_view.h"
#include "ui/plot/small_chart.h"
#include "ui/state/session.h"
#include "ui/state/text.h"
#include "ui/views/common/parts.h"
#include "ui/views/library/tangent_section.h"

#include "engine/base/error.h"

#include <QHeaderView>
#include <QPainter>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTimer>

#include <cmath>

namespace tessera::ui {
namespace {

constexpr int kInspectorWidth = 344;

/// A table as high as its rows: it scrolls with the page, not in itself.
void fitHeight(QTableView *table)
{
    int rows = table->model()->rowCount();
    table->setFixedHeight(table->horizontalHeader()->sizeHint().height() + rows * kRowHeight + 2);
    table->setVisible(rows > 0);
}

QTableView *smallTable(RowTableModel *model, const QString &name)
{
    QTableView *table = makeTable(model, name, false);
    table->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    return table;
}

QString csvOfPoints(const QString &title, const QList<QPointF> &points)
{
    QString text = points.isEmpty() ? QString() : csvLine({QString(), title});
    for (const QPointF &point : points)
        text += csvLine({QString::number(point.x(), 'g', 17), QString::number(point.y(), 'g', 17)});
    return text;
}

} // namespace

VariantInspector::VariantInspector(Session &session, Tangents &tangents, QWidget *parent) : QWidget(parent), m_session(session)
{
    setMinimumWidth(kInspectorWidth);
    setAccessibleName(tr("Inspector"));
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    m_pages = new QStackedWidget;
    outer->addWidget(m_pages);
    auto *empty =
        new EmptyState(Icon::Library, tr("No variant selected"),
                       tr("Click a cell, or move with the arrow keys, to see what this variant costs, how much it "
                          "damages the parent and where its weights come from."));
    empty->setTextWidth(kInspectorWidth - 4 * kSpaceL);
    m_pages->addWidget(empty);

    m_page = new QWidget;
    auto *column = new QVBoxLayout(m_page);
    column->setContentsMargins(0, 0, 0, kSpaceM);
    column->setSpacing(kSpaceS);
    auto padded = [column](QWidget *widget) {
        auto *row = new QHBoxLayout;
        row->setContentsMargins(kSpaceL, 0, kSpaceL, 0);
        row->addWidget(widget);
        column->addLayout(row);
    };
    auto addTable = [column](QTableView *table) {
        auto *row = new QHBoxLayout;
        row->setContentsMargins(0, 0, 0, 0);
        row->addWidget(table);
        column->addLayout(row);
    };
    m_title = makeLabel({}, Type::Title);
    m_subtitle = makeLabel({}, Type::Body, "muted");
    m_subtitle->setWordWrap(true);
    padded(m_title);
    padded(m_subtitle);
    auto *buttons = new QWidget;
    auto *row = new QHBoxLayout(buttons);
    row->setContentsMargins(0, kSpaceXs, 0, kSpaceXs);
    row->setSpacing(kSpaceS);
    m_pin = makeButton(tr("Pin"));
    m_ban = makeButton(tr("Ban"));
    row->addWidget(m_pin);
    row->addWidget(m_ban);
    m_explain = makeButton(tr("Explain"));
    m_explain->setToolTip(tr("What the best child would lose with this variant here, and without it"));
    row->addWidget(m_explain);
    row->addStretch();
    padded(buttons);
    m_why = makeLabel({}, Type::Body);
    m_why->setWordWrap(true);
    m_why->hide();
    padded(m_why);
    m_chartTitle = makeLabel({}, Type::Strong);
    padded(m_chartTitle);
    m_chart = new SmallChart;
    padded(m_chart);
    m_curveTitle = makeLabel(tr("Distillation"), Type::Strong);
    padded(m_curveTitle);
    m_curve = new SmallChart;
    padded(m_curve);
    m_scores = new RowTableModel(this);
    m_scores->setHeads({{tr("Score")}, {tr("Mean"), true}, {tr("Std. error"), true}});
    m_scoreTable = smallTable(m_scores, tr("Scores"));
    addTable(m_scoreTable);
    m_loss = makeLabel({}, Type::Body, "muted");
    m_loss->setWordWrap(true);
    padded(m_loss);
    m_costs = new RowTableModel(this);
    m_costs->setHeads({{tr("Cost")}, {tr("Variant"), true}, {tr("Of parent"), true}});
    m_costTable = smallTable(m_costs, tr("Costs"));
    addTable(m_costTable);
    m_spectrum = new TangentSection(tangents);
    padded(m_spectrum);
    m_shape = new RowTableModel(this);
    m_shape->setHeads({{tr("Tensor")}, {tr("Shape"), true}});
    m_shapeTable = smallTable(m_shape, tr("Shape"));
    addTable(m_shapeTable);
    column->addStretch();
    auto *scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(m_page);
    m_page->setAutoFillBackground(false);
    m_pages->addWidget(scroll);

    m_timer = new QTimer(this);
    m_timer->setSingleShot(true);
    m_timer->setInterval(40); // Arrow keys held down pass many cells.
    connect(m_timer, &QTimer::timeout, this, &VariantInspector::fetch);
    connect(&session, &Session::currentVariantChanged, this, [this](int variant) {
        m_variant = variant;
        m_why->hide();
        if (variant < 0)
            m_pages->setCurrentIndex(0);
        else
            m_timer->start();
    });
    connect(&session, &Session::libraryChanged, this, [this] {
        m_variant = m_session.currentVariant();
        m_pages->setCurrentIndex(0);
        if (m_variant >= 0)
            m_timer->start();
    });
    connect(&session, &Session::scenarioChanged, this, [this] {
        m_why->hide();
        updateButtons();
    });
    connect(m_explain, &QPushButton::clicked, this, &VariantInspector::explain);
    connect(m_pin, &QPushButton::clicked, this, [this] { m_session.togglePin(m_variant); });
    connect(m_ban, &QPushButton::clicked, this, [this] { m_session.toggleBan(m_variant); });
}

void VariantInspector::fetch()
{
    int variant = m_variant;
    m_session.engine().call("library/variant", {{"variant", variant}}, this, [this, variant](const Reply &reply) {
        if (variant != m_variant)
            return;
        try {
            if (!reply.ok())
                throw toError(*reply.error);
            showDetail(readVariantDetail(reply.result, "library/variant"));
        } catch (const Error &error) {
            Q_EMIT m_session.complained(QString::fromUtf8(error.what()));
        }
    });
}

void VariantInspector::explain()
{
    const Library &library = m_session.library();
    if (m_variant < 0 || m_variant >= library.variants.size())
        return;
    const VariantRow &row = library.variants[m_variant];
    int variant = m_variant;
    m_why->setText(tr("Asking…"));
    m_why->show();
    Json params{{"scenario", toJson(m_session.scenario())}, {"layer", row.layer}, {"block", row.block().toStdString()}};
    m_session.engine().call("explain", params, this, [this, variant](const Reply &reply) {
        if (variant != m_variant)
            return;
        if (!reply.ok())
            return m_why->setText(reply.sentence());
        auto number = [&](const char *key) {
            auto found = reply.result.find(key);
            return found != reply.result.end() && found->is_number() ? found->get<double>() : kUnknown;
        };
        double with = number("regret"), without = number("regret_of_ban");
        bool chosen = reply.result.value("chosen", Json(false)) == true;
        QString text = chosen ? tr("The best child has it.") : tr("The best child does not have it.");
        if (!chosen)
            text += " "
                  + (std::isnan(with) ? tr("With it no child keeps the limits.")
                                      : tr("With it the best would be worse by %1.").arg(formatScore(with)));
        if (chosen)
            text += " "
                  + (std::isnan(without) ? tr("Without it no child keeps the limits.")
                                         : tr("Without it the best would be worse by %1.").arg(formatScore(without)));
        if (reply.result.value("proved", Json(false)) != true)
            text += " " + tr("This is not proved.");
        m_why->setText(text);
    });
}

void VariantInspector::showDetail(const VariantDetail &detail)
{
    const Library &library = m_session.library();
    if (m_variant < 0 || m_variant >= library.variants.size())
        return;
    const VariantRow &row = library.variants[m_variant];
    m_title->setText(row.part == BlockPart::Pair ? row.shortName() : variantTitle(row.shortName()));
    m_subtitle->setText(
        tr("Layer %1 · %2 · %3")
            .arg(row.layer)
            .arg(partTitle(row.part), row.parent ? tr("the parent's own") : originTitle(detail.origin)));
    showScores(detail);
    showCosts(detail);
    m_spectrum->setVariant(row, detail.origin);
    QList<RowTableModel::Row> shape;
    for (const auto &[tensor, size] : detail.shape)
        shape.append({tensor, {{tensor, {}, tensor}, {size}}});
    m_shape->setRows(shape);
    fitHeight(m_shapeTable);
    updateButtons();
    m_pages->setCurrentIndex(1);
}

void VariantInspector::showScores(const VariantDetail &detail)
{
    QList<RowTableModel::Row> rows;
    const auto paper = detail.byOrigin.value("paper");
    const QStringList metrics = m_session.library().metrics;
    for (const QString &metric : metrics) {
        auto score = detail.scores.constFind(metric);
        if (score != detail.scores.constEnd())
            rows.append({metric, {{metricTitle(metric)}, {formatScore(score->mean)}, {formatScore(score->error)}}});
        if (detail.origin == "paper" || metric != m_session.objective() || !paper.contains(metric))
            continue;
        constexpr auto kMuted = RowTableModel::Tone::Muted;
        rows.append({metric + ":paper",
                     {{tr("… as initialised"), {}, tr("The paper's initialisation, before it was fitted"), kMuted},
                      {formatScore(paper[metric].mean), {}, {}, kMuted},
                      {formatScore(paper[metric].error), {}, {}, kMuted}}});
    }
    m_scores->setRows(rows);
    fitHeight(m_scoreTable);
    auto objective = detail.scores.value(m_session.objective());
    QList<QPointF> points;
    for (qsizetype i = 0; i < objective.samples.size(); ++i)
        if (!std::isnan(objective.samples[i]))
            points.append({static_cast<double>(i + 1), objective.samples[i]});
    m_chartTitle->setText(tr("%1 by window of text").arg(metricTitle(m_session.objective())));
    m_chart->setLine(points, {}, {}, objective.mean);
    m_curve->setLine(detail.curve, tr("tokens"), {}, kUnknown);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_chart, m_chartTitle})
        widget->setVisible(points.size() > 1);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_curve, m_curveTitle})
        widget->setVisible(detail.curve.size() > 1);
    m_points = csvOfPoints(m_chartTitle->text(), points) + csvOfPoints(m_curveTitle->text(), detail.curve);
    bool fitted = !std::isnan(detail.lossBefore) && !std::isnan(detail.lossAfter);
    m_loss->setVisible(fitted);
    if (fitted)
        m_loss->setText(tr("Error of the layer's output on held-out text: %1 as initialised, %2 now (%3 of it left).")
                            .arg(formatScore(detail.lossBefore), formatScore(detail.lossAfter),
                                 formatPercent(detail.lossAfter / detail.lossBefore)));
}

void VariantInspector::showCosts(const VariantDetail &detail)
{
    const Library &library = m_session.library();
    const VariantRow &row = library.variants[m_variant];
    int parent = -1;
    for (int i = library.begin[row.layer]; i < library.begin[row.layer + 1]; ++i)
        if (library.variants[i].part == row.part && library.variants[i].parent)
            parent = i;
    QList<RowTableModel::Row> rows;
    for (const CostKey &cost : library.costs) {
        auto found = detail.costs.constFind(cost.key);
        if (found == detail.costs.constEnd() || std::isnan(found->value))
            continue;
        double whole = library.value("cost:" + cost.key, parent);
        QString tip = found->source;
        if (!std::isnan(found->spread))
            tip += ", ± " + formatPercent(found->spread);
        rows.append(
            {cost.key,
             {{costTitle(cost.key)},
              {(found->estimated ? QStringLiteral("≈ ") : QString()) + formatAmount(found->value, cost.unit), {}, tip},
              {whole > 0 ? formatPercent(found->value / whole, 0) : QString(), {}, {}, RowTableModel::Tone::Muted}}});
    }
    m_costs->setRows(rows);
    fitHeight(m_costTable);
}

PictureSource VariantInspector::picture() const
{
    return {m_page->size(),
            m_title->text() + QStringLiteral(", ") + m_subtitle->text(),
            {},
            [page = m_page](QPainter &painter, const QRectF &area) { page->render(&painter, area.topLeft().toPoint(), {}, QWidget::DrawChildren); },
            [this] { return csvLine({m_title->text(), m_subtitle->text()}) + m_scores->toCsv() + m_costs->toCsv() + m_points; }};
}

void VariantInspector::updateButtons()
{
    const Library &library = m_session.library();
    if (m_variant < 0 || m_variant >= library.variants.size())
        return;
    const VariantRow &row = library.variants[m_variant];
    m_pin->setText(m_session.isPinned(row.layer, row.block()) ? tr("Unpin") : tr("Pin"));
    m_ban->setText(m_session.isBanned(row.layer, row.block()) ? tr("Allow") : tr("Ban"));
    m_pin->setToolTip(tr("The child must have this variant here (P)"));
    m_ban->setToolTip(tr("The child must not have this variant here (B)"));
}

} // namespace tessera::ui
