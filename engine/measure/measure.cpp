// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/measure/measure.h"

#include "engine/base/byte_size.h"
#include "engine/base/error.h"
#include "engine/base/memory.h"
#include "engine/measure/gpu_state.h"
#include "engine/measure/subjects.h"
#include "engine/measure/timing.h"
#include "engine/nn/device.h"
#include "engine/nn/memory_budget.h"
#include "engine/nn/threads.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tessera {
namespace {

constexpr std::int64_t kMostStretch = std::int64_t{512} << 20;

/// A subject and how its item is called.
struct Named {
    std::string key;
    Json name;
    Subject subject;
};

void check(const MeasureRequest &request, const ModelConfig &config)
{
    for (const Workload &workload : request.workloads) {
        const std::string where = "the workload \"" + workload.name + "\"";
        const bool gpu = workload.device == "cuda" || workload.device.starts_with("cuda:");
        if (workload.device != "cpu" && !(gpu && torch::cuda::is_available()))
            throw badInput(where + " is of the device \"" + workload.device + "\", but only " +
                           (torch::cuda::is_available() ? "\"cpu\" and \"cuda\"" : "\"cpu\"") +
                           " can be measured here; import its costs or use the estimates");
        if (workload.weights != workload.activations || workload.weights != workload.kv)
            throw badInput(where + " mixes types; run times are measured with one type for weights, activations and kv");
        if (workload.weights != DType::F32 && workload.weights != DType::BF16)
            throw badInput(where + " uses " + toString(workload.weights) + ", which this processor's networks do not run in; use f32 or bf16");
        if (workload.batch < 1 || workload.input < 0 || workload.output < 0 || workload.input + workload.output < 1)
            throw badInput(where + " has nothing to run: it needs a batch and an input or an output");
    }
    const auto checkVariant = [&](const Variant &variant, const std::string &of) {
        if (const std::string why = whyImpossible(config, variant); !why.empty())
            throw badInput(toString(variant) + of + " cannot be measured: " + why);
    };
    for (const Variant &variant : request.variants)
        checkVariant(variant, "");
    for (const MeasureRequest::Whole &whole : request.models)
        for (const LayerChoice &layer : whole.layers)
            for (Part part : {Part::Attention, Part::Ffn})
                checkVariant(layer.of(part), " of the model \"" + whole.name + "\"");
    if (request.leastRepeats < 1 || !(request.spreadGoal >= 0) || !(request.maxSeconds >= 0))
        throw badInput("measuring needs at least one repeat, and a spread and a time that are not negative");
}

/// The device that a workload names, as long as it is measured.
class DeviceOf {
public:
    explicit DeviceOf(const std::string &name) : m_before(nn::device()) { nn::useDevice(name); }

private:
    nn::OnDevice m_before;
};

/// What measuring may take of the device; nothing where nobody knows: the system itself will say when memory ends.
std::optional<std::int64_t> availableBytes()
{
    if (const auto budget = nn::memoryBudget())
        return budget;
    const auto free = freeMainMemory();
    return free ? std::optional(*free / 10 * 9) : free;
}

/// Bytes that a workload takes beside the stretches: the largest tensors of a prefill, the caches of the largest whole model, and
/// whole models themselves. Rough, in floating point, to refuse what cannot work before the system kills the worker.
double roughBytes(const MeasureRequest &request, const ModelConfig &config, const Workload &workload)
{
    const double bytes = static_cast<double>(bytesOf(workload.weights));
    const double batch = static_cast<double>(workload.batch), input = static_cast<double>(std::max<std::int64_t>(workload.input, 1));
    const double perToken = 6 * static_cast<double>(config.hidden) + 4 * static_cast<double>(config.ffnWidth) +
                            4 * static_cast<double>(config.heads) * static_cast<double>(config.headDim);
    double total = batch * input * perToken * bytes;
    total += batch * static_cast<double>(config.heads) * std::min(input, 128.0) * input * 8;
    total += batch * static_cast<double>(config.vocabulary) * bytes;
    const double cacheOfHead = 2 * batch * static_cast<double>(workload.input + workload.output) * static_cast<double>(config.headDim) * bytes;
    std::int64_t mostHeads = 0;
    for (const Variant &variant : request.variants)
        if (variant.kind == VariantKind::Gqa)
            mostHeads = std::max(mostHeads, variant.size);
    total += static_cast<double>(mostHeads) * cacheOfHead;
    for (const MeasureRequest::Whole &whole : request.models) {
        total += static_cast<double>(fixedParameters(config)) * bytes;
        for (const LayerChoice &layer : whole.layers) {
            total += static_cast<double>(parametersOf(config, layer.attention) + parametersOf(config, layer.ffn)) * bytes;
            if (layer.attention.kind == VariantKind::Gqa)
                total += static_cast<double>(layer.attention.size) * cacheOfHead;
        }
    }
    return total + static_cast<double>(fixedParameters(config)) * bytes + 2.0 * static_cast<double>(kMostStretch);
}

std::shared_ptr<const Bench> makeBench(const MeasureRequest &request, const ModelArchitecture &parent, const Workload &workload)
{
    const ModelConfig &config = parent.config;
    // Compared as floating point: a workload may ask for more than integers hold.
    const double needed = roughBytes(request, config, workload);
    if (const auto available = availableBytes(); available && needed > static_cast<double>(*available))
        throw badInput("measuring the workload \"" + workload.name + "\" takes about " +
                       bytesText(static_cast<std::int64_t>(std::min(needed, 0x1p62))) + ", but of " + nn::memoryName() + " " +
                       bytesText(*available) + " may be used: use a smaller batch or shorter lengths");
    std::int64_t weights = parametersOf(parent) - fixedParameters(config), cache = 0;
    std::int64_t stretch = std::min(weights * bytesOf(workload.weights), kMostStretch);
    for (const Variant &variant : request.variants) {
        stretch = std::max(stretch, WeightPool::elementsOf(config, variant) * bytesOf(workload.weights));
        if (variant.kind == VariantKind::Gqa)
            cache = std::max(cache, 2 * (variant.size * config.headDim * (workload.input + workload.output) * workload.batch + 32) *
                                        bytesOf(workload.kv));
    }
    const std::int64_t cacheStretch = std::max(cache, std::min(cache * config.layers, kMostStretch / 2));
    const at::ScalarType dtype = nn::scalarType(workload.weights);
    return std::make_shared<const Bench>(Bench{config, workload, nn::makeRope(config, workload.input + workload.output),
                                               std::make_shared<WeightPool>(stretch, dtype),
                                               std::make_shared<WeightPool>(cacheStretch, dtype)});
}

std::vector<Named> subjectsOf(const MeasureRequest &request, const std::shared_ptr<const Bench> &bench)
{
    const at::ScalarType dtype = nn::scalarType(bench->workload.weights);
    std::vector<Variant> distinct;
    std::vector<Named> subjects;
    for (const Variant &variant : request.variants) {
        if (variant.kind == VariantKind::None || std::find(distinct.begin(), distinct.end(), variant) != distinct.end())
            continue;
        distinct.push_back(variant);
        subjects.push_back({"variant", toString(variant), subBlockSubject(bench, variant)});
    }
    if (request.fixed)
        subjects.push_back({"fixed", true, fixedSubject(bench, std::make_shared<nn::Model>(randomModel(bench->config, {}, dtype)))});
    for (const MeasureRequest::Whole &whole : request.models) {
        auto model = std::make_shared<nn::Model>(whole.model.empty() ? randomModel(bench->config, whole.layers, dtype)
                                                                     : nn::loadModel(Checkpoint::open(whole.model), dtype));
        subjects.push_back({"model", whole.name, modelSubject(bench, model)});
    }
    return subjects;
}

Json itemOf(const std::string &key, const Json &name, const Workload &workload, const Timing &prefill, const Timing &decode)
{
    return {{key, name},
            {"workload", workload.name},
            {"prefill", std::llround(prefill.median)},
            {"decode", std::llround(decode.median)},
            {"prefill_spread", prefill.spread},
            {"decode_spread", decode.spread},
            {"repeats", std::max(prefill.repeats, decode.repeats)}};
}

/// Measures one workload and says its items; returns the number of rounds.
std::int64_t measureWorkload(const MeasureRequest &request, const ModelArchitecture &parent, const Workload &workload,
                             const WorkContext &context)
{
    const std::shared_ptr<const Bench> bench = makeBench(request, parent, workload);
    const std::vector<Named> subjects = subjectsOf(request, bench);
    std::vector<std::function<double()>> probes;
    const auto none = [] { return 0.0; };
    for (const Named &named : subjects) {
        probes.push_back(workload.input > 0 ? named.subject.prefill : none);
        probes.push_back(workload.output > 0 ? named.subject.decode : none);
    }
    std::int64_t rounds = 0;
    const std::int64_t began = monotonicNow();
    const auto afterRound = [&](std::int64_t round) {
        rounds = round;
        const std::int64_t seconds = (monotonicNow() - began) / 1'000'000'000, most = std::llround(std::ceil(request.maxSeconds));
        context.progress({"measure", std::min(seconds, most), most, "seconds at most",
                          "workload " + workload.name + ", " + std::to_string(round) + " repeats"});
    };
    const std::vector<Timing> timings =
        measureInterleaved(probes, {request.leastRepeats, request.spreadGoal, request.maxSeconds}, context.stop, afterRound);
    for (std::size_t i = 0; i < subjects.size(); ++i)
        context.item(itemOf(subjects[i].key, subjects[i].name, workload, timings[2 * i], timings[2 * i + 1]));
    for (Part part : {Part::Attention, Part::Ffn})
        if (std::find(request.variants.begin(), request.variants.end(), noneVariant(part)) != request.variants.end())
            context.item(itemOf("variant", toString(noneVariant(part)), workload, {}, {}));
    return rounds;
}

} // namespace

Json runMeasure(const MeasureRequest &request, const WorkContext &context)
{
    const std::int64_t begin = monotonicNow();
    const ModelArchitecture parent = Checkpoint::open(request.parent).architecture();
    check(request, parent.config);
    nn::useThreads(request.run.threads);
    at::NoGradGuard noGrad;
    std::int64_t rounds = 0;
    Json gpus = Json::array();
    for (const Workload &workload : request.workloads) {
        const DeviceOf device(workload.device);
        const Json before = gpuState(nn::deviceBus());
        nn::beginPeak();
        rounds += measureWorkload(request, parent, workload, context);
        if (const auto peak = nn::peakBytes())
            gpus.push_back({{"workload", workload.name}, {"gpu", nn::deviceName()}, {"peak_bytes", *peak}, {"before", before},
                            {"after", gpuState(nn::deviceBus())}});
    }
    return {{"seconds", static_cast<double>(monotonicNow() - begin) * 1e-9}, {"rounds", rounds}, {"gpus", gpus}};
}

} // namespace tessera
