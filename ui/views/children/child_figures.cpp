// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/children/child_figures.h"

#include "ui/models/row_table_model.h"
#include "ui/state/text.h"
#include "ui/views/common/fit_columns.h"
#include "ui/views/common/parts.h"
#include "ui/views/common/table_notes.h"

#include <QFileInfo>
#include <QStackedWidget>

#include <cmath>
#include <tuple>

namespace tessera::ui {
namespace {

constexpr int kPathWidth = 360;

QTableView *makeFigures(RowTableModel *model, const QString &name)
{
    QTableView *table = makeTable(model, name, false);
    fitColumns(table, 0);
    return table;
}

/// "KL 1, cosine 0.5".
QString lossText(const QMap<QString, double> &loss)
{
    QStringList terms;
    for (auto [key, name] : {std::pair{"kl", ChildFigures::tr("KL")}, std::pair{"cosine", ChildFigures::tr("cosine")},
                             std::pair{"lm", ChildFigures::tr("next token")}})
        if (double weight = loss.value(key, 0); weight > 0)
            terms.append(name + " " + formatScore(weight));
    return terms.join(", ");
}

using Tone = RowTableModel::Tone;

} // namespace

ChildFigures::ChildFigures(QWidget *parent) : QWidget(parent)
{
    auto *content = new QVBoxLayout(this);
    content->setContentsMargins(0, 0, 0, 0);
    content->setSpacing(kSpaceS);
    m_which = new Segments({tr("Prediction"), tr("Distillation")}, tr("Which figures"));
    m_which->setCurrent(1);
    m_title = makeLabel({}, Type::Strong);
    m_path = makeLabel({}, Type::Caption, "muted");
    m_origin = makeLabel({}, Type::Caption, "muted");
    m_origin->setWordWrap(true);
    for (QLabel *label : {m_title, m_path, m_origin}) {
        label->setContentsMargins(kSpaceL, 0, kSpaceL, 0);
        content->addWidget(label);
    }
    m_tables = new QStackedWidget;
    m_prediction = new RowTableModel(this);
    m_prediction->setHeads({{tr("Figure")}, {tr("Predicted"), true}, {tr("Measured"), true}});
    QTableView *prediction = makeFigures(m_prediction, tr("Predicted and measured"));
    tellWhenEmpty(prediction, tr("Nothing was predicted of this child, and nothing measured."));
    m_tables->addWidget(prediction);
    m_distillation = new RowTableModel(this);
    m_distillation->setHeads({{tr("Figure")}, {tr("Before"), true}, {tr("After"), true}, {tr("Change"), true}});
    m_tables->addWidget(makeFigures(m_distillation, tr("Before and after distillation")));
    content->addWidget(m_tables, 1);
    connect(m_which, &Segments::currentChanged, m_tables, &QStackedWidget::setCurrentIndex);
    clear();
}

void ChildFigures::addTools(QHBoxLayout *heading)
{
    heading->addWidget(m_which);
    QToolButton *exportTable = makeIconButton(Icon::Export, tr("Export these figures"));
    heading->addWidget(exportTable);
    connect(exportTable, &QToolButton::clicked, this, [this] {
        if (m_tables->currentIndex() == 0)
            Q_EMIT exportWanted(m_prediction, QStringLiteral("predicted-measured"));
        else
            Q_EMIT exportWanted(m_distillation, QStringLiteral("before-after"));
    });
}

void ChildFigures::showHead(const QString &path, bool distilled)
{
    m_which->setVisible(distilled);
    m_origin->setVisible(distilled);
    m_tables->setCurrentIndex(distilled ? m_which->current() : 0);
    m_title->setText(QFileInfo(path).fileName());
    m_path->setText(m_path->fontMetrics().elidedText(path, Qt::ElideMiddle, kPathWidth));
    m_path->setToolTip(path);
}

void ChildFigures::clear()
{
    showHead({}, false);
    m_prediction->setRows({});
    m_distillation->setRows({});
}

void ChildFigures::setDistilled(const ChildData &child, const DistilledData &distilled, const ChildData *before, const Library &library)
{
    setChild(child, library);
    showHead(child.path, true);
    showDistillation(child, distilled, before);
}

void ChildFigures::setChild(const ChildData &child, const Library &library)
{
    showHead(child.path, false);
    m_distillation->setRows({});
    QList<RowTableModel::Row> rows;
    QStringList keys = library.metrics;
    for (const CostKey &cost : library.costs)
        keys.append(cost.key);
    for (const QString &measured : child.measured.keys())
        if (!keys.contains(measured))
            keys.append(measured);
    for (const QString &key : std::as_const(keys)) {
        bool cost = library.findCost(key) != nullptr;
        if (!child.predicted.contains(key) && !child.measured.contains(key))
            continue;
        auto text = [&](const QMap<QString, double> &from) {
            double value = from.value(key, kUnknown);
            return cost ? formatAmount(value, library.unitOf(key)) : formatScore(value);
        };
        rows.append({key, {{cost ? costTitle(key) : metricTitle(key)}, {text(child.predicted)}, {text(child.measured)}}});
    }
    m_prediction->setRows(rows);
}

void ChildFigures::showDistillation(const ChildData &child, const DistilledData &distilled, const ChildData *before)
{
    const QString from = tr("Distilled from %1 on %2 tokens (%3).")
                             .arg(QFileInfo(distilled.from).fileName(), formatAmount(static_cast<double>(distilled.tokens), "count"),
                                  lossText(distilled.loss));
    const QString best = distilled.bestStep > 0 ? tr("The best of %1 steps was number %2.").arg(distilled.steps).arg(distilled.bestStep)
                                                : tr("None of %1 steps did better than the beginning.").arg(distilled.steps);
    m_origin->setText(from + " " + best);
    QList<RowTableModel::Row> rows;
    auto add = [&](const QString &name, double was, double is, const DistilledData::Change &change, bool lessIsBetter) {
        if (std::isnan(was) && std::isnan(is))
            return;
        const bool sure = change.low > 0 || change.high < 0;
        const Tone tone = !sure ? Tone::Muted : (change.high < 0) == lessIsBetter ? Tone::Good : Tone::Bad;
        const QString interval = std::isnan(change.low) ? QString()
                                                        : tr("95 % interval: %1 to %2").arg(formatScore(change.low), formatScore(change.high));
        rows.append({name, {{name}, {formatScore(was)}, {formatScore(is)}, {formatDifference(is - was, {}), {}, interval, tone}}});
    };
    for (const auto &[name, figure, changed, lessIsBetter] :
         {std::tuple{metricTitle("kl_div"), "kl_to_parent", "kl", true}, std::tuple{tr("Loss"), "nll", "nll", true},
          std::tuple{metricTitle("hidden_cosine"), "hidden_cosine", "hidden_cosine", true},
          std::tuple{tr("Next-token accuracy"), "next_token_accuracy", "next_token_accuracy", false},
          std::tuple{tr("Agreement with the parent"), "top1_agreement", "top1_agreement", false}})
        add(name, distilled.before.value(figure, kUnknown), distilled.after.value(figure, kUnknown), distilled.change.value(changed),
            lessIsBetter);
    // On text that neither training nor its judge has seen, where both were checked.
    if (before && before->measured.contains("kl_div") && child.measured.contains("kl_div"))
        for (const char *metric : {"kl_div", "lm_loss"})
            add(tr("%1, unread text").arg(metricTitle(metric)), before->measured.value(metric, kUnknown),
                child.measured.value(metric, kUnknown), {}, true);
    m_distillation->setRows(rows);
}

} // namespace tessera::ui
