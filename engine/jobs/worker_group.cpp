// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/worker_group.h"

#include "engine/base/error.h"
#include "engine/protocol/remark.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace tessera {
namespace {

/// The member that holds a request's items, and how many of them belong together.
struct Divisible {
    std::string member;
    std::size_t together = 1;
};

Divisible divisible(const std::string &method, const Json &request)
{
    if (method == "score" && request.at("pairs").empty())
        return {"candidates"};
    if (method == "score" && request.at("candidates").empty())
        return {"pairs"};
    if (method == "fit")
        return {"wanted"};
    if (method == "distill")
        return {"start", request.at("mode") == "coupled" ? std::size_t{2} : std::size_t{1}};
    return {};
}

/// What the threads of one call share.
struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Progress> progress;
    std::size_t running = 0;
    std::exception_ptr error;
    StopToken stop;
};

Progress sumOf(const std::vector<Progress> &parts)
{
    Progress sum;
    for (const Progress &part : parts) {
        if (part.total > 0) {
            sum.name = part.name;
            sum.unit = part.unit;
            sum.note = part.note;
        }
        sum.done += part.done;
        sum.total += part.total;
    }
    return sum;
}

void work(WorkerProcess &worker, std::size_t part, const std::string &method, const Json &request,
          const WorkContext &context, Shared &shared)
{
    WorkContext own;
    own.stop = shared.stop;
    own.progress = [&](const Progress &progress) {
        std::lock_guard lock(shared.mutex);
        if (isRemark(progress))
            return context.progress(progress);
        shared.progress[part] = progress;
        context.progress(sumOf(shared.progress));
    };
    own.item = [&](const Json &item) {
        std::lock_guard lock(shared.mutex);
        context.item(item);
    };
    std::exception_ptr error;
    try {
        worker.call(method, request, own);
    } catch (...) {
        error = std::current_exception();
    }
    std::lock_guard lock(shared.mutex);
    if (error && !shared.error) {
        shared.error = error;
        shared.stop.request();
    }
    --shared.running;
    shared.changed.notify_all();
}

} // namespace

std::vector<Json> dividedRequest(const std::string &method, const Json &request, std::size_t parts)
{
    const Divisible by = divisible(method, request);
    if (by.member.empty())
        return {request};
    const Json &all = request.at(by.member);
    const std::size_t bundles = all.size() / by.together;
    const std::size_t count = std::min(parts, bundles);
    if (count < 2 || bundles * by.together != all.size())
        return {request};
    std::vector<Json> divided(count, request);
    for (std::size_t part = 0; part < count; ++part) {
        divided[part][by.member] = Json::array();
        if (part > 0 && request.contains("scratch_folder"))
            divided[part]["scratch_folder"] =
                request.at("scratch_folder").get<std::string>() + "/worker-" + std::to_string(part + 1);
    }
    for (std::size_t i = 0; i < all.size(); ++i)
        divided[i / by.together % count][by.member].push_back(all[i]);
    return divided;
}

WorkerGroup::WorkerGroup(const std::vector<WorkerOptions> &options, const StopToken &stop)
{
    for (const WorkerOptions &each : options)
        m_workers.push_back(
            std::make_unique<WorkerProcess>(each, stop, m_workers.empty() ? nullptr : m_workers.front().get()));
}

void WorkerGroup::call(const std::string &method, const Json &params, const WorkContext &context)
{
    const std::vector<Json> parts = dividedRequest(method, params, m_workers.size());
    if (parts.size() == 1) {
        m_workers.front()->call(method, params, context);
        return;
    }
    Shared shared;
    shared.progress.resize(parts.size());
    shared.running = parts.size();
    std::vector<std::thread> threads;
    for (std::size_t part = 0; part < parts.size(); ++part)
        threads.emplace_back([&, part] { work(*m_workers[part], part, method, parts[part], context, shared); });
    {
        std::unique_lock lock(shared.mutex);
        while (shared.running > 0) {
            shared.changed.wait_for(lock, std::chrono::milliseconds(50));
            if (context.stop.requested())
                shared.stop.request();
        }
    }
    for (std::thread &thread : threads)
        thread.join();
    if (shared.error)
        std::rethrow_exception(shared.error);
}

} // namespace tessera
