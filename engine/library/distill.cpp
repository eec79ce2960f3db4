// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/library/distill.h"

#include "engine/base/byte_size.h"
#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/base/memory.h"
#include "engine/library/block_training.h"
#include "engine/library/distill_state.h"
#include "engine/library/inputs.h"
#include "engine/library/parent_streams.h"
#include "engine/library/training_memory.h"
#include "engine/nn/device.h"
#include "engine/nn/memory_budget.h"
#include "engine/nn/streamed_model.h"
#include "engine/protocol/remark.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <utility>

namespace tessera {
namespace {

/// One training: a sub-block, or a pair of them in coupled mode.
struct Job {
    std::int64_t layer = 0;
    std::vector<SubBlockSource> sources; ///< One, or attention and FFN.
    std::vector<Variant> trained;        ///< Without the parent's and none.
    std::string identity;
};

bool isTrained(const SubBlockSource &source)
{
    return source.variant.kind != VariantKind::None && !source.file.empty();
}

std::string identityOf(const Job &job)
{
    std::string text = std::to_string(job.layer);
    for (const SubBlockSource &source : job.sources)
        text += " " + toString(source.variant) + " " + (isTrained(source) ? hashFile(source.file) : std::string());
    return text;
}

Job jobOf(std::vector<SubBlockSource> sources, const Checkpoint &parent)
{
    Job job{sources.front().layer, std::move(sources), {}, {}};
    for (const SubBlockSource &source : job.sources) {
        checkVariant(parent, source.layer, source.variant, "distill");
        if (source.file.empty() && source.variant.kind != VariantKind::None
            && source.variant != parentVariant(parent.config(), source.variant.part))
            throw badInput("distill: no weights are given for " + toString(source.variant) + " of layer "
                           + std::to_string(source.layer) + "; fit it first");
        if (isTrained(source))
            job.trained.push_back(source.variant);
    }
    job.identity = identityOf(job);
    return job;
}

std::vector<Job> jobsOf(const DistillRequest &request, const Checkpoint &parent)
{
    std::vector<Job> jobs;
    std::set<std::string> seen;
    bool coupled = request.mode == "coupled";
    if (coupled && request.start.size() % 2 != 0)
        throw badInput("distill: coupled mode needs pairs, the attention of a layer and behind it its FFN");
    for (std::size_t i = 0; i < request.start.size(); i += coupled ? 2 : 1) {
        std::vector<SubBlockSource> sources{request.start[i]};
        if (coupled) {
            sources.push_back(request.start[i + 1]);
            if (sources[0].layer != sources[1].layer || sources[0].variant.part != Part::Attention
                || sources[1].variant.part != Part::Ffn)
                throw badInput("distill: in coupled mode, variants " + std::to_string(i) + " and " + std::to_string(i + 1)
                               + " must be the attention and the FFN of one layer");
        }
        Job job = jobOf(std::move(sources), parent);
        if (!job.trained.empty() && seen.insert(job.identity).second)
            jobs.push_back(std::move(job));
    }
    return jobs;
}

void checkOptions(const DistillRequest &request)
{
    if (request.mode != "decoupled" && request.mode != "coupled")
        throw badInput("\"" + request.mode + "\" is no mode of distillation: use decoupled or coupled");
    bool lengths = request.batchTokens > 0 && request.tokensPerVariant > 0 && request.heldOutTokens > 0
        && request.checkpointSteps > 0 && request.memoryBytes >= 0;
    bool rates = request.learningRate > 0 && std::isfinite(request.learningRate) && request.warmup >= 0
        && request.warmup <= 1 && request.weightDecay >= 0 && request.weightDecay < 1 && request.clipNorm >= 0;
    if (!lengths || !rates)
        throw badInput("distill: tokens, batch, held-out tokens, checkpoint steps and learning rate must be positive, "
                       "warm-up and weight decay between 0 and 1");
}

class Distillation {
public:
    Distillation(const DistillRequest &request, const WorkContext &context);
    Json run();

private:
    struct Member {
        Job job;
        std::unique_ptr<Trainee> trainee;
    };
    std::vector<Job> takeGroup(std::vector<Job> &left) const;
    void trainGroup(std::vector<Job> jobs);
    Member makeMember(const Job &job) const;
    void trainBatch(std::int64_t step);
    /// Does work, and does it again from its start with half as many windows at once while the device has too little memory.
    void inPieces(std::int64_t &windows, const std::function<void()> &work);
    void evaluate(std::int64_t step);
    /// Decides how the parent and what is trained share the device, says so, and loads the parent.
    void shareMemory(std::vector<Job> &jobs);
    /// Carries a stream through the parent up to the deepest member that takes part, and hands it its layer's activations.
    template <typename TakesPart, typename Work>
    void throughParent(at::Tensor stream, const TakesPart &takesPart, const Work &work);
    /// The parent's stream before m_first for windows of a batch of training, or of what is held out.
    at::Tensor trainingStream(std::int64_t step, const at::Tensor &batch, std::int64_t first, std::int64_t count) const;
    at::Tensor heldOutStream(std::int64_t first, std::int64_t count) const;
    /// Gets m_own for a group, and where the parent streams what its passes begin with.
    void takeLayers(const std::vector<Job> &jobs);
    const nn::Layer &layerOf(std::int64_t index);
    bool isEvaluationStep(std::int64_t step) const;
    void finishGroup();
    void checkpointAndStop();
    void checkpoint();
    void say(std::int64_t step) const;
    std::string key() const;
    at::Tensor batchWindows(std::int64_t step) const;

