// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/new_project.h"

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/store/job_log.h"
#include "engine/store/results.h"
#include "engine/text/corpus.h"
#include "engine/text/token_file.h"

#include <algorithm>
#include <set>
#include <utility>

namespace tessera {
namespace {

namespace fs = std::filesystem;

Checkpoint openParent(const fs::path &path)
{
    Checkpoint parent = Checkpoint::open(path);
    if (parent.architecture() != parentArchitecture(parent.config()))
        throw badInput(path.string() + " is a child whose layers differ; a parent has the same sub-blocks in every layer");
    return parent;
}

void checkSpace(const VariantSpace &space, const ModelConfig &config)
{
    for (std::int64_t layer = 0; layer < config.layers; ++layer)
        for (const Variant &variant : variantsOf(space, config, layer))
            if (std::string why = whyImpossible(config, variant); !why.empty())
                throw badInput("the space asks for " + toString(variant) + ": " + why);
}

std::vector<Workload> workloadsOf(const NewProject &order, DType dtype)
{
    if (order.workloads.empty()) {
        Workload workload;
        workload.weights = workload.activations = workload.kv = dtype;
        return {workload};
    }
    std::set<std::string> names;
    for (const Workload &workload : order.workloads)
        if (!names.insert(workload.name).second)
            throw badInput("two workloads have the name \"" + workload.name + "\"; give each its own");
    return order.workloads;
}

/// Writes the token files of a project; says what they are.
std::vector<TokenSplit> writeTokens(const Project &project, const CorpusParts &parts)
{
    fs::path folder = project.blocksFolder() / "tokens";
    std::vector<TokenSplit> splits;
    for (auto [name, tokens] : {std::pair("distil", &parts.distil), std::pair("score", &parts.score), std::pair("test", &parts.test)}) {
        std::string file = (folder / (std::string(name) + ".tokens")).string();
        splits.push_back({name, file, writeTokenFile(file, *tokens), static_cast<std::int64_t>(tokens->size())});
    }
    return splits;
}

void saveText(Project &project, const NewProject &order, const CorpusParts &parts, std::int64_t window)
{
    for (const TokenSplit &split : writeTokens(project, parts))
        project.saveTokenSplit(split);
    Json texts = Json::array();
    for (const fs::path &text : order.texts)
        texts.push_back({{"file", fs::absolute(text).string()}, {"hash", hashFile(text)}});
    saveStageOptions(project, "new", {{"window", window}, {"corpus", parts.hash}});
    saveProvenance(project, "texts", texts);
}

/// Roofline estimates of every shape for the workloads whose device is known.
std::vector<CostRecord> estimates(const NewProject &order, const ModelConfig &config, const std::vector<Workload> &workloads,
                                  std::vector<std::string> &remarks)
{
    std::set<Variant> shapes;
    for (std::int64_t layer = 0; layer < config.layers; ++layer)
        for (const Variant &variant : variantsOf(order.space, config, layer))
            shapes.insert(variant);
    std::vector<CostRecord> records;
    for (std::size_t w = 0; w < workloads.size(); ++w) {
        try {
            const DeviceProfile &device = findDevice(order.devices, workloads[w].device);
            auto add = [&](const std::string &subject, const Costs &costs) {
                for (const auto &[name, value] : costs)
                    records.push_back({subject, -1, w, name, CostSource::Estimated, value.amount, {}, {}});
            };
            for (const Variant &shape : shapes)
                add(toString(shape), estimatedCosts(device, config, shape, workloads[w]));
            add("fixed", estimatedFixedCosts(device, config, workloads[w]));
        } catch (const Error &e) {
            remarks.push_back("no run times are estimated for the workload " + workloads[w].name + ": " + e.what());
        }
    }
    return records;
}

CorpusParts partsOf(const fs::path &parent, const std::vector<fs::path> &texts, const CorpusSplit &split, const StopToken &stop,
                    const ProgressSink &progress, std::size_t *count = nullptr)
{
    std::vector<TokenId> tokens = encodeTextFiles(Tokenizer::open(parent), texts, 0, stop, progress);
    if (count)
        *count = tokens.size();
    return splitCorpus(tokens, split);
}

} // namespace

DType fasterDType(const Json &device)
{
    const std::string where = "the worker's account of its device";
    const Json &types = device.contains("dtypes") ? device["dtypes"] : device;
    return numberOr(types, "bf16", 0, where) >= 1.1 * requireNumber(types, "f32", where) ? DType::BF16 : DType::F32;
}

NewProjectSummary createProject(const NewProject &order, const StopToken &stop, const ProgressSink &progress)
{
    std::error_code ignored;
    if (fs::exists(order.path, ignored))
        throw badInput(order.path.string() + " exists; choose another name or delete it first");
    Checkpoint parent = openParent(order.parent);
    const ModelConfig &config = parent.config();
    checkSpace(order.space, config);
    std::int64_t window = std::min(order.window, config.context > 0 ? config.context : order.window);
    CorpusSplit split;
    split.window = window;
    split.seed = order.seed;
    std::size_t tokens = 0;
    CorpusParts parts = partsOf(order.parent, order.texts, split, stop, progress, &tokens);

    NewProjectSummary summary;
    summary.layers = config.layers;
    summary.tokens = static_cast<std::int64_t>(tokens);
    summary.dtype = order.dtype ? *order.dtype : order.chooseDType();
    if (summary.dtype != DType::F32 && summary.dtype != DType::BF16)
        throw badInput("networks run in f32 or bf16, not in " + toString(summary.dtype));
    for (std::int64_t layer = 0; layer < config.layers; ++layer)
        summary.variants += static_cast<std::int64_t>(variantsOf(order.space, config, layer).size());

    ProjectSettings settings;
    settings.name = order.path.stem().string();
    settings.parentPath = fs::absolute(order.parent).lexically_normal().string();
    settings.parentFingerprint = parent.fingerprint();
    settings.config = config;
    settings.space = order.space;
    settings.dtype = summary.dtype;
    settings.seed = order.seed;
    std::vector<Workload> workloads = workloadsOf(order, summary.dtype);
    std::vector<CostRecord> costs = estimates(order, config, workloads, summary.remarks);
    stop.throwIfRequested();
    Project::create(order.path, settings, workloads, parent.architecture().layers, [&](Project &project) {
        saveText(project, order, parts, window);
        saveCosts(project, costs);
    });
    return summary;
}

namespace {

/// Gives a copied project its parent and its tokens here.
void settleHere(const FinishedProject &finished, const StopToken &stop, const ProgressSink &progress)
{
    Project project = Project::openForWriting(finished.path);
    project.setParentPath(fs::absolute(finished.parent).lexically_normal().string());
    CorpusSplit split;
    split.window = requireInteger(stageOptions(project, "new").value_or(Json::object()), "window", "the options of new");
    split.seed = project.settings().seed;
    CorpusParts parts = partsOf(finished.parent, finished.texts, split, stop, progress);
    std::error_code why;
    fs::create_directories(project.blocksFolder() / "tokens", why);
    std::vector<TokenSplit> recorded = project.tokenSplits();
    for (const TokenSplit &made : writeTokens(project, parts))
        if (std::ranges::find(recorded, made.hash, &TokenSplit::hash) == recorded.end())
            throw failed("the texts beside " + finished.parent.string() + " are not those that " + finished.source.string()
                         + " was made from");
}

} // namespace

void adoptProject(const FinishedProject &finished, const StopToken &stop, const ProgressSink &progress)
{
    std::error_code why;
    if (fs::exists(finished.path, why))
        throw badInput(finished.path.string() + " exists; choose another folder or delete it first");
    fs::copy_file(finished.source, finished.path, why);
    if (why)
        throw failed("cannot copy " + finished.source.string() + " to " + finished.path.string() + ": " + why.message());
    try {
        fs::permissions(finished.path, fs::perms::owner_read | fs::perms::owner_write, fs::perm_options::add, why);
        settleHere(finished, stop, progress);
    } catch (...) {
        fs::remove(finished.path, why);
        throw;
    }
}

} // namespace tessera
