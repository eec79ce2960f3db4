// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/worker_group.h"

#include "engine/base/error.h"
#include "engine/protocol/remark.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace tessera {
namespace {

WorkerOptions named(const std::string &name, const std::string &more = "")
{
    WorkerOptions options;
    // As another host would be reached: a command that starts a shell that starts the worker.
    options.command = "sh -c 'FAKE_NAME=" + name + " " + more + " exec " TESSERA_BIN_DIR "/fake_worker'";
    return options;
}

Json scoreRequest(int candidates, int pauseMs = 0)
{
    Json request{{"candidates", Json::array()}, {"pairs", Json::array()}, {"pause_ms", pauseMs}};
    for (int i = 0; i < candidates; ++i)
        request["candidates"].push_back(i);
    return request;
}

TEST(DividedRequest, EveryItemLiesInOnePartAndNoPartIsEmpty)
{
    for (int items : {0, 1, 2, 7, 12})
        for (std::size_t parts : {1u, 2u, 3u, 20u}) {
            const Json request = scoreRequest(items);
            std::multiset<int> seen;
            const std::vector<Json> divided = dividedRequest("score", request, parts);
            EXPECT_LE(divided.size(), parts);
            for (const Json &part : divided) {
                EXPECT_TRUE(items == 0 || !part.at("candidates").empty());
                EXPECT_TRUE(std::is_sorted(part.at("candidates").begin(), part.at("candidates").end()));
                for (const Json &item : part.at("candidates"))
                    seen.insert(item.get<int>());
            }
            EXPECT_EQ(seen.size(), static_cast<std::size_t>(items));
            EXPECT_EQ(std::set<int>(seen.begin(), seen.end()).size(), static_cast<std::size_t>(items));
        }
}

TEST(DividedRequest, PairsOfACoupledTrainingStayTogetherAndScratchFoldersApart)
{
    const Json request{{"mode", "coupled"}, {"scratch_folder", "/scratch"}, {"start", {"a0", "f0", "a1", "f1", "a2", "f2"}}};
    const std::vector<Json> divided = dividedRequest("distill", request, 2);
    ASSERT_EQ(divided.size(), 2u);
    EXPECT_EQ(divided[0].at("start"), Json({"a0", "f0", "a2", "f2"}));
    EXPECT_EQ(divided[1].at("start"), Json({"a1", "f1"}));
    EXPECT_EQ(divided[0].at("scratch_folder"), "/scratch");
    EXPECT_EQ(divided[1].at("scratch_folder"), "/scratch/worker-2");
}

TEST(DividedRequest, MeasuringIsNeverShared)
{
    EXPECT_EQ(dividedRequest("measure", {{"variants", {1, 2, 3}}}, 3).size(), 1u);
}

TEST(WorkerGroup, SharesTheItemsOfACallAndSumsProgress)
{
    WorkerGroup group({named("one"), named("two"), named("three")}, {});
    ASSERT_EQ(group.size(), 3u);
    std::set<std::string> workers;
    std::set<int> items;
    Progress last;
    std::set<std::string> remarks;
    WorkContext context;
    context.item = [&](const Json &item) {
        workers.insert(item.at("worker").get<std::string>());
        EXPECT_TRUE(items.insert(item.at("candidate").get<int>()).second);
    };
    context.progress = [&](const Progress &progress) {
        if (isRemark(progress))
            remarks.insert(progress.note);
        else
            last = progress;
    };
    group.call("score", scoreRequest(20), context);
    EXPECT_EQ(items.size(), 20u);
    EXPECT_EQ(workers, (std::set<std::string>{"one", "two", "three"}));
    EXPECT_EQ(last.done, 20);
    EXPECT_EQ(last.total, 20);
    EXPECT_EQ(remarks, (std::set<std::string>{"one begins", "two begins", "three begins"}));
}

TEST(WorkerGroup, AWorkerThatDiesStopsTheOthersAndItsErrorIsTold)
{
    WorkerGroup group({named("one"), named("two", "FAKE_DIES_AT=3")}, {});
    std::set<int> items;
    WorkContext context;
    context.item = [&](const Json &item) { items.insert(item.at("candidate").get<int>()); };
    try {
        group.call("score", scoreRequest(400, 20), context);
        FAIL() << "a dead worker went unnoticed";
    } catch (const Error &error) {
        EXPECT_EQ(error.kind(), ErrorKind::Failed) << error.what();
        EXPECT_NE(std::string(error.what()).find("during score"), std::string::npos) << error.what();
    }
    EXPECT_TRUE(items.count(1)) << "what was finished before is said";
    EXPECT_LT(items.size(), 400u);
}

TEST(WorkerGroup, StopsAllWorkersWhenAsked)
{
    WorkerGroup group({named("one"), named("two")}, {});
    WorkContext context;
    context.item = [&](const Json &) { context.stop.request(); };
    try {
        group.call("score", scoreRequest(400, 20), context);
        FAIL() << "nobody stopped";
    } catch (const Error &error) {
        EXPECT_EQ(error.kind(), ErrorKind::Interrupted) << error.what();
    }
}

TEST(WorkerGroup, HoldsOneLockTogether)
{
    const std::filesystem::path lock = std::filesystem::path(testing::TempDir()) / ("group-" + std::to_string(::getpid()) + ".lock");
    std::vector<WorkerOptions> options{named("one"), named("two")};
    for (WorkerOptions &each : options)
        each.lockFile = lock;
    {
        WorkerGroup group(options, {});
        WorkerOptions other = named("other");
        other.lockFile = lock;
        other.lockPatience = std::chrono::milliseconds(0);
        EXPECT_THROW(WorkerProcess{other}, Error);
    }
    WorkerOptions other = named("other");
    other.lockFile = lock;
    EXPECT_NO_THROW(WorkerProcess{other});
    std::filesystem::remove(lock);
}

TEST(WorkerProcess, TellsTheWorkerWhereToRun)
{
    WorkerOptions options = named("one");
    options.device = "cuda:1";
    EXPECT_EQ(WorkerProcess(options).info().device, "cuda:1");
    options.device.clear();
    EXPECT_EQ(WorkerProcess(options).info().device, "auto");
    ::setenv("TESSERA_DEVICE", "cpu", 1);
    EXPECT_EQ(WorkerProcess(options).info().device, "cpu");
    ::unsetenv("TESSERA_DEVICE");
}

} // namespace
} // namespace tessera
