// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/project_distillation.h"

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/cost/totals.h"
#include "engine/jobs/network_model.h"
#include "engine/jobs/parent.h"
#include "engine/protocol/remark.h"
#include "engine/search/solution.h"
#include "engine/store/distillations.h"
#include "engine/store/job_log.h"
#include "engine/store/library_rows.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace tessera {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// What of an evaluation is kept: no lists.
Json figuresOf(const Json &evaluation)
{
    Json figures = Json::object();
    for (const auto &[name, value] : evaluation.items())
        if (value.is_number())
            figures[name] = value;
    return figures;
}

ChildRecord recordOf(const Project &project, const std::string &child)
{
    const fs::path path = distilledFolder(child);
    std::vector<ChildRecord> children = childrenOf(project);
    auto found = std::ranges::find(children, path.string(), &ChildRecord::path);
    if (found == children.end())
        throw badInput(project.path().string() + " built no child at " + path.string() + "; tessera children lists those that it did");
    return *found;
}

const TokenSplit &splitNamed(const Project &project, const std::vector<TokenSplit> &splits, const std::string &name)
{
    auto split = std::ranges::find(splits, name, &TokenSplit::name);
    if (split == splits.end())
        throw badInput(project.path().string() + " has no text to distil on; it was imported, not made by tessera new");
    return *split;
}

std::int64_t windowOf(const Project &project)
{
    std::optional<Json> made = stageOptions(project, "new");
    const std::int64_t usual = DistillChildrenRequest{}.window;
    return made ? integerOr(*made, "window", usual, "the options of new") : usual;
}

/// The orders that were begun, by the folder they are to make.
Json ordersBegun(const Project &project) { return stageOptions(project, kDistillChildStage).value_or(Json::object()); }

bool canGoOn(const std::string &out)
{
    std::error_code ignored;
    return fs::exists(trainingFolder(out) / "child-0.safetensors", ignored);
}

void keepOrder(Project &project, const std::string &out, const Json &order)
{
    const Json before = ordersBegun(project);
    Json orders = Json::object();
    for (const auto &[folder, begun] : before.items())
        if (folder != out && canGoOn(folder))
            orders[folder] = begun;
    if (!order.is_null())
        orders[out] = order;
    saveStageOptions(project, kDistillChildStage, orders);
}

/// An order of a project in work: filled in, told to the history, and in the end recorded.
class ProjectOrder {
public:
    ProjectOrder(Project &project, Distillation order, const WorkContext &context)
        : m_project(project), m_order(std::move(order)), m_context(context), m_said(context)
    {
        for (std::string &child : m_order.children) {
            m_from.push_back(recordOf(project, child));
            child = m_from.back().path;
        }
        m_order.out = distilledFolder(m_order.out).string();
        for (std::string &text : m_order.texts)
            text = fs::absolute(text).string();
        m_asked = toJson(m_order);
        fillIn();
        m_order.begun = [this] { begin(); };
        m_said.progress = [this](const Progress &progress) { say(progress); };
    }

    Json run()
    {
        try {
            Json result = distillChildren(m_order, m_said);
            record(result);
            return result;
        } catch (const Error &error) {
            if (m_job)
                end(error.kind() == ErrorKind::Interrupted ? "interrupted" : "failed", error.what());
            throw;
        }
    }

private:
    void fillIn()
    {
        DistillChildrenRequest &request = m_order.request;
        request.parent = findParent(m_project, request.parent).path().string();
        if (request.window == 0)
            request.window = windowOf(m_project);
        if (!m_order.texts.empty())
            return;
        m_splits = m_project.tokenSplits();
        request.tokenFile = splitNamed(m_project, m_splits, "distil").file;
        request.heldOutTokenFile = splitNamed(m_project, m_splits, "score").file;
    }

    void begin()
    {
        const DistillChildrenRequest &request = m_order.request;
        m_total = request.minutes > 0 ? static_cast<std::int64_t>(60 * request.minutes) : request.tokens;
        if (!canGoOn(m_order.out)) // Otherwise the worker has to say whether it goes on with this order.
            keep();
        m_job = beginJob(m_project, kDistillChildStage, m_project.beginAttempt(), 0, m_total);
        m_began = Clock::now();
    }

    void keep()
    {
        if (!m_kept)
            keepOrder(m_project, m_order.out, m_asked);
        m_kept = true;
    }

    void say(const Progress &progress)
    {
        if (isRemark(progress)) {
            m_notes += (m_notes.empty() ? "" : "; ") + progress.note;
            return m_context.progress(progress);
        }
        Progress named = progress;
        if (progress.name == "distill") { // Which is the stage's that trains variants.
            named.name = kDistillChildStage;
            m_done = std::min(progress.done, m_total);
            keep();
        }
        m_context.progress(named);
    }

    void end(const std::string &state, const std::string &sentence)
    {
        updateJob(m_project, *m_job, state, m_done, std::chrono::duration<double>(Clock::now() - m_began).count(),
                  sentence + (sentence.empty() || m_notes.empty() ? "" : "; ") + m_notes);
    }

