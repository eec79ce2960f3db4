// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/score/score.h"

#include "engine/base/byte_size.h"
#include "engine/base/error.h"
#include "engine/nn/device.h"
#include "engine/nn/memory_budget.h"
#include "engine/nn/streamed_model.h"
#include "engine/nn/threads.h"
#include "engine/protocol/remark.h"
#include "engine/score/candidates.h"
#include "engine/score/score_memory.h"
#include "engine/score/sweep.h"
#include "engine/score/window_scores.h"
#include "engine/text/token_file.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

namespace tessera {
namespace {

/// Tokens of one group: large enough for matrix products at their full rate.
constexpr std::int64_t kGroupTokens = 2048;
constexpr std::int64_t kLongestWindow = std::int64_t{1} << 20;

/// The groups of a token file's windows. They do not depend on which windows are asked for.
class Groups {
public:
    Groups(const TokenFile &file, std::int64_t window)
        : m_tokens(file.tokens()), m_window(window), m_windows(static_cast<std::int64_t>(m_tokens.size()) / window),
          m_each(std::max<std::int64_t>(1, kGroupTokens / window))
    {
    }
    std::int64_t windows() const { return m_windows; }
    std::int64_t groupOf(std::int64_t window) const { return window / m_each; }
    std::int64_t firstWindow(std::int64_t group) const { return group * m_each; }
    std::int64_t size(std::int64_t group) const { return std::min(m_each, m_windows - firstWindow(group)); }
    /// Windows [first, first + count) as int64 [count, window].
    nn::Tensor tokens(std::int64_t first, std::int64_t count) const
    {
        nn::Tensor batch = at::empty({count, m_window}, at::kLong);
        const auto begin = m_tokens.begin() + first * m_window;
        std::copy(begin, begin + count * m_window, batch.data_ptr<std::int64_t>());
        return batch;
    }

private:
    std::span<const TokenId> m_tokens;
    std::int64_t m_window, m_windows, m_each;
};

void check(const ScoreRequest &request)
{
    if (request.window < 2 || request.window > kLongestWindow)
        throw badInput("a window of " + std::to_string(request.window) + " tokens cannot be scored: use 2 to " +
                       std::to_string(kLongestWindow));
    if (request.firstWindow < 0 || request.windows < 1)
        throw badInput("the windows to be scored must be at least one and start at 0 or later");
    if (request.metrics.empty())
        throw badInput("no score was asked for: name some of kl_div, lm_loss, hidden_cosine, accuracy_loss");
    for (const std::string &metric : request.metrics)
        if (std::find(scoreMetrics().begin(), scoreMetrics().end(), metric) == scoreMetrics().end())
            throw badInput("there is no score \"" + metric + "\": use kl_div, lm_loss, hidden_cosine, accuracy_loss");
    if (request.run.dtype != DType::F32 && request.run.dtype != DType::BF16)
        throw badInput("scores are computed in f32 or bf16, not in " + toString(request.run.dtype));
}

/// One child to be scored: a candidate of the request, or behind them a pair.
struct Replacement {
    std::int64_t layer = 0;
    std::vector<std::size_t> sources; ///< Of all sources: one, or attention and FFN.
    Json named;                       ///< The members of its items that say which it is.
    std::string text;
};

void checkPair(const PairSource &pair)
{
    if (pair.attention.layer != pair.ffn.layer || pair.attention.variant.part != Part::Attention
        || pair.ffn.variant.part != Part::Ffn)
        throw badInput("a pair to be scored must be the attention and the FFN of one layer");
}

std::vector<SubBlockSource> sourcesOf(const ScoreRequest &request)
{
    std::vector<SubBlockSource> sources = request.candidates;
    for (const PairSource &pair : request.pairs) {
        checkPair(pair);
        sources.push_back(pair.attention);
        sources.push_back(pair.ffn);
    }
    return sources;
}

std::vector<Replacement> replacementsOf(const ScoreRequest &request)
{
    std::vector<Replacement> all;
    for (std::size_t i = 0; i < request.candidates.size(); ++i) {
        const SubBlockSource &source = request.candidates[i];
        const std::string variant = toString(source.variant);
        all.push_back({source.layer, {i},
                       {{"layer", source.layer}, {"variant", variant}, {"origin", toString(source.origin)}},
                       "layer " + std::to_string(source.layer) + " " + variant});
    }
    for (std::size_t i = 0; i < request.pairs.size(); ++i) {
        const PairSource &pair = request.pairs[i];
        const std::string attention = toString(pair.attention.variant), ffn = toString(pair.ffn.variant);
        const std::size_t first = request.candidates.size() + 2 * i;
        all.push_back({pair.attention.layer, {first, first + 1},
                       {{"layer", pair.attention.layer}, {"attention", attention}, {"ffn", ffn}},
                       "layer " + std::to_string(pair.attention.layer) + " " + attention + "+" + ffn});
    }
    return all;
}

/// Scores one request; its parts share the model and the buffers.
class Scoring {
public:
    Scoring(const ScoreRequest &request, const WorkContext &context)
        : m_request(request), m_context(context), m_checkpoint(Checkpoint::open(request.parent)),
          m_file(request.tokenFile, m_checkpoint.config().vocabulary), m_groups(m_file, request.window),
          m_candidates(m_checkpoint.architecture(), nn::scalarType(request.run.dtype), sourcesOf(request)),
          m_replacements(replacementsOf(request))
    {
        if (m_groups.windows() < request.windows || m_groups.windows() - request.windows < request.firstWindow)
            throw badInput(request.tokenFile + " holds " + std::to_string(m_groups.windows()) + " windows of " +
                           std::to_string(request.window) + " tokens, but " + std::to_string(request.windows) +
                           " of them from number " + std::to_string(request.firstWindow) + " on were asked for");
        shareMemory();
    }

