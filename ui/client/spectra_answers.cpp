// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/client/spectra_answers.h"

#include "ui/client/reader.h"

#include <cmath>

namespace tessera::ui {
namespace {

DecayFitData readFit(const Json &json, const QString &method)
{
    if (!json.is_object())
        return {};
    Reader reader(json, method);
    return {reader.number("slope"), reader.number("slope_error"), static_cast<int>(reader.integer("points", 0))};
}

BandData readBand(const Json &json, const QString &method)
{
    if (!json.is_object())
        return {};
    Reader reader(json, method);
    return {reader.number("mean"), reader.number("low"), reader.number("high")};
}

QList<BandData> readBands(const Json &array, const QString &method)
{
    QList<BandData> bands;
    for (const Json &band : array)
        bands.append(readBand(band, method));
    return bands;
}

} // namespace

QList<MercerData> readMercer(const Json &json)
{
    const QString method = QStringLiteral("spectra/mercer");
    QList<MercerData> spectra;
    for (const Json &entry : Reader(json, method).array("spectra")) {
        Reader reader(entry, method);
        MercerData spectrum;
        spectrum.values = reader.values("values");
        spectrum.errors = reader.values("errors");
        if (spectrum.errors.size() != spectrum.values.size())
            throw badInput("the engine's answer to spectra/mercer has not an error for every eigenvalue");
        spectrum.trace = reader.number("trace");
        Reader fit(reader.at("fit"), method);
        spectrum.even = readFit(fit.at("even"), method);
        spectrum.odd = readFit(fit.at("odd"), method);
        if (reader.has("theory")) {
            Reader theory(reader.at("theory"), method);
            spectrum.exponent = theory.number("exponent");
            spectrum.sentence = theory.text("sentence");
        }
        spectra.append(spectrum);
    }
    return spectra;
}

QList<ProfileData> readProfiles(const Json &json)
{
    const QString method = QStringLiteral("spectra/profile");
    QList<ProfileData> profiles;
    for (const Json &entry : Reader(json, method).array("profiles")) {
        Reader reader(entry, method);
        ProfileData profile{reader.values("angles"), reader.values("values")};
        if (profile.angles.size() != profile.values.size())
            throw badInput("the engine's answer to spectra/profile has not a value for every angle");
        profiles.append(profile);
    }
    return profiles;
}

DescentData readDescent(const Json &json)
{
    const QString method = QStringLiteral("spectra/descend");
    const Json &descents = Reader(json, method).array("descents");
    if (descents.empty())
        throw badInput("the engine's answer to spectra/descend has no kernel");
    Reader reader(descents[0], method);
    DescentData data;
    data.tolerance = reader.number("tolerance");
    data.clip = static_cast<int>(reader.integer("clip", 0));
    data.times = reader.values("times");
    const char *const ways[] = {"descent", "inverse", "clipped"};
    for (const Json &entry : reader.array("steps")) {
        Reader step(entry, method);
        DescentData::Row row;
        row.frequency = static_cast<int>(step.integer("frequency", 0));
        Reader curves(step.at("curves"), method);
        for (int way = 0; way < DescentData::kWays; ++way) {
            row.steps[way] = step.number(ways[way]);
            row.left[way] = curves.values(ways[way]);
            if (row.left[way].size() != data.times.size())
                throw badInput("the engine's answer to spectra/descend has not a number for every time");
        }
        data.rows.append(row);
    }
    return data;
}

MatrixData readMatrix(const Json &json)
{
    const QString method = QStringLiteral("spectra/matrix");
    Reader reader(json, method);
    MatrixData data;
    data.data = reader.text("data");
    data.points = static_cast<int>(reader.integer("points", 0));
    data.classes = reader.words("classes");
    data.values = reader.values("values");
    for (double label : reader.values("labels"))
        data.labels.append(static_cast<int>(label));
    for (const Json &row : reader.array("matrix"))
        for (const Json &value : row)
            data.matrix.append(Reader::toNumber(value));
    for (const Json &vector : reader.array("vectors")) {
        data.vectors.append(QList<double>());
        for (const Json &value : vector)
            data.vectors.last().append(Reader::toNumber(value));
    }
    if (data.matrix.size() != qsizetype(data.points) * data.points
        || (!data.labels.isEmpty() && data.labels.size() != data.points))
        throw badInput("the engine's answer to spectra/matrix is no square of its points");
    return data;
}

QList<RegressionRow> readRegressions(const Json &json)
{
    const QString method = QStringLiteral("spectra/regress");
    QList<RegressionRow> rows;
    for (const Json &entry : Reader(json, method).array("results")) {
        Reader reader(entry, method);
        rows.append({reader.number("accuracy"), reader.number("deviation"), reader.number("ridge")});
    }
    return rows;
}

ExperimentData readExperiment(const Json &json)
{
    const QString method = QStringLiteral("spectra/experiment");
    Reader reader(json, method);
    ExperimentData data{reader.text("name"),   reader.text("claim"), reader.text("lesson"), reader.text("not_reproduced"),
                        reader.text("source"), reader.text("play"),  reader.number("seconds"), {}, {}};
    for (const Json &entry : reader.array("rows")) {
        Reader row(entry, method);
        data.rows.append({row.text("what"), row.text("rule"), row.number("measured"), row.number("expected"), row.flag("holds")});
    }
    if (!json.contains("parameters"))
        return data; // Kept before experiments had any.
    for (const Json &entry : reader.array("parameters")) {
        Reader one(entry, method);
        double value = one.number("value");
        data.parameters.append({one.text("name"), one.text("meaning"), one.number("default"), one.number("least"), one.number("most"),
                                one.flag("whole"), value, std::isnan(data.seconds) ? kUnknown : value});
    }
    return data;
}

QList<ExperimentData> readGallery(const Json &json)
{
    QList<ExperimentData> all;
    for (const Json &entry : Reader(json, QStringLiteral("spectra/experiments")).array("experiments"))
        all.append(readExperiment(entry));
    return all;
}

TangentData readTangent(const Json &record)
{
    const QString method = QStringLiteral("spectra/get");
    Reader row(record, method), reader(row.at("result"), method);
    TangentData data;
    data.id = row.integer("id", -1);
    data.created = row.text("created");
    data.name = reader.text("name");
    data.estimator = reader.text("estimator");
    data.probeHash = reader.text("probe_hash");
    data.probes = static_cast<int>(reader.integer("probes", 0));
    data.window = static_cast<int>(reader.integer("window", 0));
    data.seeds = static_cast<int>(reader.array("seeds").size());
    data.normalised = readBands(reader.array("normalised"), method);
    data.effectiveRank = readBand(reader.at("effective_rank"), method);
    data.stableRank = readBand(reader.at("stable_rank"), method);
    data.logCondition = readBand(reader.at("log10_condition"), method);
    for (const Json &entry : reader.array("blocks")) {
        Reader block(entry, method);
        data.blocks.append({block.text("name"), block.text("part"), block.text("variant"),
                            static_cast<int>(block.integer("layer", -1)), block.integer("parameters", 0),
                            readBand(block.at("trace_share"), method), readBands(block.array("mode_shares"), method)});
    }
    return data;
}

} // namespace tessera::ui
