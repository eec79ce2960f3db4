// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/run.h"

#include "engine/base/error.h"
#include "engine/jobs/parent.h"
#include "engine/jobs/stage.h"
#include "engine/jobs/worker_group.h"
#include "engine/protocol/remark.h"
#include "engine/store/job_log.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include <sqlite3.h>

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;

struct Stage {
    std::string name;
    StagePlan (*plan)(const StageInput &);
};
const std::vector<Stage> kStages{{"init", planInit},   {"fit", planFit},           {"distill", planDistill}, {"couple", planCouple},
                                 {"score", planScore}, {"score-paper", planScorePaper}, {"measure", planMeasure}};

const Stage &stageNamed(const std::string &name)
{
    auto stage = std::ranges::find(kStages, name, &Stage::name);
    if (stage == kStages.end()) {
        std::string names;
        for (const Stage &known : kStages)
            names += (names.empty() ? "" : ", ") + known.name;
        throw badInput("there is no stage \"" + name + "\": use " + names);
    }
    return *stage;
}

double secondsSince(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

/// Stops a token when another is stopped or when time is over.
class Deadline {
public:
    Deadline(const StopToken &user, double minutes)
    {
        Clock::time_point end = minutes > 0 ? Clock::now()
                + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double, std::ratio<60>>(std::min(minutes, 1e6)))
                                            : Clock::time_point::max();
        m_thread = std::thread([this, user, end] {
            std::unique_lock lock(m_mutex);
            while (!m_over && !user.requested() && Clock::now() < end)
                m_changed.wait_for(lock, std::chrono::milliseconds(50));
            if (!m_over)
                m_token.request();
        });
    }
    ~Deadline()
    {
        {
            std::lock_guard lock(m_mutex);
            m_over = true;
        }
        m_changed.notify_all();
        m_thread.join();
    }
    Deadline(const Deadline &) = delete;
    Deadline &operator=(const Deadline &) = delete;
    const StopToken &token() const { return m_token; }

private:
    StopToken m_token;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_over = false;
    std::thread m_thread;
};

/// Runs stages with a group of workers, which is started when the first of them has something to do.
class Runner {
public:
    Runner(Project &project, const RunOrder &options, const WorkContext &context,
           const std::function<void(const std::string &)> &remark, StopToken stop)
        : m_project(project), m_options(options), m_context(context), m_remark(remark), m_stop(std::move(stop)),
          m_attempt(project.beginAttempt())
    {
    }

    /// Throws Error (Interrupted) when stopped; report is up to date then too.
    void run(const Stage &stage, const StageInput &input, StageReport &report)
    {
        Clock::time_point begin = Clock::now();
        double before = report.seconds;
        StagePlan plan = stage.plan(input);
        report.done = plan.done;
        report.total = plan.total;
        for (const std::string &sentence : plan.remarks)
            m_remark(sentence);
        if (plan.calls.empty())
            return;
        std::int64_t job = beginJob(m_project, stage.name, m_attempt, report.done, report.total);
        std::vector<std::string> notes;
        auto update = [&](const std::string &state) {
            std::string note;
            for (const std::string &sentence : notes)
                note += (note.empty() ? "" : "; ") + sentence;
            updateJob(m_project, job, state, report.done, secondsSince(begin), note);
        };
        auto onRemark = [&](const std::string &sentence) {
            if (std::ranges::find(notes, sentence) != notes.end())
                return; // Another worker or call has said it.
            notes.push_back(sentence);
            update("running");
            m_remark(sentence);
        };
        try {
            for (const StageCall &call : plan.calls) {
                m_stop.throwIfRequested();
                doCall(
                    stage.name, call, report, [&] { update("running"); }, onRemark);
            }
            report.seconds = before + secondsSince(begin);
            update("done");
        } catch (const Error &e) {
            report.seconds = before + secondsSince(begin);
            notes.insert(notes.begin(), e.what());
            update(e.kind() == ErrorKind::Interrupted ? "interrupted" : "failed");
            throw;
        }
    }

private:
    void doCall(const std::string &stage, const StageCall &call, StageReport &report, const std::function<void()> &note,
                const std::function<void(const std::string &)> &onRemark)
    {
        WorkContext context;
        context.stop = m_stop;
        context.progress = [&](const Progress &progress) {
            if (isRemark(progress))
                return onRemark(progress.note);
            Progress named = progress;
            named.name = stage;
            m_context.progress(named);
        };
        context.item = [&](const Json &item) {
            // A result and that it is done are one: a kill leaves no history that counts less than is there.
            const std::int64_t before = report.done;
            try {
                m_project.database().transaction([&] {
                    report.done += call.commit(item);
                    note();
                });
            } catch (...) {
                report.done = before;
                throw;
            }
            m_context.item({{"stage", stage}, {"done", report.done}, {"total", report.total}});
        };
        if (!call.device.empty() && !workers().info().device.starts_with(call.device)) {
            m_remark(call.otherwise);
            return;
        }
        workers().call(call.method, call.request, context);
    }

