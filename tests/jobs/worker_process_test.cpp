// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/worker_process.h"

#include "engine/base/error.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;

WorkerOptions fake(const std::string &environment = "")
{
    WorkerOptions options;
    options.command = "env " + environment + " " TESSERA_BIN_DIR "/fake_worker";
    return options;
}

struct Complaint {
    ErrorKind kind{};
    std::string sentence;
};

template <typename Action> Complaint complaintOf(Action action)
{
    try {
        action();
    } catch (const Error &e) {
        return {e.kind(), e.what()};
    }
    return {ErrorKind::Failed, "no error"};
}

bool contains(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

bool alive(pid_t pid) { return ::kill(pid, 0) == 0; }

TEST(WorkerProcess, ShakesHandsAndAnswersManyCalls)
{
    WorkerProcess worker(fake());
    EXPECT_EQ(worker.info().program, "fake-worker");
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(worker.call("echo", {{"i", i}}, {}), Json({{"i", i}}));
}

TEST(WorkerProcess, LargeMessagesPassInBothDirections)
{
    WorkerProcess worker(fake());
    Json params{{"text", std::string(20 << 20, 'x')}};
    EXPECT_EQ(worker.call("echo", params, {}), params);
}

TEST(WorkerProcess, ForwardsProgressAndItemsInOrder)
{
    WorkerProcess worker(fake());
    std::vector<std::int64_t> items, progress;
    WorkContext context;
    context.item = [&](const Json &item) { items.push_back(item.at("number")); };
    context.progress = [&](const Progress &p) { progress.push_back(p.done); };
    EXPECT_EQ(worker.call("count", {{"items", 1000}}, context), Json({{"counted", 1000}}));
    ASSERT_EQ(items.size(), 1000u);
    ASSERT_EQ(progress.size(), 1000u);
    for (std::int64_t i = 0; i < 1000; ++i) {
        EXPECT_EQ(items[static_cast<std::size_t>(i)], i);
        EXPECT_EQ(progress[static_cast<std::size_t>(i)], i + 1);
    }
}

TEST(WorkerProcess, PassesErrorsOnWithTheirKindAndStaysUsable)
{
    WorkerProcess worker(fake());
    Complaint bad = complaintOf([&] { worker.call("refuse", {{"kind", "bad input"}}, {}); });
    EXPECT_EQ(bad.kind, ErrorKind::BadInput);
    EXPECT_EQ(bad.sentence, "that is wrong");
    Complaint unexpected = complaintOf([&] { worker.call("refuse", {{"kind", "unexpected"}}, {}); });
    EXPECT_EQ(unexpected.kind, ErrorKind::Failed);
    EXPECT_TRUE(contains(unexpected.sentence, "a library gave up")) << unexpected.sentence;
    Complaint unknown = complaintOf([&] { worker.call("fly", Json::object(), {}); });
    EXPECT_TRUE(contains(unknown.sentence, "no method \"fly\"")) << unknown.sentence;
    EXPECT_EQ(worker.call("echo", {{"a", 1}}, {}), Json({{"a", 1}}));
}

TEST(WorkerProcess, WhatLibrariesPrintDoesNotBreakTheStream)
{
    WorkerProcess worker(fake());
    EXPECT_EQ(worker.call("chatter", Json::object(), {}), "still here");
}

TEST(WorkerProcess, SaysWhichSignalEndedTheWorkerAndItsLastWords)
{
    WorkerProcess worker(fake());
    Complaint complaint = complaintOf([&] { worker.call("die", {{"signal", SIGKILL}}, {}); });
    EXPECT_EQ(complaint.kind, ErrorKind::Failed);
    EXPECT_TRUE(contains(complaint.sentence, "Killed")) << complaint.sentence;
    EXPECT_TRUE(contains(complaint.sentence, "last words")) << complaint.sentence;
    EXPECT_TRUE(contains(complaint.sentence, "during die")) << complaint.sentence;
    EXPECT_EQ(complaintOf([&] { worker.call("echo", Json::object(), {}); }).sentence, "the worker is gone");
}

TEST(WorkerProcess, SaysTheExitCodeOfAWorkerThatLeft)
{
    WorkerProcess worker(fake());
    Complaint complaint = complaintOf([&] { worker.call("die", {{"code", 7}}, {}); });
    EXPECT_TRUE(contains(complaint.sentence, "exit code 7")) << complaint.sentence;
}

TEST(WorkerProcess, RefusesAnotherProtocol)
{
    Complaint complaint = complaintOf([] { WorkerProcess worker(fake("FAKE_PROTOCOL=9")); });
    EXPECT_EQ(complaint.kind, ErrorKind::Failed);
    EXPECT_TRUE(contains(complaint.sentence, "version 9")) << complaint.sentence;
}

TEST(WorkerProcess, RefusesAStreamOfGarbage)
{
    WorkerProcess worker(fake());
    Complaint complaint = complaintOf([&] { worker.call("garbage", Json::object(), {}); });
    EXPECT_TRUE(contains(complaint.sentence, "not valid JSON")) << complaint.sentence;
}

TEST(WorkerProcess, SaysWhatIsWrongWithACommandThatCannotStart)
{
    WorkerOptions options;
    options.command = "/nowhere/tessera-worker";
    Complaint complaint = complaintOf([&] { WorkerProcess worker(options); });
    EXPECT_EQ(complaint.kind, ErrorKind::Failed);
    EXPECT_TRUE(contains(complaint.sentence, "exit code 127") && contains(complaint.sentence, "/nowhere/tessera-worker"))
        << complaint.sentence;
    ::setenv("TESSERA_WORKER_PROGRAM", "/nowhere/other", 1);
    complaint = complaintOf([] { WorkerProcess worker; });
    ::unsetenv("TESSERA_WORKER_PROGRAM");
    EXPECT_TRUE(contains(complaint.sentence, "/nowhere/other")) << complaint.sentence;
}

TEST(WorkerProcess, ACancelStopsTheCallWithinAStepAndLeavesTheWorkerUsable)
{
    WorkerProcess worker(fake());
    WorkContext context;
    std::int64_t heard = 0;
    context.item = [&](const Json &) {
        if (++heard == 3)
            context.stop.request();
    };
    Clock::time_point begin = Clock::now();
    Complaint complaint = complaintOf([&] { worker.call("count", {{"items", 1000}, {"pause_ms", 20}}, context); });
    EXPECT_EQ(complaint.kind, ErrorKind::Interrupted);
    EXPECT_LT(Clock::now() - begin, std::chrono::seconds(5));
    EXPECT_LT(heard, 50);
    EXPECT_EQ(worker.call("echo", {{"a", 1}}, {}), Json({{"a", 1}}));
}

TEST(WorkerProcess, AWorkerThatDoesNotStopIsKilledAfterTheAgreedTime)
{
    WorkerOptions options = fake();
    options.stopPatience = std::chrono::milliseconds(200);
    WorkerProcess worker(options);
    WorkContext context;
    std::thread later([stop = context.stop] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        stop.request();
    });
    Complaint complaint = complaintOf([&] { worker.call("deaf", Json::object(), context); });
    later.join();
    EXPECT_EQ(complaint.kind, ErrorKind::Interrupted);
    EXPECT_FALSE(alive(worker.pid()));
}

