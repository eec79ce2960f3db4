// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/library.h"

#include "engine/base/json.h"

#include <QList>
#include <QString>
#include <QStringList>

namespace tessera::ui {

// The answers of the "spectra/" methods as values; errors are those of answers.h.

/// The straight line through the logarithms of every other eigenvalue.
struct DecayFitData {
    double slope = kUnknown, error = kUnknown;
    int points = 0;
    bool known() const { return points > 0; }
};

struct MercerData {
    QList<double> values, errors;
    double trace = kUnknown;
    DecayFitData even, odd;
    double exponent = kUnknown; ///< NaN where the eigenvalues fall faster than every power.
    QString sentence;
    /// Whether the eigenvalue of a degree is positive and known well enough to be drawn.
    bool shows(int degree) const { return values[degree] > 0 && errors[degree] < 0.5 * values[degree]; }
};
QList<MercerData> readMercer(const Json &json);

struct ProfileData {
    QList<double> angles, values;
};
QList<ProfileData> readProfiles(const Json &json);

/// How gradient descent, plain and preconditioned, learns sines of the circle.
struct DescentData {
    enum Way { kPlain, kInverse, kClipped, kWays };
    struct Row {
        int frequency = 0;
        double steps[kWays] = {kUnknown, kUnknown, kUnknown}; ///< Until it is learnt; NaN: never.
        QList<double> left[kWays];                            ///< What is left at times, 1 at first.
    };
    double tolerance = kUnknown;
    int clip = 0;
    QList<double> times;
    QList<Row> rows;
};
DescentData readDescent(const Json &json);

/// A kernel's matrix on few points, with its eigenvalues and first eigenvectors.
struct MatrixData {
    QString data;
    int points = 0;
    QStringList classes;
    QList<int> labels;    ///< A class a point, in order; empty where there are none.
    QList<double> values; ///< Eigenvalues.
    QList<double> matrix; ///< Row by row.
    QList<QList<double>> vectors;
};
MatrixData readMatrix(const Json &json);

struct RegressionRow {
    double accuracy = kUnknown, deviation = kUnknown, ridge = kUnknown;
};
QList<RegressionRow> readRegressions(const Json &json);

struct ExperimentData {
    struct Row {
        QString what, rule;
        double measured = kUnknown, expected = kUnknown; ///< expected NaN: the rule compares rows.
        bool holds = false;
    };
    struct Parameter {
        QString name, meaning;
        double usual = 0, least = 0, most = 0;
        bool whole = true;
        double value = 0;           ///< What it is set to.
        double measured = kUnknown; ///< What the rows belong to; NaN until there are some.
    };
    QString name, claim, lesson, notReproduced, source, play;
    double seconds = kUnknown; ///< NaN until it has run.
    QList<Row> rows;
    QList<Parameter> parameters;
};
ExperimentData readExperiment(const Json &json);
QList<ExperimentData> readGallery(const Json &json);

/// A number over seeds.
struct BandData {
    double mean = kUnknown, low = kUnknown, high = kUnknown;
};
/// The empirical tangent kernel of one language model, as a project keeps it.
struct TangentData {
    struct Block {
        QString name, part, variant;
        int layer = -1;
        qint64 parameters = 0;
        BandData traceShare;
        QList<BandData> modeShares;
    };
    qint64 id = -1;
    QString name, estimator, probeHash, created;
    int probes = 0, window = 0, seeds = 0;
    QList<BandData> normalised;
    BandData effectiveRank, stableRank, logCondition;
    QList<Block> blocks;
};
TangentData readTangent(const Json &record);

} // namespace tessera::ui
