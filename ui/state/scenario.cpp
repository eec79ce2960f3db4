// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/state/scenario.h"

#include "ui/state/text.h"

#include "engine/base/error.h"

#include <QCoreApplication>
#include <QHash>
#include <QRegularExpression>

#include <cmath>

namespace tessera::ui {
namespace {

Json words(const QStringList &list)
{
    Json array = Json::array();
    for (const QString &word : list)
        array.push_back(word.toStdString());
    return array;
}

QStringList readWords(const Json &json, const char *key)
{
    QStringList found;
    if (json.contains(key))
        for (const Json &word : json.at(key)) {
            if (!word.is_string())
                throw badInput(std::string("the scenario's ") + key + " holds something that is no text");
            found.append(QString::fromStdString(word.get<std::string>()));
        }
    return found;
}

QString readWord(const Json &json, const char *key)
{
    auto found = json.find(key);
    return found != json.end() && found->is_string() ? QString::fromStdString(found->get<std::string>()) : QString();
}

std::optional<double> unitFactor(const QString &suffix, const QString &unit)
{
    static const QHash<QString, double> bytes{
        {"", 1},      {"B", 1},        {"KB", 1e3},        {"MB", 1e6},           {"GB", 1e9},
        {"TB", 1e12}, {"KiB", 1024.0}, {"MiB", 1048576.0}, {"GiB", 1073741824.0}, {"TiB", 1099511627776.0}};
    static const QHash<QString, double> times{{"us", 1e-3}, {"µs", 1e-3}, {"ms", 1}, {"", 1}, {"s", 1e3}};
    static const QHash<QString, double> counts{{"", 1}, {"K", 1e3}, {"M", 1e6}, {"B", 1e9}, {"T", 1e12}};
    static const QHash<QString, double> speeds{{"", 1}, {"tokens/s", 1}};
    static const QHash<QString, double> plain{{"", 1}};
    const auto &table = unit == "bytes"    ? bytes
                      : unit == "ms"       ? times
                      : unit == "count"    ? counts
                      : unit == "tokens/s" ? speeds
                                           : plain;
    auto found = table.constFind(suffix);
    return found == table.constEnd() ? std::nullopt : std::optional<double>(*found);
}

QString trimmedNumber(double value, int decimals)
{
    QString text = QString::number(value, 'f', decimals);
    if (text.contains('.')) {
        while (text.endsWith('0'))
            text.chop(1);
        if (text.endsWith('.'))
            text.chop(1);
    }
    return text;
}

} // namespace

QString ScenarioDraft::describe() const
{
    QStringList parts;
    for (const LimitDraft &limit : limits)
        parts.append(costTitle(limit.key) + (limit.atLeast ? QStringLiteral(" ≥ ") : QStringLiteral(" ≤ "))
                     + limit.value);
    if (!pins.isEmpty())
        parts.append(
            QCoreApplication::translate("tessera::ui::Words", "%n pin(s)", nullptr, static_cast<int>(pins.size())));
    if (!bans.isEmpty())
        parts.append(
            QCoreApplication::translate("tessera::ui::Words", "%n ban(s)", nullptr, static_cast<int>(bans.size())));
    parts += rules;
    return parts.isEmpty() ? QCoreApplication::translate("tessera::ui::Words", "no limits")
                           : parts.join(QStringLiteral(", "));
}

Json toJson(const ScenarioDraft &draft)
{
    Json json = Json::object();
    if (!draft.name.isEmpty())
        json["name"] = draft.name.toStdString();
    if (!draft.objective.isEmpty())
        json["objective"] = draft.objective.toStdString();
    if (!draft.workload.isEmpty())
        json["workload"] = draft.workload.toStdString();
    if (draft.noiseAversion != 0)
        json["noise_aversion"] = draft.noiseAversion;
    json["max"] = Json::array();
    json["min"] = Json::array();
    for (const LimitDraft &limit : draft.limits)
        json[limit.atLeast ? "min" : "max"].push_back(limit.text().toStdString());
    json["pin"] = words(draft.pins);
    json["ban"] = words(draft.bans);
    json["rule"] = words(draft.rules);
    return json;
}

ScenarioDraft readScenario(const Json &json)
{
    if (!json.is_object())
        throw badInput("the engine's scenario is no object");
    ScenarioDraft draft;
    draft.name = readWord(json, "name");
    draft.objective = readWord(json, "objective");
    draft.workload = readWord(json, "workload");
    if (json.contains("noise_aversion") && json["noise_aversion"].is_number())
        draft.noiseAversion = json["noise_aversion"].get<double>();
    for (bool atLeast : {false, true})
        for (const QString &text : readWords(json, atLeast ? "min" : "max")) {
            auto limit = parseLimitText(text, atLeast);
            if (!limit)
                throw badInput("the scenario's limit " + text.toStdString() + " has no value");
            draft.limits.append(*limit);
        }
    draft.pins = readWords(json, "pin");
    draft.bans = readWords(json, "ban");
    draft.rules = readWords(json, "rule");
    return draft;
}

std::optional<LimitDraft> parseLimitText(const QString &text, bool atLeast)
{
    qsizetype sign = text.indexOf('=');
    if (sign <= 0 || sign + 1 >= text.size())
        return std::nullopt;
    return LimitDraft{text.left(sign).trimmed(), atLeast, text.mid(sign + 1).trimmed()};
}

std::optional<double> limitValue(const QString &value, const QString &unit, double parentTotal)
{
    static const QRegularExpression form(
        QStringLiteral(R"(^\s*([+-]?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)\s*([^\s]*)\s*$)"));
    QRegularExpressionMatch match = form.match(value);
    if (!match.hasMatch())
        return std::nullopt;
    double number = match.captured(1).toDouble();
    QString suffix = match.captured(2);
    if (suffix == "%")
        return std::isnan(parentTotal) ? std::nullopt : std::optional<double>(number / 100 * parentTotal);
    auto factor = unitFactor(suffix, unit);
    return factor ? std::optional<double>(number * *factor) : std::nullopt;
}

QString percentValue(double percent) { return trimmedNumber(percent, 1) + "%"; }

QString amountValue(double amount, const QString &unit)
{
    if (unit == "bytes") {
        for (auto [factor, name] :
             {std::pair{1073741824.0, "GiB"}, std::pair{1048576.0, "MiB"}, std::pair{1024.0, "KiB"}}) {
            QString text = trimmedNumber(amount / factor, 3);
            if (amount >= factor && text.toDouble() * factor == amount)
                return text + QLatin1String(name);
        }
        return trimmedNumber(amount, 0) + "B";
    }
    if (unit == "ms")
        return trimmedNumber(amount, 6) + "ms";
    if (unit == "count")
        return trimmedNumber(amount, 0);
    return trimmedNumber(amount, unit == "tokens/s" ? 3 : 9);
}

QString layerBlock(int layer, const QString &block) { return QString::number(layer) + ":" + block; }

} // namespace tessera::ui