TEST(WorkerProcess, AnExceptionOfTheListenerIsPassedOnAndEndsTheWorker)
{
    WorkerProcess worker(fake());
    WorkContext context;
    context.item = [](const Json &) { throw failed("the disk is full"); };
    EXPECT_EQ(complaintOf([&] { worker.call("count", {{"items", 10}}, context); }).sentence, "the disk is full");
    EXPECT_EQ(complaintOf([&] { worker.call("echo", Json::object(), {}); }).sentence, "the worker is gone");
}

TEST(WorkerProcess, TheWorkerEndsWithItsOwner)
{
    pid_t pid = 0;
    {
        WorkerProcess worker(fake());
        pid = worker.pid();
        EXPECT_TRUE(alive(pid));
    }
    EXPECT_FALSE(alive(pid));
}

TEST(WorkerProcess, TwoWorkersNeverHoldOneFolder)
{
    std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / ("lock" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    WorkerOptions options = fake();
    options.lockFile = folder / "worker.lock";
    options.lockPatience = std::chrono::milliseconds(200);
    {
        WorkerProcess first(options);
        Complaint complaint = complaintOf([&] { WorkerProcess second(options); });
        EXPECT_EQ(complaint.kind, ErrorKind::Failed);
        EXPECT_TRUE(contains(complaint.sentence, "an earlier worker still writes")) << complaint.sentence;
    }
    WorkerProcess third(options);
    std::filesystem::remove_all(folder);
}

} // namespace
} // namespace tessera
