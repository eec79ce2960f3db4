// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/realize.h"

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/checkpoint/child_writer.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/cost/cost_names.h"
#include "engine/cost/totals.h"
#include "engine/jobs/parent.h"
#include "engine/jobs/stage.h"
#include "engine/jobs/worker_process.h"
#include "engine/store/job_log.h"
#include "engine/store/library_rows.h"
#include "engine/store/pairs.h"
#include "engine/store/results.h"
#include "engine/store/scores.h"
#include "engine/store/solutions.h"
#include "engine/text/chat_template.h"
#include "engine/text/tokenizer.h"

#include <algorithm>
#include <map>
#include <utility>

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kElementsAtOnce = 4 << 20;

/// Pairs whose own scores the library has, so that a search chose them as pairs.
std::map<PairAt, PairSource> scoredPairs(const Project &project)
{
    std::map<PairAt, SamplesByMetric> scores = pairScoresOf(project);
    std::map<PairAt, PairSource> pairs;
    for (const auto &[at, record] : pairsOf(project))
        if (scores.contains(at) && isPresent(record.weights))
            pairs.insert({at, record.weights});
    return pairs;
}

/// The weights of every replaced sub-block, in order of layers, attention before FFN.
std::vector<SubBlockSource> sourcesOf(const Project &project, const ModelConfig &config, const std::vector<LayerChoice> &choices)
{
    if (choices.size() != static_cast<std::size_t>(config.layers))
        throw badInput("the child has " + std::to_string(choices.size()) + " layers, its parent "
                       + std::to_string(config.layers));
    std::map<VariantAt, Origin> chosen = chosenOrigins(project);
    std::map<Candidate, WeightsRecord> present = presentWeights(project);
    std::map<PairAt, PairSource> pairs = scoredPairs(project);
    std::vector<SubBlockSource> sources;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        auto pair = pairs.find({static_cast<std::int64_t>(i), choices[i].attention, choices[i].ffn});
        if (pair != pairs.end()) {
            sources.push_back(pair->second.attention);
            sources.push_back(pair->second.ffn);
            continue;
        }
        for (Part part : {Part::Attention, Part::Ffn}) {
            VariantAt at{static_cast<std::int64_t>(i), choices[i].of(part)};
            if (at.variant == parentVariant(config, part))
                continue;
            std::optional<SubBlockSource> source = chosenSource(at, chosen, present);
            if (!source)
                throw badInput(toString(at.variant) + " of layer " + std::to_string(at.layer)
                               + " has no weights yet: the stage fit makes them");
            sources.push_back(*source);
        }
    }
    return sources;
}

/// A folder that is deleted in the end.
class ScratchFolder {
public:
    explicit ScratchFolder(fs::path path) : m_path(std::move(path))
    {
        std::error_code why;
        fs::remove_all(m_path, why);
        fs::create_directories(m_path, why);
        if (why)
            throw failed("cannot make the folder " + m_path.string() + ": " + why.message());
    }
    ~ScratchFolder()
    {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
    }
    ScratchFolder(const ScratchFolder &) = delete;
    ScratchFolder &operator=(const ScratchFolder &) = delete;
    const fs::path &path() const { return m_path; }

private:
    fs::path m_path;
};

TokenSplit distilSplit(const Project &project)
{
    for (const TokenSplit &split : project.tokenSplits())
        if (split.name == "distil")
            return split;
    throw badInput(project.path().string() + " has no text to refit on: build the child without refitting");
}

RefitRequest refitRequest(const Project &project, const Checkpoint &parent, const std::vector<SubBlockSource> &sources,
                          const RealizeOptions &options, const fs::path &folder)
{
    RefitRequest request;
    ProjectSettings settings = project.settings();
    request.parent = fs::absolute(parent.path()).string();
    request.tokenFile = distilSplit(project).file;
    std::optional<Json> fit = stageOptions(project, "fit"), made = stageOptions(project, "new");
    request.maxTokens = options.refitTokens.value_or(fit ? integerOr(*fit, "tokens", 32768, "the options of fit") : 32768);
    request.window = made ? integerOr(*made, "window", 512, "the options of new") : 512;
    request.chosen = sources;
    request.outFolder = folder.string();
    request.run = {settings.dtype, options.threads, settings.seed};
    return request;
}

/// The sources, each with its refitted weights.
std::vector<SubBlockSource> refit(const Project &project, const Checkpoint &parent, std::vector<SubBlockSource> sources,
                                  const RealizeOptions &options, const fs::path &folder, const WorkContext &context)
{
    RefitRequest request = refitRequest(project, parent, sources, options, folder);
    WorkerOptions how;
    how.command = options.workerCommand;
    WorkerProcess worker(how, context.stop);
    WorkContext listening;
    listening.stop = context.stop;
    listening.progress = context.progress;
    listening.item = [&](const Json &item) {
        const std::string where = "an item of the worker";
        std::int64_t layer = requireInteger(item, "layer", where);
        std::string variant = requireString(item, "variant", where);
        for (SubBlockSource &source : sources)
            if (source.layer == layer && toString(source.variant) == variant) {
                source.origin = Origin::Refitted;
                source.file = requireString(item, "file", where);
                source.hash = requireString(item, "hash", where);
            }
    };
    worker.call("refit", toJson(request), listening);
    return sources;
}

/// Hands out the child's tensors: from a sub-block's file where it was replaced, otherwise from the parent.
class TensorSource {
public:
    TensorSource(const Checkpoint &parent, const std::vector<SubBlockSource> &sources) : m_parent(parent)
    {
        for (const SubBlockSource &source : sources) {
            if (source.file.empty())
                continue;
            if (hashFile(source.file) != source.hash)
                throw failed(source.file + " was changed since it was recorded; run the stage that made it again");
            m_files.push_back(SafetensorsFile::open(source.file));
            for (const TensorSpec &spec : tensorsOf(parent.config(), source.variant))
                m_fileOf.insert({tensorName(source.layer, spec.name), {m_files.size() - 1, spec}});
        }
    }

