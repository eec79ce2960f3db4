// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/library.h"

#include "engine/base/json.h"

#include <QHash>
#include <QList>
#include <QMap>
#include <QPair>
#include <QString>

namespace tessera::ui {

// The engine's answers about global distillation, as answers.h has the others.

/// How a child came from another one. Figures are means over held-out windows.
struct DistilledData {
    struct Change {
        double difference = kUnknown, low = kUnknown, high = kUnknown; ///< After minus before; 95 % interval.
    };
    QString from; ///< Path of the child that it was; empty in the answer to "children/distill".
    qint64 tokens = 0, steps = 0, bestStep = 0;
    QMap<QString, double> loss, before, after;
    QMap<QString, Change> change;
};
/// Of the answer to "children/distill" for one child.
DistilledData readDistilled(const Json &json, const QString &method);
/// Of "children/list": those children that were distilled, by id.
QHash<qint64, DistilledData> readDistilledChildren(const Json &json, const QString &method);

/// An order, as far as people choose it.
struct DistillOrder {
    Json params; ///< The whole order, with what nobody chose.
    QString out, train;
    QMap<QString, double> loss; ///< Weights of "kl", "cosine" and "lm".
    double tokens = kUnknown, minutes = kUnknown, learningRate = kUnknown;
};
/// Of "children/distill_options".
struct DistillChoices {
    DistillOrder defaults;
    QList<QPair<QString, qint64>> trainable; ///< A word for what is trained, and its parameters.
    QList<DistillOrder> unfinished;
};
DistillChoices readDistillChoices(const Json &json, const QString &method);

} // namespace tessera::ui
