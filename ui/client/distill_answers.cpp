// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/client/distill_answers.h"

#include "ui/client/reader.h"

namespace tessera::ui {
namespace {

DistillOrder readOrder(const Json &json, const QString &method)
{
    Reader reader(json, method);
    DistillOrder order{json, reader.text("out"), reader.text("train"), {}, reader.number("tokens"), reader.number("minutes"),
                       reader.number("learning_rate")};
    const QStringList terms = reader.text("loss").split(',', Qt::SkipEmptyParts);
    for (const QString &term : terms)
        order.loss.insert(term.section('=', 0, 0), term.contains('=') ? term.section('=', 1).toDouble() : 1);
    return order;
}

} // namespace

DistilledData readDistilled(const Json &json, const QString &method)
{
    Reader reader(json, method);
    DistilledData distilled;
    distilled.from = reader.text("from");
    distilled.tokens = reader.integer("tokens", 0);
    distilled.steps = reader.integer("steps", 0);
    distilled.bestStep = reader.integer("best_step", 0);
    distilled.loss = reader.numbers("loss");
    distilled.before = reader.numbers("before");
    distilled.after = reader.numbers("after");
    if (reader.at("change").is_object())
        for (const auto &[name, value] : reader.at("change").items()) {
            Reader change(value, method);
            distilled.change.insert(QString::fromStdString(name),
                                    {change.number("difference"), change.number("low"), change.number("high")});
        }
    return distilled;
}

QHash<qint64, DistilledData> readDistilledChildren(const Json &json, const QString &method)
{
    QHash<qint64, DistilledData> all;
    for (const Json &entry : Reader(json, method).array("children")) {
        Reader child(entry, method);
        if (child.has("distilled"))
            all.insert(child.integer("id", 0), readDistilled(child.at("distilled"), method));
    }
    return all;
}

DistillChoices readDistillChoices(const Json &json, const QString &method)
{
    Reader reader(json, method);
    DistillChoices choices{readOrder(reader.at("defaults"), method), {}, {}};
    for (const Json &entry : reader.array("trainable")) {
        Reader word(entry, method);
        choices.trainable.append({word.text("train"), word.integer("parameters", 0)});
    }
    for (const Json &entry : reader.array("unfinished"))
        choices.unfinished.append(readOrder(entry, method));
    return choices;
}

} // namespace tessera::ui