    Json run()
    {
        rankChannels();
        const std::int64_t end = m_request.firstWindow + m_request.windows;
        for (std::int64_t group = m_groups.groupOf(m_request.firstWindow); group <= m_groups.groupOf(end - 1); ++group)
            scoreGroup(group);
        Json result{{"candidates", m_request.candidates.size() + m_request.pairs.size()},
                    {"windows", m_request.windows},
                    {"tokens", m_request.windows * m_request.window},
                    {"memory",
                     {{"predicted", m_memory.bytes}, {"layers", m_memory.residentLayers}, {"moved", m_parent->bytesMoved()}}}};
        if (const auto taken = nn::peakBytes()) {
            result["memory"]["taken"] = *taken;
            remark(m_context, "scoring took " + bytesText(*taken) + " at its peak");
        }
        if (!m_note.empty())
            result["note"] = m_note;
        return result;
    }

private:
    /// Says what is going to be taken before anything is loaded.
    void shareMemory()
    {
        ScoreSize size;
        size.windows = m_groups.size(m_groups.groupOf(m_request.firstWindow));
        size.length = m_request.window;
        size.logits = needsLogits();
        size.replacements = 0;
        for (const Replacement &replacement : m_replacements) {
            if (isParent(replacement))
                continue;
            ++size.replacements;
            std::int64_t bytes = 0;
            for (const std::size_t source : replacement.sources)
                bytes += m_candidates.bytes(source);
            size.largestBlock = std::max(size.largestBlock, bytes);
            size.allBlocks += bytes;
        }
        const ModelArchitecture &parent = m_checkpoint.architecture();
        const at::ScalarType dtype = nn::scalarType(m_request.run.dtype);
        m_memory = scoreMemory(parent, dtype, size, nn::memoryBudget());
        m_together = static_cast<std::size_t>(m_memory.together);
        remark(m_context, "scoring " + describe(m_memory, parent, size));
        nn::beginPeak();
        m_parent = std::make_unique<nn::StreamedModel>(m_checkpoint, dtype, m_memory.residentLayers);
        m_rope = nn::makeRope(parent.config, m_request.window);
        // Sweeps go through the layers in order; those that need none come first.
        if (!m_parent->isWhole())
            std::ranges::stable_sort(m_replacements, {}, [&](const Replacement &each) { return isParent(each) ? -1 : each.layer; });
    }

    bool needsLogits() const { return std::ranges::any_of(m_request.metrics, tessera::needsLogits); }