    WorkerGroup &workers()
    {
        if (m_workers)
            return *m_workers;
        std::vector<WorkerOptions> all(std::max<std::size_t>(1, m_options.workerCommands.size()));
        for (std::size_t i = 0; i < all.size(); ++i) {
            all[i].command = m_options.workerCommands.empty() ? "" : m_options.workerCommands[i];
            all[i].lockFile = m_project.blocksFolder() / "worker.lock";
        }
        m_workers = std::make_unique<WorkerGroup>(all, m_stop);
        // Only now is it sure that no worker of a killed run still writes there.
        m_project.deleteFilesWithoutRow();
        const WorkerInfo &info = m_workers->info();
        saveProvenance(m_project, "worker",
                       {{"program", info.program},
                        {"libtorch", info.libtorch},
                        {"device", info.device},
                        {"workers", m_workers->size()},
                        {"threads", m_options.threads > 0 ? m_options.threads : info.threads},
                        {"dtype", toString(m_project.settings().dtype)},
                        {"sqlite", sqlite3_libversion()}});
        return *m_workers;
    }

    Project &m_project;
    const RunOrder &m_options;
    const WorkContext &m_context;
    const std::function<void(const std::string &)> &m_remark;
    StopToken m_stop;
    std::int64_t m_attempt;
    std::unique_ptr<WorkerGroup> m_workers;
};

StageInput inputOf(Project &project, const RunOrder &options)
{
    StageInput input{project, options, project.settings(), 512, {}, {}, {}};
    Checkpoint parent = findParent(project, options.parent);
    input.parent = std::filesystem::absolute(parent.path()).string();
    if (auto made = stageOptions(project, "new"))
        input.window = requireInteger(*made, "window", "the options of " + project.path().string());
    input.splits = project.tokenSplits();
    for (std::int64_t layer = 0; layer < parent.config().layers; ++layer)
        for (const Variant &variant : variantsOf(input.settings.space, parent.config(), layer))
            if (variant != parentVariant(parent.config(), variant.part))
                input.variants.push_back({layer, variant});
    return input;
}

StageReport &reportOf(std::vector<StageReport> &reports, const std::string &name)
{
    auto report = std::ranges::find(reports, name, &StageReport::name);
    return report != reports.end() ? *report : reports.emplace_back(StageReport{name, 0, 0, 0});
}

} // namespace

const std::vector<std::string> &stageNames()
{
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const Stage &stage : kStages)
            all.push_back(stage.name);
        return all;
    }();
    return names;
}

const std::vector<std::string> &trainingModes()
{
    static const std::vector<std::string> modes{"decoupled", "coupled", "hybrid"};
    return modes;
}

std::vector<std::string> defaultStages(bool trains, const std::string &mode)
{
    std::vector<std::string> stages{"fit", "measure", "score"};
    if (trains && mode != "coupled")
        stages.insert(stages.end(), {"distill", "score"});
    if (trains && mode != "decoupled")
        stages.insert(stages.end(), {"couple", "score"});
    stages.push_back("score-paper");
    return stages;
}

std::vector<StageReport> runProject(Project &project, const RunOrder &options, const WorkContext &context,
                                    const std::function<void(const std::string &)> &remark)
{
    std::vector<std::string> names = options.stages;
    if (std::ranges::find(trainingModes(), options.mode) == trainingModes().end())
        throw badInput("there is no mode of training \"" + options.mode + "\": use decoupled, coupled or hybrid");
    if (names.empty())
        names = defaultStages(options.budgetTokens.has_value() || options.mode != "decoupled", options.mode);
    for (const std::string &name : names)
        stageNamed(name);
    StageInput input = inputOf(project, options);
    std::vector<StageReport> reports;
    Deadline deadline(context.stop, options.maxMinutes);
    Runner runner(project, options, context, remark, deadline.token());
    try {
        for (const std::string &name : names)
            runner.run(stageNamed(name), input, reportOf(reports, name));
    } catch (const Error &e) {
        if (e.kind() != ErrorKind::Interrupted || context.stop.requested())
            throw;
        remark("the time is over; the same command continues");
        for (const std::string &name : names)
            if (std::ranges::find(reports, name, &StageReport::name) == reports.end()) {
                StagePlan plan = stageNamed(name).plan(input);
                reports.push_back({name, plan.done, plan.total, 0});
            }
    }
    return reports;
}

} // namespace tessera
