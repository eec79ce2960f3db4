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

void saveText(Project &project, const NewProject &order, const CorpusParts &parts, std::int64_t window)
{
    fs::path folder = project.blocksFolder() / "tokens";
    for (auto [name, tokens] : {std::pair("distil", &parts.distil), std::pair("score", &parts.score), std::pair("test", &parts.test)}) {
        std::string file = (folder / (std::string(name) + ".tokens")).string();
        std::string hash = writeTokenFile(file, *tokens);
        project.saveTokenSplit({name, file, hash, static_cast<std::int64_t>(tokens->size())});
    }
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
    Tokenizer tokenizer = Tokenizer::open(order.parent);
    std::vector<TokenId> tokens = encodeTextFiles(tokenizer, order.texts, 0, stop, progress);
    CorpusSplit split;
    split.window = window;
    split.seed = order.seed;
    CorpusParts parts = splitCorpus(tokens, split);

    NewProjectSummary summary;
    summary.layers = config.layers;
    summary.tokens = static_cast<std::int64_t>(tokens.size());
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

} // namespace tessera