    void rankChannels()
    {
        if (!m_candidates.needRanking())
            return;
        const std::int64_t end = m_request.firstWindow + m_request.windows;
        const std::int64_t groups = m_groups.groupOf(end - 1) + 1;
        m_candidates.rank(
            *m_parent, m_rope, groups,
            [&](std::int64_t group) {
                m_context.progress({"rank channels", group, groups, "groups", ""});
                const std::int64_t first = m_groups.firstWindow(group);
                return m_groups.tokens(first, std::min(m_groups.size(group), end - first));
            },
            m_context.stop);
    }

    /// A group is computed whole, or where the device has too little memory for that, in pieces.
    void scoreGroup(std::int64_t group)
    {
        const std::int64_t first = m_groups.firstWindow(group), end = first + m_groups.size(group);
        for (std::int64_t piece = first; piece < end;) {
            const std::int64_t count = std::min(m_mostWindows, end - piece);
            scoreWindows(piece, count, 0);
            piece += count;
        }
    }

    /// The parent on some windows, and where it streams what the next sweep goes on from.
    struct Pass {
        std::optional<ParentPass> parent;
        std::optional<StreamBefore> before;
    };

    /// Windows [groupFirst, groupFirst + count), those of them that were asked for, for the replacements from begin on.
    void scoreWindows(std::int64_t groupFirst, std::int64_t count, std::size_t begin)
    {
        const std::int64_t first = std::max(groupFirst, m_request.firstWindow);
        const std::int64_t end = std::min(groupFirst + count, m_request.firstWindow + m_request.windows);
        if (first >= end)
            return;
        std::size_t index = begin;
        const auto say = [&](const WindowScores &scores) {
            sayItem(m_replacements[index], scores, first - groupFirst, first, end);
            ++index;
        };
        try {
            Pass pass;
            while (index < m_replacements.size()) {
                m_context.stop.throwIfRequested();
                sayProgress(index, first, end, m_replacements[index].text);
                if (isParent(m_replacements[index])) {
                    say(zeros(count));
                } else if (m_parent->isWhole()) {
                    if (!pass.parent)
                        pass.parent = parentPass(groupFirst, count);
                    say(scored(*pass.parent, streamOf(m_replacements[index], *pass.parent)));
                } else {
                    const auto between = [&](std::int64_t layer, std::size_t together) {
                        m_context.stop.throwIfRequested();
                        sayProgress(index, first, end,
                                    "layer " + std::to_string(layer) + ", " + std::to_string(together) + " candidates at once");
                    };
                    for (const nn::Tensor &stream : sweepFrom(index, groupFirst, count, pass, between)) {
                        m_context.stop.throwIfRequested();
                        say(scored(*pass.parent, stream));
                    }
                }
            }
            if (pass.parent)
                m_logits = pass.parent->logits;
            return;
        } catch (const c10::Error &error) {
            if (!nn::isOutOfMemory(error) || count == 1)
                throw;
        }
        m_mostWindows = count / 2;
        m_logits = m_buffer.differences = nn::Tensor();
        nn::releaseUnused();
        noteLimit(std::to_string(m_mostWindows) + " windows at once");
        scoreWindows(groupFirst, count / 2, index);
        scoreWindows(groupFirst + count / 2, count - count / 2, index);
    }

    /// Takes as many replacements from index on through the parent as memory allows, fewer where that was too much.
    std::vector<nn::Tensor> sweepFrom(std::size_t index, std::int64_t groupFirst, std::int64_t count, Pass &pass,
                                      const std::function<void(std::int64_t layer, std::size_t together)> &between)
    {
        const nn::Tensor tokens = m_groups.tokens(groupFirst, count);
        for (;;) {
            const std::size_t together = std::min(m_together, m_replacements.size() - index);
            try {
                if (!pass.before)
                    pass.before = StreamBefore{0, nn::embed(m_parent->model(), tokens)};
                std::vector<Standing> standings;
                for (std::size_t i = index; i < index + together; ++i)
                    standings.push_back({m_replacements[i].layer,
                                         [this, i](const nn::Layer &own) { return blocksOf(m_replacements[i], own); }});
                const std::size_t behind = index + together;
                Swept swept = sweep(*m_parent, m_rope, *pass.before, standings, !pass.parent,
                                    behind < m_replacements.size() ? m_replacements[behind].layer : -1,
                                    [&](std::int64_t layer) { between(layer, together); });
                if (!pass.parent)
                    pass.parent = passFrom(m_parent->model(), tokens, swept.parent, needsLogits(), std::exchange(m_logits, {}),
                                           m_context.stop);
                pass.before = std::move(swept.next);
                return std::move(swept.streams);
            } catch (const c10::Error &error) {
                if (!nn::isOutOfMemory(error) || together == 1)
                    throw;
            }
            m_together = together / 2;
            nn::releaseUnused();
            noteLimit(std::to_string(m_together) + " candidates at once");
        }
    }