    Json textsJson() const
    {
        Json texts = Json::array();
        for (const std::string &text : m_order.texts)
            texts.push_back({{"file", fs::path(text).filename().string()}, {"xxh3", hashFile(text)}});
        if (m_order.texts.empty())
            for (const char *name : {"distil", "score"})
                texts.push_back({{"split", name}, {"xxh3", splitNamed(m_project, m_splits, name).hash}});
        return texts;
    }

    void record(const Json &result)
    {
        const LossTerms loss = parseLossWeights(m_order.loss);
        const BlockLibrary library = loadLibrary(m_project);
        Json how{{"loss", {{"kl", loss.kl}, {"cosine", loss.cosine}, {"lm", loss.lm}}},
                 {"train", m_order.train},
                 {"learning_rate", m_order.request.learningRate},
                 {"window", m_order.request.window},
                 {"text", textsJson()}};
        for (const char *key : {"tokens", "steps", "seconds"})
            how[key] = result.at(key);
        const Json children = result.contains("children") ? result.at("children") : Json::array({result});
        for (std::size_t i = 0; i < children.size(); ++i) {
            const Json &made = children[i];
            ChildRecord child = m_from.at(i);
            how["from"] = child.path;
            how["best_step"] = made.at("best_step");
            how["before"] = figuresOf(made.at("before"));
            how["after"] = figuresOf(made.at("after"));
            how["change"] = made.at("change");
            child.path = made.at("path").get<std::string>();
            // The scores that were added up are those of weights that are no longer there; the costs are the shapes'.
            child.predicted = costsToJson(totalCosts(library, parseChoices(child.choices, child.path), 0), library.workloads.front());
            child.measured = nullptr;
            saveDistilledChild(m_project, child, how);
        }
        keepOrder(m_project, m_order.out, nullptr);
        m_done = m_total;
        end("done", "");
    }

    Project &m_project;
    Distillation m_order;
    const WorkContext &m_context;
    WorkContext m_said;
    Json m_asked;
    std::vector<ChildRecord> m_from;
    std::vector<TokenSplit> m_splits;
    std::optional<std::int64_t> m_job;
    std::int64_t m_done = 0, m_total = 0;
    bool m_kept = false;
    std::string m_notes;
    Clock::time_point m_began;
};

std::int64_t parametersIn(const ModelArchitecture &child, const std::vector<std::string> &names)
{
    const std::set<std::string> wanted(names.begin(), names.end());
    std::int64_t count = 0;
    for (const TensorSpec &spec : tensorsOf(child))
        if (wanted.contains(spec.name)) {
            std::int64_t elements = 1;
            for (std::int64_t length : spec.shape)
                elements *= length;
            count += elements;
        }
    return count;
}

/// Every word that names something to train in a child.
Json trainableIn(const ModelArchitecture &child)
{
    Json trainable = Json::array();
    for (const char *word : {"all", "changed", "all:attention", "all:ffn", "embeddings", "norm", "head"})
        try {
            trainable.push_back({{"train", word}, {"parameters", parametersIn(child, trainedTensors(word, child))}});
        } catch (const Error &) {
            // Nothing of this kind.
        }
    return trainable;
}

} // namespace

Json toJson(const Distillation &order)
{
    const DistillChildrenRequest &request = order.request;
    Json json{{"children", order.children},
              {"out", order.out},
              {"loss", order.loss},
              {"train", order.train},
              {"learning_rate", request.learningRate},
              {"warmup", request.warmup},
              {"weight_decay", request.weightDecay},
              {"clip", request.clipNorm},
              {"batch_tokens", request.batchTokens},
              {"tokens_at_once", request.tokensAtOnce},
              {"held_out_tokens", request.heldOutTokens},
              {"evaluate_every", request.evaluationSteps},
              {"seed", request.run.seed},
              {"dtype", toString(request.run.dtype)}};
    if (request.minutes > 0)
        json["minutes"] = request.minutes;
    else
        json["tokens"] = request.tokens;
    if (request.window > 0)
        json["window"] = request.window;
    if (order.storedAs)
        json["store_as"] = toString(*order.storedAs);
    if (!order.texts.empty()) {
        json["texts"] = order.texts;
        json["held_out"] = order.heldOutPercent;
    }
    return json;
}

Json distillProjectChildren(Project &project, Distillation order, const WorkContext &context)
{
    if (!project.writable())
        throw failed(project.whyReadOnly() + " (a distilled child is recorded)");
    if (order.children.empty())
        throw badInput("name a child to distil");
    return ProjectOrder(project, std::move(order), context).run();
}

Json distillationChoices(const Project &project, const std::string &child)
{
    const ChildRecord record = recordOf(project, child);
    Distillation usual;
    usual.request.window = windowOf(project);
    const Json orders = ordersBegun(project);
    Json defaults = toJson(usual), unfinished = Json::array();
    defaults.erase("children");
    defaults.erase("out");
    for (const auto &[out, order] : orders.items())
        if (order.is_object() && order.value("children", Json()) == Json::array({record.path}) && canGoOn(out))
            unfinished.push_back(order);
    return {{"defaults", defaults},
            {"trainable", trainableIn(Checkpoint::open(modelPath(record.path)).architecture())},
            {"unfinished", unfinished}};
}

} // namespace tessera
