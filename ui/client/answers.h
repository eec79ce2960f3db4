// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/library.h"

#include "engine/base/json.h"

#include <QHash>
#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

#include <optional>

namespace tessera::ui {

// The engine's answers as values. The read functions throw tessera::Error (BadInput) naming the method for anything that is
// not as engine/service/PROTOCOL.md says; numbers that are null become NaN.

struct Relaxation {
    QString limit, repaired; ///< repaired is empty where no value of the limit alone is enough.
};

struct SolutionData {
    qint64 id = -1, revision = -1;
    QString library, status, metric;
    double objective = kUnknown, bound = kUnknown, gap = kUnknown, seconds = kUnknown;
    QMap<QString, double> costs, slack, prices; ///< By cost key; slack and prices by limit key.
    QMap<QString, QString> limits;              ///< Limit key to the limit as it was written.
    QStringList estimated, conflict, remarks;
    QList<Relaxation> relaxations;
    QList<LayerNames> choices;

    bool found() const { return !choices.isEmpty(); }
    bool proved() const { return status == "optimal"; }
    bool infeasible() const { return status == "infeasible"; }
};
SolutionData readSolution(const Json &json, const QString &method);

struct BaselineData {
    QString name;
    double objective = kUnknown, distance = kUnknown;
    QMap<QString, double> costs;
    QList<LayerNames> choices;
};
struct FrontPoint {
    QMap<QString, double> limits, costs;
    double objective = kUnknown, bound = kUnknown;
    bool proved = false;
    QList<LayerNames> choices;
    QList<BaselineData> baselines;
};
FrontPoint readFrontPoint(const Json &json, const QString &method);

struct ProjectInfo {
    QString path, name, whyReadOnly, objective, parentPath, dtype, device;
    bool writable = false, runnable = false;
    int layers = 0, variants = 0, scored = 0, solutions = 0, children = 0;
    QList<LayerNames> parentLayers;
    bool isOpen() const { return !path.isEmpty(); }
};
ProjectInfo readProject(const Json &json, const QString &method);

struct ChildData {
    qint64 id = 0, solution = -1, parameters = 0;
    QString path, created;
    bool exists = false, refitted = false;
    QList<LayerNames> choices;
    QMap<QString, double> predicted, measured;
};
QList<ChildData> readChildren(const Json &json, const QString &method);

/// Whether a program will run a model, and what about it would be in the way.
struct VerdictData {
    struct Finding {
        QString why, source, part;
        QList<int> layers;
        bool refused = false;
    };
    QString runtime, format;
    bool loads = false;
    QList<Finding> findings;
};
QList<VerdictData> readVerdicts(const Json &json, const QString &method);

/// What was written where.
struct ExportedData {
    QString path, kind;
};
ExportedData readExported(const Json &json, const QString &method);

struct HistoryRow {
    qint64 job = 0, attempt = 0, done = 0, total = 0;
    QString stage, state, note, started;
    double seconds = 0;
};
QList<HistoryRow> readHistory(const Json &json, const QString &method);

struct ProjectPeek {
    QString path, name, metric, modified, axis;
    int layers = 0, variants = 0;
    QList<QPointF> front;
};
ProjectPeek readPeek(const Json &json, const QString &method);

/// Everything about one variant: its page in the inspector.
struct VariantDetail {
    struct Cost {
        double value = kUnknown, spread = kUnknown;
        bool estimated = false;
        QString source;
    };
    struct Score {
        double mean = kUnknown, error = kUnknown;
        QList<double> samples;
    };
    int variant = -1;
    QString origin;
    QList<QPair<QString, QString>> shape; ///< Tensor, "192 x 192".
    QMap<QString, Cost> costs;
    QMap<QString, Score> scores;
    QMap<QString, QMap<QString, Score>> byOrigin;
    double lossBefore = kUnknown, lossAfter = kUnknown;
    qint64 tokens = -1;
    QList<QPointF> curve; ///< Tokens, loss.
};
VariantDetail readVariantDetail(const Json &json, const QString &method);

/// "library/describe" (without variants and columns), a page of "library/variants", and a bulk answer.
Library readLibrary(const Json &json, QStringList *columns);
void appendVariants(Library *library, const Json &json);
struct BulkPage {
    int from = 0, total = 0, rows = 0, columns = 1;
    QList<double> values; ///< Row by row.
};
BulkPage readBulk(const Json &json, const QString &method);

} // namespace tessera::ui
