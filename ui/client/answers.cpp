// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/client/answers.h"

#include "ui/client/reader.h"

#include "engine/base/error.h"

#include <QPointF>

#include <cmath>
#include <cstring>

namespace tessera::ui {
namespace {

QList<LayerNames> readChoices(const Json &array, const QString &where)
{
    QList<LayerNames> choices;
    for (const Json &entry : array) {
        Reader reader(entry, where);
        choices.append({reader.text("attention"), reader.text("ffn")});
    }
    return choices;
}

BaselineData readBaseline(const Json &json, const QString &method)
{
    Reader reader(json, method);
    return {reader.text("name"), reader.number("objective"), reader.number("distance"), reader.numbers("costs"),
            readChoices(reader.array("choices"), method)};
}

VariantDetail::Score readScore(const Json &json, const QString &method)
{
    Reader reader(json, method);
    VariantDetail::Score score{reader.number("mean"), reader.number("se"), {}};
    for (const Json &sample : reader.array("samples"))
        score.samples.append(Reader::toNumber(sample));
    return score;
}

QMap<QString, VariantDetail::Score> readScores(const Json &json, const QString &method)
{
    QMap<QString, VariantDetail::Score> scores;
    if (json.is_object())
        for (const auto &[name, score] : json.items())
            scores.insert(QString::fromStdString(name), readScore(score, method));
    return scores;
}

} // namespace

SolutionData readSolution(const Json &json, const QString &method)
{
    Reader reader(json, method);
    SolutionData solution;
    solution.id = reader.integer("id", -1);
    solution.revision = reader.integer("revision", -1);
    solution.library = reader.text("library");
    solution.status = reader.text("status");
    solution.metric = reader.text("metric");
    solution.objective = reader.number("objective");
    solution.bound = reader.number("bound");
    solution.gap = reader.number("gap");
    solution.seconds = reader.number("seconds");
    solution.costs = reader.numbers("costs");
    solution.slack = reader.numbers("slack");
    solution.prices = reader.numbers("prices");
    if (reader.at("limits").is_object())
        for (const auto &[key, text] : reader.at("limits").items())
            if (text.is_string())
                solution.limits.insert(QString::fromStdString(key), QString::fromStdString(text.get<std::string>()));
    solution.estimated = reader.words("estimated");
    solution.conflict = reader.words("conflict");
    solution.remarks = reader.words("remarks");
    for (const Json &entry : reader.array("relaxations")) {
        Reader relaxation(entry, method);
        solution.relaxations.append({relaxation.text("limit"), relaxation.text("repaired")});
    }
    solution.choices = readChoices(reader.array("choices"), method);
    return solution;
}

FrontPoint readFrontPoint(const Json &json, const QString &method)
{
    Reader reader(json, method);
    FrontPoint point;
    point.limits = reader.numbers("limits");
    point.costs = reader.numbers("costs");
    point.objective = reader.number("objective");
    point.bound = reader.number("bound");
    point.proved = reader.text("status") == "optimal";
    point.choices = readChoices(reader.array("choices"), method);
    for (const Json &baseline : reader.array("baselines"))
        point.baselines.append(readBaseline(baseline, method));
    return point;
}

ProjectInfo readProject(const Json &json, const QString &method)
{
    Reader reader(json, method);
    ProjectInfo project;
    project.path = reader.text("path");
    project.name = reader.text("name");
    project.writable = reader.flag("writable");
    project.whyReadOnly = reader.text("why_read_only");
    project.runnable = reader.flag("runnable");
    if (reader.has("settings")) {
        Reader settings(reader.at("settings"), method);
        project.objective = settings.text("objective");
        project.parentPath = settings.text("parent_path");
        project.dtype = settings.text("dtype");
    }
    if (reader.has("library")) {
        Reader library(reader.at("library"), method);
        project.variants = static_cast<int>(library.integer("variants", 0));
        project.scored = static_cast<int>(library.integer("scored", 0));
    }
    if (reader.has("counts")) {
        Reader counts(reader.at("counts"), method);
        project.solutions = static_cast<int>(counts.integer("solutions", 0));
        project.children = static_cast<int>(counts.integer("children", 0));
    }
    for (const Json &workload : reader.array("workloads"))
        if (project.device.isEmpty())
            project.device = Reader(workload, method).text("device");
    project.parentLayers = readChoices(reader.array("layers"), method);
    project.layers = static_cast<int>(project.parentLayers.size());
    return project;
}

QList<ChildData> readChildren(const Json &json, const QString &method)
{
    QList<ChildData> children;
    for (const Json &entry : Reader(json, method).array("children")) {
        Reader reader(entry, method);
        ChildData child;
        child.id = reader.integer("id", 0);
        child.solution = reader.integer("solution", -1);
        child.parameters = reader.integer("parameters", 0);
        child.path = reader.text("path");
        child.created = reader.text("created");
        child.exists = reader.flag("exists");
        child.refitted = reader.flag("refitted");
        child.choices = readChoices(reader.array("choices"), method);
        child.predicted = reader.numbers("predicted");
        child.measured = reader.numbers("measured");
        children.append(child);
    }
    return children;
}

QList<VerdictData> readVerdicts(const Json &json, const QString &method)
{
    QList<VerdictData> verdicts;
    for (const Json &entry : Reader(json, method).array("lint")) {
        Reader reader(entry, method);
        VerdictData verdict;
        verdict.runtime = reader.text("runtime");
        verdict.format = reader.text("format");
        verdict.loads = reader.flag("loads");
        for (const Json &item : reader.array("findings")) {
            Reader finding(item, method);
            QList<int> layers;
            for (double layer : finding.values("layers"))
                layers.append(static_cast<int>(layer));
            verdict.findings.append(
                {finding.text("why"), finding.text("source"), finding.text("part"), layers, finding.flag("refused")});
        }
        verdicts.append(verdict);
    }
    return verdicts;
}

ExportedData readExported(const Json &json, const QString &method)
{
    Reader reader(json, method);
    return {reader.text("path"), reader.text("kind")};
}

QList<HistoryRow> readHistory(const Json &json, const QString &method)
{
    QList<HistoryRow> rows;
    for (const Json &entry : Reader(json, method).array("rows")) {
        Reader reader(entry, method);
        double seconds = reader.number("seconds");
        rows.append({reader.integer("job", 0), reader.integer("attempt", 0), reader.integer("done", 0),
                     reader.integer("total", 0), reader.text("stage"), reader.text("state"), reader.text("note"),
                     reader.text("started"), std::isnan(seconds) ? 0 : seconds});
    }
    return rows;
}

ProjectPeek readPeek(const Json &json, const QString &method)
{
    Reader reader(json, method);
    ProjectPeek peek;
    peek.path = reader.text("path");
    peek.name = reader.text("name");
    peek.metric = reader.text("metric");
    peek.modified = reader.text("modified");
    peek.layers = static_cast<int>(reader.integer("layers", 0));
    peek.variants = static_cast<int>(reader.integer("variants", 0));
    if (reader.has("front")) {
        Reader front(reader.at("front"), method);
        peek.axis = front.text("axis");
        for (const Json &point : front.array("points"))
            if (point.is_array() && point.size() == 2 && point[0].is_number() && point[1].is_number())
                peek.front.append({point[0].get<double>(), point[1].get<double>()});
    }
    return peek;
}

VariantDetail readVariantDetail(const Json &json, const QString &method)
{
    Reader reader(json, method);
    VariantDetail detail;
    detail.variant = static_cast<int>(reader.integer("variant", -1));
    detail.origin = reader.text("origin");
    for (const Json &entry : reader.array("shape")) {
        Reader tensor(entry, method);
        QStringList sizes;
        for (const Json &size : tensor.array("shape"))
            sizes.append(QString::number(size.is_number() ? size.get<qint64>() : 0));
        detail.shape.append({tensor.text("tensor"), sizes.join(QStringLiteral(" × "))});
    }
    if (reader.at("costs").is_object())
        for (const auto &[key, value] : reader.at("costs").items()) {
            Reader cost(value, method);
            detail.costs.insert(QString::fromStdString(key), {cost.number("value"), cost.number("spread"),
                                                              cost.flag("estimated"), cost.text("source")});
        }
    detail.scores = readScores(reader.at("scores"), method);
    if (reader.at("scores_by_origin").is_object())
        for (const auto &[origin, scores] : reader.at("scores_by_origin").items())
            detail.byOrigin.insert(QString::fromStdString(origin), readScores(scores, method));
    detail.lossBefore = reader.number("loss_before");
    detail.lossAfter = reader.number("loss_after");
    detail.tokens = reader.integer("tokens", -1);
    for (const Json &point : reader.array("curve"))
        if (point.is_array() && point.size() >= 2 && point[0].is_number() && point[1].is_number())
            detail.curve.append({point[0].get<double>(), point[1].get<double>()});
    return detail;
}

Library readLibrary(const Json &json, QStringList *columns)
{
    const QString method = "library/describe";
    Reader reader(json, method);
    Library library;
    library.hash = reader.text("hash");
    library.name = reader.text("name");
    library.objectiveDefault = reader.text("objective_default");
    library.layers = static_cast<int>(reader.integer("layers", 0));
    for (const Json &workload : reader.array("workloads"))
        library.workloads.append(Reader(workload, method).text("name"));
    library.metrics = reader.words("metrics");
    for (const Json &entry : reader.array("costs")) {
        Reader cost(entry, method);
        CostKey key{{}, cost.text("cost"), cost.text("workload"), cost.text("unit")};
        bool first = library.workloads.isEmpty() || key.workload.isEmpty() || key.workload == library.workloads.first();
        key.key = first ? key.cost : key.cost + "@" + key.workload;
        library.costs.append(key);
    }
    for (const Json &index : reader.array("begin"))
        library.begin.append(index.is_number_integer() ? index.get<int>() : 0);
    library.attention = reader.words("attention");
    library.ffn = reader.words("ffn");
    for (auto [from, to] : {std::pair{"fixed", &library.fixed}, std::pair{"parent", &library.parent}}) {
        const QMap<QString, double> numbers = reader.numbers(from);
        for (auto entry = numbers.begin(); entry != numbers.end(); ++entry)
            to->insert(entry.key(), entry.value());
    }
    library.estimated = reader.words("estimated");
    *columns = reader.words("columns");
    return library;
}

void appendVariants(Library *library, const Json &json)
{
    const QString method = "library/variants";
    for (const Json &entry : Reader(json, method).array("rows")) {
        Reader reader(entry, method);
        VariantRow row;
        row.layer = static_cast<int>(reader.integer("layer", 0));
        row.parent = reader.flag("parent");
        row.origin = reader.text("origin");
        for (const QString &half : reader.text("block").split('+')) {
            if (half.startsWith("attention="))
                row.attention = half.mid(10);
            else if (half.startsWith("ffn="))
                row.ffn = half.mid(4);
            else
                throw badInput("the engine's answer to library/variants: block " + half.toStdString()
                               + " is not known");
        }
        row.part = row.ffn.isEmpty()       ? BlockPart::Attention
                 : row.attention.isEmpty() ? BlockPart::Ffn
                                           : BlockPart::Pair;
        library->variants.append(row);
    }
}

BulkPage readBulk(const Json &json, const QString &method)
{
    Reader reader(json, method);
    BulkPage page;
    page.from = static_cast<int>(reader.integer("from", 0));
    page.total = static_cast<int>(reader.integer("total", 0));
    const Json &shape = reader.array("shape");
    if (shape.size() != 2 || !shape[0].is_number_unsigned() || !shape[1].is_number_unsigned()
        || reader.text("dtype") != "float64")
        throw badInput("the engine's answer to " + method.toStdString() + " has no shape of two or is not float64");
    page.rows = shape[0].get<int>();
    page.columns = shape[1].get<int>();
    QByteArray bytes = QByteArray::fromBase64(reader.text("base64").toLatin1());
    qsizetype count = qsizetype(page.rows) * page.columns;
    if (bytes.size() != count * qsizetype(sizeof(double)))
        throw badInput("the engine's answer to " + method.toStdString() + " has another length than its shape says");
    page.values.resize(count);
    if (count > 0)
        std::memcpy(page.values.data(), bytes.constData(), static_cast<std::size_t>(bytes.size()));
    return page;
}

} // namespace tessera::ui