    const DistillRequest &m_request;
    const WorkContext &m_context;
    at::ScalarType m_dtype;
    Checkpoint m_parentFile;
    TrainingMemory m_memory;
    std::unique_ptr<nn::StreamedModel> m_parent;
    std::map<std::int64_t, nn::Layer> m_own;  ///< The layers of the group, as long as it is trained.
    std::unique_ptr<ParentStreams> m_streams; ///< Where the parent streams and main memory has room for them.
    std::int64_t m_first = 0;                 ///< The layer before which the group's passes begin.
    at::Tensor m_windows, m_heldOut;
    nn::Rope m_rope;
    std::int64_t m_batchWindows, m_steps;
    std::int64_t m_atOnce = 1, m_heldOutAtOnce = 1; ///< Windows that go through the network together.
    std::string m_note;
    std::filesystem::path m_outFolder, m_scratch;
    std::unique_ptr<DistillState> m_state;
    std::vector<Member> m_group;
    std::int64_t m_allJobs = 0, m_finishedJobs = 0, m_variants = 0;
};

Distillation::Distillation(const DistillRequest &request, const WorkContext &context)
    : m_request(request), m_context(context), m_dtype(startRun(request.run)), m_parentFile(Checkpoint::open(request.parent)),
      m_outFolder(request.outFolder), m_scratch(request.scratchFolder)
{
    checkOptions(request);
    const ModelConfig &config = m_parentFile.config();
    m_windows = readWindows(request.tokenFile, 0, request.window, config);
    m_heldOut = readWindows(request.heldOutTokenFile, request.heldOutTokens, request.window, config);
    m_rope = nn::makeRope(config, request.window);
    m_batchWindows = std::max<std::int64_t>(1, request.batchTokens / request.window);
    m_atOnce = m_batchWindows;
    m_heldOutAtOnce = windowsAtOnce(request.window);
    std::int64_t batch = m_batchWindows * request.window;
    m_steps = (request.tokensPerVariant - 1) / batch + 1;
}

std::string Distillation::key() const
{
    auto hashOf = [](const at::Tensor &windows) {
        return hashBytes({static_cast<const std::byte *>(windows.data_ptr()), windows.nbytes()});
    };
    Json parts{m_parentFile.fingerprint(), hashOf(m_windows), hashOf(m_heldOut), m_request.window, m_batchWindows, m_steps,
               m_request.learningRate, m_request.warmup, m_request.weightDecay, m_request.clipNorm, m_request.mode,
               toString(m_request.run.dtype), at::get_num_threads()};
    return hashText(parts.dump());
}

Json Distillation::run()
{
    std::vector<Job> left = jobsOf(m_request, m_parentFile);
    m_allJobs = static_cast<std::int64_t>(left.size());
    std::int64_t groups = 0;
    if (!left.empty()) {
        std::filesystem::create_directories(m_outFolder);
        std::filesystem::create_directories(m_scratch);
        shareMemory(left);
        m_state = std::make_unique<DistillState>(m_scratch, key());
    }
    for (; !left.empty(); ++groups)
        trainGroup(takeGroup(left));
    if (m_state)
        m_state->remove();
    Json result{{"variants", m_variants}, {"tokens", m_steps * m_batchWindows * m_request.window}, {"groups", groups}};
    if (!m_note.empty())
        result["note"] = "trained" + m_note;
    if (m_parent)
        result["memory"] = {{"predicted", m_memory.bytes},
                            {"layers", m_memory.residentLayers},
                            {"moved", m_parent->bytesMoved()}};
    if (const auto taken = nn::peakBytes(); taken && m_parent) {
        result["memory"]["taken"] = *taken;
        remark(m_context, "training took " + bytesText(*taken) + " at its peak");
    }
    return result;
}

void Distillation::shareMemory(std::vector<Job> &jobs)
{
    const ModelArchitecture &parent = m_parentFile.architecture();
    TrainingSize size;
    size.windows = std::max(m_atOnce, std::min(m_heldOutAtOnce, m_heldOut.size(0)));
    size.length = m_request.window;
    size.asked = m_request.memoryBytes;
    for (const Job &job : jobs) {
        const std::int64_t bytes = Trainee::bytes(parent.config, job.trained);
        size.largestJob = std::max(size.largestJob, bytes);
        size.allJobs += bytes;
    }
    m_memory = trainingMemory(parent, m_dtype, size, nn::memoryBudget(), freeMainMemory().value_or(kLeastMainMemory));
    remark(m_context, "training " + describe(m_memory, parent));
    nn::beginPeak();
    m_parent = std::make_unique<nn::StreamedModel>(m_parentFile, m_dtype, m_memory.residentLayers);
    if (m_parent->isWhole())
        return;
    std::ranges::stable_sort(jobs, {}, &Job::layer);
    const std::int64_t tokens = m_steps * m_batchWindows * m_request.window + m_heldOut.numel();
    if (tokens * parent.config.hidden * static_cast<std::int64_t>(c10::elementSize(m_dtype)) <= freeMainMemory().value_or(kLeastMainMemory) / 2)
        m_streams = std::make_unique<ParentStreams>(*m_parent, m_rope);
}

std::vector<Job> Distillation::takeGroup(std::vector<Job> &left) const
{
    const ModelConfig &config = m_parentFile.config();
    std::vector<std::string> stored = m_state->identities();
    auto isStored = [&](const Job &job) { return std::find(stored.begin(), stored.end(), job.identity) != stored.end(); };
    std::vector<Job> group;
    if (std::any_of(left.begin(), left.end(), isStored)) {
        // A checkpoint is carried on as it is, however the memory has changed.
        std::copy_if(left.begin(), left.end(), std::back_inserter(group), isStored);
        left.erase(std::remove_if(left.begin(), left.end(), isStored), left.end());
        return group;
    }
    std::int64_t used = 0, deepest = 0;
    double work = 0;
    auto layerParameters = static_cast<double>(parametersOf(config, parentVariant(config, Part::Attention))
                                               + parametersOf(config, parentVariant(config, Part::Ffn)));
    while (!left.empty()) {
        const Job &job = left.front();
        std::int64_t bytes = Trainee::bytes(config, job.trained);
        const bool full = used + bytes > m_memory.group || work > kGroupWork * layerParameters * static_cast<double>(deepest);
        const bool other = !m_parent->isWhole() && !group.empty() && job.layer != group.front().layer;
        if (!group.empty() && (full || other))
            break;
        used += bytes;
        deepest = std::max(deepest, job.layer + 1);
        // Multiply-adds a token: three passes through what is trained, two through a parent's FFN behind it.
        for (const Variant &variant : job.trained)
            work += 3 * static_cast<double>(parametersOf(config, variant));
        if (job.trained.front().part == Part::Attention && job.trained.size() == 1)
            work += 2 * static_cast<double>(parametersOf(config, parentVariant(config, Part::Ffn)));
        group.push_back(job);
        left.erase(left.begin());
    }
    return group;
}

Distillation::Member Distillation::makeMember(const Job &job) const
{
    const nn::Layer &own = m_own.at(job.layer);
    nn::Layer start = own;
    bool attention = false, ffn = false;
    for (const SubBlockSource &source : job.sources) {
        Part part = source.variant.part;
        start.of(part) = loadSource(m_parentFile.config(), source, own.of(part), isTrained(source) ? at::kFloat : m_dtype);
        (part == Part::Attention ? attention : ffn) = isTrained(source);
    }
    nn::AdamW::Options options;
    options.weightDecay = m_request.weightDecay;
    return {job, std::make_unique<Trainee>(m_parentFile.config(), job.layer, start, attention, ffn, m_dtype, options)};
}

const nn::Layer &Distillation::layerOf(std::int64_t index)
{
    const auto own = m_own.find(index);
    return own == m_own.end() ? m_parent->layer(index) : own->second;
}

void Distillation::takeLayers(const std::vector<Job> &jobs)
{
    const auto [least, most] = std::ranges::minmax(jobs, {}, &Job::layer);
    const std::int64_t first = least.layer;
    const bool oneLayer = first == most.layer;
    if (m_streams) {
        m_first = first;
        std::int64_t windows = std::max(m_atOnce, m_heldOutAtOnce);
        inPieces(windows, [&] {
            m_streams->advance(first, m_steps, [this](std::int64_t step) { return batchWindows(step); }, m_heldOut,
                               std::min(m_atOnce, windows), std::min(m_heldOutAtOnce, windows),
                               [this] { m_context.stop.throwIfRequested(); });
        });
        if (oneLayer) {
            // No other one is asked for as long as the group lasts.
            m_own.emplace(first, m_parent->layer(first));
            return;
        }
    }
    for (const Job &job : jobs)
        if (!m_own.contains(job.layer))
            m_own.emplace(job.layer, m_parent->copyOf(job.layer));
}

at::Tensor Distillation::trainingStream(std::int64_t step, const at::Tensor &batch, std::int64_t first, std::int64_t count) const
{
    return m_streams ? nn::here(m_streams->batch(step).narrow(0, first, count))
                     : nn::embed(m_parent->model(), batch.narrow(0, first, count));
}

at::Tensor Distillation::heldOutStream(std::int64_t first, std::int64_t count) const
{
    return m_streams ? nn::here(m_streams->heldOut().narrow(0, first, count))
                     : nn::embed(m_parent->model(), m_heldOut.narrow(0, first, count));
}

template <typename TakesPart, typename Work>
void Distillation::throughParent(at::Tensor stream, const TakesPart &takesPart, const Work &work)
{
    at::NoGradGuard noGrad;
    std::int64_t deepest = -1;
    for (const Member &member : m_group)
        if (takesPart(*member.trainee))
            deepest = std::max(deepest, member.job.layer);
    for (std::int64_t layer = m_first; layer <= deepest; ++layer) {
        LayerActivations activations = layerActivations(m_parent->model().config, layerOf(layer), stream, m_rope);
        for (Member &member : m_group)
            if (member.job.layer == layer && takesPart(*member.trainee))
                work(*member.trainee, activations);
        checkpointAndStop();
        stream = outputOf(activations);
    }
}

at::Tensor Distillation::batchWindows(std::int64_t step) const
{
    std::int64_t count = m_windows.size(0), first = step * m_batchWindows % count;
    return m_windows.index_select(0, at::remainder(at::arange(m_batchWindows, at::kLong) + first, count));
}

void Distillation::trainBatch(std::int64_t step)
{
    double rate = nn::warmupCosine(m_request.learningRate, step, m_steps, m_request.warmup);
    auto takesPart = [&](const Trainee &trainee) { return trainee.steps() == step; };
    const at::Tensor windows = batchWindows(step);
    inPieces(m_atOnce, [&] {
        for (Member &member : m_group)
            member.trainee->dropGradients();
        for (std::int64_t first = 0; first < m_batchWindows; first += m_atOnce) {
            std::int64_t count = std::min(m_atOnce, m_batchWindows - first);
            double share = static_cast<double>(count) / static_cast<double>(m_batchWindows);
            const at::Tensor stream = trainingStream(step, windows, first, count);
            throughParent(stream, takesPart, [&](Trainee &trainee, const LayerActivations &activations) {
                checkpointAndStop();
                trainee.addGradients(activations, m_rope, share);
                if (first + count == m_batchWindows)
                    trainee.step(rate, m_request.clipNorm);
            });
        }
    });
}

void Distillation::inPieces(std::int64_t &windows, const std::function<void()> &work)
{
    for (;;) {
        try {
            return work();
        } catch (const c10::Error &error) {
            if (!nn::isOutOfMemory(error) || windows == 1)
                throw;
            windows /= 2;
            m_note = ", in pieces of " + std::to_string(windows) + " windows: the device's memory allows no more";
            remark(m_context, "distill: trained" + m_note);
            nn::releaseUnused();
        }
    }
}

bool Distillation::isEvaluationStep(std::int64_t step) const
{
    constexpr std::int64_t kEvaluations = 4;
    for (std::int64_t k = 0; k <= kEvaluations; ++k)
        if (step == m_steps * k / kEvaluations)
            return true;
    return false;
}

void Distillation::evaluate(std::int64_t step)
{
    auto takesPart = [&](const Trainee &trainee) {
        return trainee.steps() == step && (trainee.curve().empty() || trainee.curve().back().step < step);
    };
    inPieces(m_heldOutAtOnce, [&] {
        for (Member &member : m_group)
            if (takesPart(*member.trainee))
                member.trainee->beginEvaluation();
        for (std::int64_t first = 0; first < m_heldOut.size(0); first += m_heldOutAtOnce) {
            std::int64_t count = std::min(m_heldOutAtOnce, m_heldOut.size(0) - first);
            throughParent(heldOutStream(first, count), takesPart, [&](Trainee &trainee, const LayerActivations &activations) {
                checkpointAndStop();
                trainee.evaluate(activations, m_rope);
            });
        }
    });
    for (Member &member : m_group)
        if (takesPart(*member.trainee))
            member.trainee->finishEvaluation();
}

void Distillation::checkpoint()
{
    std::vector<NamedTrainee> named;
    for (const Member &member : m_group)
        named.push_back({member.job.identity, member.trainee.get()});
    m_state->save(named);
}

void Distillation::checkpointAndStop()
{
    if (!m_context.stop.requested())
        return;
    checkpoint();
    m_context.stop.throwIfRequested();
}

void Distillation::say(std::int64_t step) const
{
    std::int64_t tokens = m_batchWindows * m_request.window, group = static_cast<std::int64_t>(m_group.size());
    m_context.progress({"distill", (m_finishedJobs * m_steps + group * step) * tokens, m_allJobs * m_steps * tokens, "tokens",
                        std::to_string(group) + " variants at once" + m_note});
}

void Distillation::trainGroup(std::vector<Job> jobs)
{
    std::int64_t first = m_steps;
    takeLayers(jobs);
    for (Job &job : jobs) {
        m_group.push_back(makeMember(job));
        m_state->restore({job.identity, m_group.back().trainee.get()});
        first = std::min(first, m_group.back().trainee->steps());
    }
    for (std::int64_t step = first; step <= m_steps; ++step) {
        say(step);
        if (isEvaluationStep(step))
            evaluate(step);
        if (step == m_steps)
            break;
        trainBatch(step);
        if ((step + 1) % m_request.checkpointSteps == 0 && step + 1 < m_steps)
            checkpoint();
    }
    finishGroup();
}

void Distillation::finishGroup()
{
    std::int64_t batch = m_batchWindows * m_request.window;
    for (const Member &member : m_group) {
        const Trainee &trainee = *member.trainee;
        std::string pair;
        for (const SubBlockSource &source : member.job.sources)
            pair += (pair.empty() ? "" : "+") + toString(source.variant);
        const CurvePoint &start = trainee.curve().front();
        CurvePoint best = start;
        Json curve = Json::array();
        for (const CurvePoint &point : trainee.curve()) {
            curve.push_back({point.step * batch, point.loss, point.increment});
            if (point.step == trainee.bestStep())
                best = point;
        }
        for (const Variant &variant : member.job.trained) {
            std::string name = blockFileName(member.job.layer, variant, Origin::Distilled);
            if (member.job.sources.size() > 1)
                name = hashText(member.job.identity).substr(0, 12) + "." + name;
            Json item = saveAsItem(trainee.best(variant.part), member.job.layer, Origin::Distilled, (m_outFolder / name).string());
            item.update({{"loss_before", start.loss}, {"loss_after", best.loss}, {"increment_before", start.increment},
                         {"increment_after", best.increment}, {"tokens", m_steps * batch},
                         {"best_tokens", best.step * batch}, {"curve", curve}});
            if (member.job.sources.size() > 1)
                item["pair"] = pair;
            m_context.item(item);
            ++m_variants;
        }
    }
    m_finishedJobs += static_cast<std::int64_t>(m_group.size());
    m_group.clear();
    m_own.clear();
}

} // namespace

Json runDistill(const DistillRequest &request, const WorkContext &context) { return Distillation(request, context).run(); }

} // namespace tessera