    void produce(const TensorSpec &tensor, const FloatSink &sink) const
    {
        std::int64_t columns = tensor.shape.size() > 1 ? tensor.shape[1] : tensor.shape[0];
        std::int64_t rows = tensor.shape.size() > 1 ? tensor.shape[0] : 1;
        std::int64_t atOnce = std::max<std::int64_t>(1, kElementsAtOnce / std::max<std::int64_t>(1, columns));
        std::vector<float> values;
        auto replaced = m_fileOf.find(tensor.name);
        for (std::int64_t row = 0; row < rows; row += atOnce) {
            std::int64_t count = std::min(atOnce, rows - row);
            values.resize(static_cast<std::size_t>(count * columns));
            if (replaced == m_fileOf.end())
                m_parent.readRows(m_parent.tensor(tensor.name), row, count, values);
            else
                readFile(replaced->second, row, count, columns, values);
            sink(values);
        }
    }

private:
    struct Place {
        std::size_t file;
        TensorSpec spec;
    };

    void readFile(const Place &place, std::int64_t row, std::int64_t count, std::int64_t columns, std::span<float> values) const
    {
        const StoredTensor *stored = m_files[place.file].find(place.spec.name);
        if (!stored || stored->shape != place.spec.shape)
            throw failed("the weights of " + place.spec.name + " are not as their variant says; run the stage that made them again");
        std::size_t elements = 1;
        for (std::int64_t length : stored->shape)
            elements *= static_cast<std::size_t>(length);
        std::size_t width = elements > 0 ? stored->bytes.size() / elements : 0;
        decodeFloats(stored->type, stored->bytes.subspan(static_cast<std::size_t>(row * columns) * width,
                                                         static_cast<std::size_t>(count * columns) * width),
                     values);
    }

    const Checkpoint &m_parent;
    std::vector<SafetensorsFile> m_files;
    std::map<std::string, Place> m_fileOf;
};

StoredType typeOf(const Checkpoint &parent, const RealizeOptions &options)
{
    StoredType type = options.type.value_or(parent.mainType());
    bool plain = type == StoredType::F32 || type == StoredType::F16 || type == StoredType::BF16;
    return plain ? type : StoredType::F32;
}

/// Sums of scores and totals of costs, where every part is known.
Json predictionOf(const BlockLibrary &library, const std::vector<LayerChoice> &choices)
{
    std::map<std::string, std::pair<double, std::size_t>> sums;
    auto add = [&](const LibraryEntry *entry, std::size_t parts) {
        if (entry)
            for (const auto &[metric, score] : entry->scores) {
                sums[metric].first += score.mean;
                sums[metric].second += parts;
            }
    };
    for (std::size_t i = 0; i < choices.size(); ++i) {
        const BlockLibrary::Layer &layer = library.layers.at(i);
        if (const LibraryEntry *pair = findPair(layer, choices[i]); pair && !pair->scores.empty()) {
            add(pair, 2);
            continue;
        }
        add(findEntry(layer, choices[i].attention), 1);
        add(findEntry(layer, choices[i].ffn), 1);
    }
    Json predicted = costsToJson(totalCosts(library, choices, 0), library.workloads.front());
    for (const auto &[metric, sum] : sums)
        if (sum.second == 2 * choices.size())
            predicted[metric] = sum.first;
    return predicted;
}

Json choicesJson(const std::vector<LayerChoice> &choices)
{
    Json json = Json::array();
    for (std::size_t i = 0; i < choices.size(); ++i)
        json.push_back({{"layer", i}, {"attention", shortName(choices[i].attention)}, {"ffn", shortName(choices[i].ffn)}});
    return json;
}

} // namespace

RealizedChild realizeChild(Project &project, const std::vector<LayerChoice> &choices, const RealizeOptions &options,
                           const WorkContext &context)
{
    Checkpoint parent = findParent(project, options.parent);
    std::error_code ignored;
    fs::path out = fs::absolute(options.out).lexically_normal();
    if (out.filename().empty())
        out = out.parent_path();
    if (fs::exists(out, ignored) && !fs::is_empty(out, ignored))
        throw badInput(out.string() + " exists and is not empty; choose another place");
    ModelArchitecture child{parent.config(), choices};
    std::vector<SubBlockSource> sources = sourcesOf(project, parent.config(), choices);
    bool fits = std::ranges::any_of(sources, [](const SubBlockSource &source) { return !source.file.empty(); });
    ScratchFolder scratch(out.string() + ".parts");
    if (options.refit && fits)
        sources = refit(project, parent, std::move(sources), options, scratch.path(), context);
    context.stop.throwIfRequested();

    TensorSource tensors(parent, sources);
    std::string tokenizer = Tokenizer::open(parent.path()).toJson();
    writeChild(out, child, typeOf(parent, options),
               [&](const TensorSpec &tensor, const FloatSink &sink) {
                   context.stop.throwIfRequested();
                   tensors.produce(tensor, sink);
               },
               tokenizer, chatTemplateOf(parent.path()));

    RealizedChild realized{out, parametersOf(child), predictionOf(loadLibrary(project), choices)};
    if (project.writable()) {
        ChildRecord record;
        record.solution = options.solution;
        record.path = out.string();
        record.choices = choicesJson(choices);
        record.refitted = options.refit && fits;
        record.parameters = realized.parameters;
        record.predicted = realized.predicted;
        saveChild(project, record);
    }
    return realized;
}

} // namespace tessera