    void noteLimit(const std::string &most)
    {
        m_note = "the device's memory allows no more than " + most;
        remark(m_context, "score: " + m_note);
    }

    WindowScores zeros(std::int64_t windows) const
    {
        WindowScores scores;
        for (const std::string &metric : m_request.metrics)
            scores[metric].assign(static_cast<std::size_t>(windows), 0.0);
        return scores;
    }

    WindowScores scored(const ParentPass &pass, const nn::Tensor &stream)
    {
        return tessera::scoreWindows(m_parent->model(), pass, stream, m_request.metrics, m_buffer);
    }

    bool isParent(const Replacement &replacement) const
    {
        return std::ranges::all_of(replacement.sources, [&](std::size_t source) { return m_candidates.isParent(source); });
    }

    std::vector<nn::SubBlock> blocksOf(const Replacement &replacement, const nn::Layer &own)
    {
        std::vector<nn::SubBlock> blocks;
        for (const std::size_t source : replacement.sources)
            blocks.push_back(m_candidates.load(source, own, m_parent->isWhole()));
        return blocks;
    }

    nn::Tensor streamOf(const Replacement &replacement, const ParentPass &pass)
    {
        const nn::Model &model = m_parent->model();
        const nn::Layer &own = model.layers[static_cast<std::size_t>(replacement.layer)];
        return runCandidate(model, m_rope, pass, replacement.layer, blocksOf(replacement, own), m_context.stop);
    }

    ParentPass parentPass(std::int64_t firstWindow, std::int64_t count)
    {
        return runParent(m_parent->model(), m_rope, m_groups.tokens(firstWindow, count), needsLogits(), std::exchange(m_logits, {}),
                         m_context.stop);
    }

    void sayProgress(std::size_t index, std::int64_t first, std::int64_t end, const std::string &text) const
    {
        const auto candidates = static_cast<std::int64_t>(m_replacements.size());
        m_context.progress({"score", (first - m_request.firstWindow) * candidates + static_cast<std::int64_t>(index) * (end - first),
                            m_request.windows * candidates, "windows", text});
    }

    /// Of scores per window of a group those from skip on belong to the windows [first, end).
    void sayItem(const Replacement &replacement, const WindowScores &scores, std::int64_t skip, std::int64_t first,
                 std::int64_t end) const
    {
        Json byMetric = Json::object();
        for (const auto &[metric, values] : scores) {
            Json list = Json::array();
            for (std::int64_t i = skip; i < skip + end - first; ++i) {
                const double value = values[static_cast<std::size_t>(i)];
                list.push_back(std::isfinite(value) ? Json(value) : Json(nullptr));
            }
            byMetric[metric] = list;
        }
        Json item = replacement.named;
        item["window"] = first;
        item["scores"] = byMetric;
        m_context.item(item);
    }

    const ScoreRequest &m_request;
    const WorkContext &m_context;
    Checkpoint m_checkpoint;
    TokenFile m_file;
    Groups m_groups;
    Candidates m_candidates;
    std::vector<Replacement> m_replacements;
    ScoreMemory m_memory;
    std::unique_ptr<nn::StreamedModel> m_parent;
    nn::Rope m_rope;
    nn::Tensor m_logits; ///< Memory of the last group's, to be used again.
    HeadBuffer m_buffer;
    std::int64_t m_mostWindows = std::numeric_limits<std::int64_t>::max(); ///< That memory allows at once.
    std::size_t m_together = 1; ///< Replacements that a sweep carries.
    std::string m_note;
};

} // namespace

Json runScore(const ScoreRequest &request, const WorkContext &context)
{
    check(request);
    nn::useThreads(request.run.threads);
    at::NoGradGuard noGrad;
    return Scoring(request, context).run();
}

} // namespace tessera
