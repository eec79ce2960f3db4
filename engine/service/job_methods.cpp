// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/methods.h"

#include "engine/base/error.h"
#include "engine/jobs/run.h"
#include "engine/service/bulk.h"
#include "engine/store/job_log.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;

std::optional<std::string> oneOf(const Params &params, const std::string &key, const std::vector<std::string> &words)
{
    if (!params.has(key))
        return std::nullopt;
    const std::string word = params.text(key);
    if (std::ranges::find(words, word) != words.end())
        return word;
    std::string list;
    for (const std::string &known : words)
        list += (list.empty() ? "" : ", ") + known;
    throw badInput("\"" + key + "\" is " + list + ", not \"" + word + "\"");
}

RunOrder orderOf(const Call &call)
{
    const Params &params = call.params;
    RunOrder order;
    order.stages = params.textsOr("stages", {});
    order.budgetTokens = params.integerIf("budget_tokens", 1, INT64_MAX);
    order.mode = oneOf(params, "mode", trainingModes()).value_or(order.mode);
    order.maxMinutes = params.numberOr("max_minutes", 0, 0, 1e6);
    order.fitTokens = params.integerIf("fit_tokens", 1, INT64_MAX);
    order.channelRanking = oneOf(params, "channel_ranking", {"elimination", "contribution", "iterative"});
    order.kvHeads = oneOf(params, "kv_heads", {"mean", "best"});
    order.scoreWindows = params.integerIf("score_windows", 1, INT64_MAX);
    order.learningRate = params.numberIf("learning_rate", 1e-12, 1e6);
    order.measureSeconds = params.numberOr("measure_seconds", order.measureSeconds, 1e-3, 1e6);
    order.measureAgain = params.flagOr("measure_again", false);
    order.threads = static_cast<int>(params.integerOr("threads", 0, 0, 4096));
    order.parent = params.textOr("parent", "");
    if (const std::string &command = call.session.options().workerCommand; !command.empty())
        order.workerCommands = {command};
    return order;
}

/// Reads the library again while a job changes it: often enough to be seen, seldom enough not to hold up the job.
class LibraryRefresh {
public:
    LibraryRefresh(Session &session, OpenProject &open) : m_session(session), m_open(open) {}
    void now()
    {
        const Clock::time_point begin = Clock::now();
        m_session.refreshLibrary(m_open);
        const Clock::time_point end = Clock::now();
        m_next = end + std::max<Clock::duration>(std::chrono::seconds(2), 20 * (end - begin));
    }
    void later()
    {
        if (Clock::now() >= m_next)
            now();
    }

private:
    Session &m_session;
    OpenProject &m_open;
    Clock::time_point m_next = Clock::now() + std::chrono::seconds(2);
};

} // namespace

namespace methods {

Json runStages(Call &call)
{
    auto open = call.session.project(call.stop);
    if (!open->project.writable())
        throw failed(open->project.whyReadOnly() + " (jobs need to write)");
    const RunOrder order = orderOf(call);
    LibraryRefresh refresh(call.session, *open);
    WorkContext context = call.context();
    context.item = [&](const Json &item) {
        call.item(item);
        refresh.later();
    };
    Json stages = Json::array();
    try {
        for (const StageReport &report : runProject(open->project, order, context, call.log))
            stages.push_back({{"name", report.name}, {"done", report.done}, {"total", report.total}, {"seconds", report.seconds}});
    } catch (const Error &) {
        refresh.now();
        throw;
    }
    refresh.now();
    return {{"stages", std::move(stages)}};
}

Json jobHistory(Call &call)
{
    const std::vector<JobRecord> jobs = jobsOf(call.session.project(call.stop)->project);
    return rowsJson(rangeOf(call.params, jobs.size(), 1), [&](std::size_t row) -> Json {
        const JobRecord &job = jobs[row];
        return {{"job", job.id},     {"stage", job.stage},     {"attempt", job.attempt}, {"state", job.state},
                {"done", job.done},  {"total", job.total},     {"seconds", job.seconds}, {"note", job.note},
                {"started", job.started}};
    });
}

Json listStages(Call &call)
{
    auto open = call.session.project(call.stop);
    Json stages = Json::array();
    for (const std::string &name : stageNames())
        stages.push_back({{"name", name}, {"options", stageOptions(open->project, name).value_or(Json())}});
    return {{"stages", std::move(stages)}, {"default", defaultStages(false, "decoupled")}, {"default_distill", defaultStages(true, "decoupled")}};
}

} // namespace methods
} // namespace tessera
