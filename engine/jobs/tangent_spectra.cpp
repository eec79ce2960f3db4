// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/tangent_spectra.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/jobs/network_model.h"
#include "engine/jobs/parent.h"
#include "engine/jobs/replacements.h"
#include "engine/jobs/worker_process.h"
#include "engine/protocol/tangent_request.h"
#include "engine/spectra/split_spectrum.h"
#include "engine/text/corpus.h"
#include "engine/text/token_file.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

namespace tessera {

const char *const kTangentCaption =
    "How gradient descent (not Adam) would move these networks from where they are now, seen on these probes alone. Only numbers free of "
    "scale are comparable: a raw trace mixes width, norm layers and the scale of weights. Where bands over seeds overlap there is no "
    "difference. No published evidence ranks blocks of language models by such spectra better than their parameter counts do.";

namespace {

constexpr const char *kKind = "tangent";

struct Network {
    std::string name, model;
    std::vector<SubBlockSource> replacements;
    bool ownModel = false;
};

Json replacedJson(const Network &network)
{
    if (network.ownModel)
        return nullptr;
    std::vector<SubBlockSource> sources = network.replacements;
    std::ranges::sort(sources, {}, [](const SubBlockSource &source) { return std::pair(source.layer, source.variant.part); });
    Json list = Json::array();
    for (const SubBlockSource &source : sources)
        list.push_back({{"layer", source.layer},
                        {"block", toString(source.variant)},
                        {"origin", source.variant.kind == VariantKind::None ? Json() : Json(toString(source.origin))}});
    return list;
}

Json bandJson(const Band &band) { return {{"mean", band.mean}, {"low", band.low}, {"high", band.high}}; }

Json bandsJson(const std::vector<Band> &bands)
{
    Json list = Json::array();
    for (const Band &band : bands)
        list.push_back(bandJson(band));
    return list;
}

/// The file of a TangentRequest.
SplitKernel readGrams(const std::string &path, std::int64_t kernels, std::int64_t blocks, std::int64_t probes)
{
    const MappedFile file(path);
    const auto each = static_cast<std::size_t>(probes * probes), matrices = static_cast<std::size_t>(kernels * blocks);
    if (file.bytes().size() != each * matrices * sizeof(double))
        throw failed("the worker wrote " + std::to_string(file.bytes().size()) + " bytes of kernels where "
                     + std::to_string(each * matrices * sizeof(double)) + " were expected");
    SplitKernel kernel;
    const std::byte *from = file.bytes().data();
    for (std::int64_t seed = 0; seed < kernels; ++seed) {
        kernel.parts.emplace_back();
        for (std::int64_t block = 0; block < blocks; ++block, from += each * sizeof(double)) {
            kernel.parts.back().emplace_back(probes, probes);
            std::memcpy(kernel.parts.back().back().values.data(), from, each * sizeof(double));
        }
    }
    return kernel;
}

Json resultOf(const Network &network, const TangentQuestion &question, Json said, const SplitKernel &kernel, const StopToken &stop)
{
    const SplitSpectrum spectrum = splitSpectrum(kernel, question.modes, {1, stop, {}});
    Json blocks = said.at("blocks");
    for (std::size_t part = 0; part < blocks.size(); ++part) {
        blocks[part]["trace_share"] = bandJson(spectrum.traceShares[part]);
        Json shares = Json::array();
        for (const std::vector<Band> &mode : spectrum.modeShares)
            shares.push_back(bandJson(mode[part]));
        blocks[part]["mode_shares"] = shares;
    }
    return {{"name", network.name},
            {"replaced", replacedJson(network)},
            {"estimator", said.at("estimator")},
            {"probe_hash", said.at("probe_hash")},
            {"probes", said.at("probes")},
            {"window", said.at("window")},
            {"seeds", said.at("seeds")},
            {"sketch_spread", said.at("sketch_spread")},
            {"trace", bandJson(spectrum.trace)},
            {"normalised", bandsJson(spectrum.values)},
            {"effective_rank", bandJson(spectrum.effectiveRank)},
            {"stable_rank", bandJson(spectrum.stableRank)},
            {"log10_condition", spectrum.logCondition ? bandJson(*spectrum.logCondition) : Json()},
            {"blocks", blocks}};
}

void writeProbes(const Project &project, const Checkpoint &parent, const TangentQuestion &question, const std::string &path, const WorkContext &context)
{
    if (question.text.empty()) {
        for (const TokenSplit &split : project.tokenSplits())
            if (split.name == "score") {
                const TokenFile file(split.file, parent.config().vocabulary);
                writeTokenFile(path, file.tokens());
                return;
            }
        throw badInput(project.path().string() + " has no text to take probes from: name one");
    }
    std::optional<Tokenizer> tokenizer = tokenizerOf(parent.path().string());
    if (!tokenizer)
        throw badInput(parent.path().string() + " has no tokenizer.json, so no text can be read");
    writeTokenFile(path, encodeTextFile(*tokenizer, question.text, 0, context.stop, context.progress));
}

std::vector<Network> networksOf(const Project &project, const Checkpoint &parent, const TangentQuestion &question)
{
    const std::string parentModel = parent.path().string();
    std::vector<Network> networks;
    if (question.parentToo)
        networks.push_back({"parent", parentModel, {}, false});
    if (!question.replacements.empty()) {
        std::string name = "parent with";
        for (const std::string &replacement : question.replacements)
            name += " " + replacement;
        networks.push_back({name, parentModel, replacementsOf(question.replacements, parent.config(), project), false});
    }
    for (const std::string &model : question.models)
        networks.push_back({model, modelPath(model), {}, true});
    if (networks.empty())
        throw badInput("no network is asked for: name the parent, replacements or models");
    return networks;
}

TangentRequest requestOf(const Network &network, const TangentQuestion &question, const std::string &tokenFile, const std::string &outFile)
{
    TangentRequest request;
    request.model = network.model;
    request.tokenFile = tokenFile;
    request.probes = question.probes;
    request.window = question.window;
    request.functional = question.functional;
    request.seeds = question.seeds;
    request.sketch = question.sketch;
    request.replacements = network.replacements;
    request.outFile = outFile;
    request.run = question.run;
    return request;
}

Json row(const char *what, const Json &a, const Json &b, bool bands)
{
    Json distinct;
    if (bands && a.is_object() && b.is_object()) {
        auto band = [](const Json &json) { return Band{json.at("mean").get<double>(), json.at("low").get<double>(), json.at("high").get<double>()}; };
        distinct = !overlap(band(a), band(b));
    }
    return {{"what", what}, {"a", a}, {"b", b}, {"distinct", distinct}};
}

/// The context of one network of several: its progress is that of a part of the whole.
WorkContext partOf(const WorkContext &whole, std::size_t index, std::size_t networks, const std::string &name)
{
    WorkContext part = whole;
    part.progress = [sink = whole.progress, index, networks, name](Progress progress) {
        progress.done += static_cast<std::int64_t>(index) * progress.total;
        progress.total *= static_cast<std::int64_t>(networks);
        if (networks > 1)
            progress.note = name;
        sink(progress);
    };
    return part;
}

} // namespace

Json compareTangent(const Json &a, const Json &b)
{
    for (const char *key : {"estimator", "probe_hash"})
        if (a.at(key) != b.at(key))
            throw badInput("\"" + a.at("name").get<std::string>() + "\" and \"" + b.at("name").get<std::string>() + "\" have different "
                           + (std::string(key) == "estimator" ? "estimators" : "probes") + " (" + a.at(key).get<std::string>() + " and "
                           + b.at(key).get<std::string>() + "), so their numbers say nothing about each other: compute both in the same way");
    const bool bands = a.at("seeds").size() > 1 && b.at("seeds").size() > 1;
    Json rows = Json::array();
    for (const char *what : {"effective_rank", "stable_rank", "log10_condition"})
        rows.push_back(row(what, a.at(what), b.at(what), bands));
    const std::size_t modes = std::min<std::size_t>({4, a.at("normalised").size(), b.at("normalised").size()});
    for (std::size_t mode = 0; mode < modes; ++mode)
        rows.push_back(row(("normalised eigenvalue " + std::to_string(mode)).c_str(), a.at("normalised")[mode], b.at("normalised")[mode], bands));
    return {{"a", a.at("name")}, {"b", b.at("name")}, {"rows", rows}};
}

Json compareTangent(const SpectrumRecord &a, const SpectrumRecord &b)
{
    for (const SpectrumRecord *record : {&a, &b})
        if (record->kind != kKind)
            throw badInput("spectrum " + std::to_string(record->id) + " is of the kind " + record->kind
                           + ": only those of networks (" + kKind + ") are compared");
    return compareTangent(a.result, b.result);
}

std::int64_t keepTangent(Project &project, const Json &network)
{
    for (const SpectrumRecord &kept : spectraOf(project, kKind)) {
        auto same = [&](const char *key) { return kept.result.contains(key) && kept.result.at(key) == network.at(key); };
        if (same("name") && same("replaced") && same("estimator") && same("probe_hash") && same("seeds"))
            forgetSpectrum(project, kept.id);
    }
    SpectrumRecord record;
    record.kind = kKind;
    record.name = network.at("name").get<std::string>();
    record.estimator = network.at("estimator").get<std::string>();
    record.probeHash = network.at("probe_hash").get<std::string>();
    record.seeds = network.at("seeds");
    record.result = network;
    return saveSpectrum(project, record);
}

Json tangentSpectra(Project &project, const TangentQuestion &question, const WorkContext &context)
{
    if (question.modes < 0 || question.modes > 4096)
        throw badInput("shares can be told for 0 to 4096 eigenvalues");
    const Checkpoint parent = findParent(project, question.parent);
    const TemporaryFolder folder;
    writeProbes(project, parent, question, folder.file("probes"), context);
    const std::vector<Network> networks = networksOf(project, parent, question);
    WorkerOptions how;
    how.command = question.workerCommand;
    WorkerProcess worker(how, context.stop);
    Json results = Json::array(), comparisons = Json::array();
    std::optional<SplitKernel> first;
    for (std::size_t index = 0; index < networks.size(); ++index) {
        const Network &network = networks[index];
        const std::string out = folder.file("grams");
        const Json said = worker.call("tangent", toJson(requestOf(network, question, folder.file("probes"), out)),
                                      partOf(context, index, networks.size(), network.name));
        SplitKernel kernel = readGrams(out, static_cast<std::int64_t>(question.seeds.size()), static_cast<std::int64_t>(said.at("blocks").size()),
                                       question.probes);
        results.push_back(resultOf(network, question, said, kernel, context.stop));
        if (!question.parentToo)
            continue;
        if (!first) {
            first = std::move(kernel);
            continue;
        }
        Json comparison = compareTangent(results.front(), results.back());
        comparison["similarity"] = bandJson(similarity(*first, kernel));
        comparisons.push_back(comparison);
    }
    return {{"networks", results}, {"comparisons", comparisons}, {"caption", kTangentCaption}};
}

} // namespace tessera
