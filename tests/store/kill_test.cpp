// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/store/scores.h"
#include "tests/store/store_fixture.h"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <random>
#include <string>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

namespace tessera {
namespace {

class KillTest : public StoreTest {};

/// Runs the writer from a number on, kills it a while after its start or its first word, and returns the last number that it
/// acknowledged.
long killedWriter(const std::string &path, long first, bool atStart, std::chrono::milliseconds after)
{
    int stream[2];
    if (::pipe(stream) != 0)
        return -1;
    pid_t pid = ::fork();
    if (pid == 0) {
        ::dup2(stream[1], STDOUT_FILENO);
        ::close(stream[0]);
        ::execl(TESSERA_BIN_DIR "/store_writer", "store_writer", path.c_str(), std::to_string(first).c_str(), nullptr);
        ::_exit(127);
    }
    ::close(stream[1]);
    FILE *said = ::fdopen(stream[0], "r");
    std::array<char, 64> line{};
    long last = first - 1;
    if (!atStart && std::fgets(line.data(), line.size(), said))
        last = std::atol(line.data());
    std::this_thread::sleep_for(after);
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    while (std::fgets(line.data(), line.size(), said))
        if (std::string(line.data()).back() == '\n')
            last = std::atol(line.data());
    std::fclose(said);
    return last;
}

TEST_F(KillTest, WhatWasAcknowledgedSurvivesAndNothingIsTorn)
{
    { makeProject(); }
    std::mt19937 random(7);
    std::uniform_int_distribution<int> pause(0, 40);
    long next = 0, kills = 40;
    for (long kill = 0; kill < kills; ++kill) {
        long last = killedWriter(path.string(), next, kill % 4 == 0, std::chrono::milliseconds(pause(random)));
        // A reader recovers what the killed writer left half done; opening for writing checks the whole file.
        Project project = kill % 2 ? Project::openForReading(path) : Project::openForWriting(path);
        SamplesByMetric found = scoresOf(project)[{{0, gqa(1)}, Origin::Closed}];
        const Samples &kl = found["kl_div"], &loss = found["lm_loss"];
        ASSERT_EQ(kl.size(), loss.size()) << "torn after kill " << kill;
        for (long number = 0; number <= last; ++number)
            ASSERT_TRUE(kl.contains(number)) << number << " was acknowledged and is lost after kill " << kill;
        for (const auto &[number, value] : kl)
            ASSERT_EQ(loss.at(number), -value);
        next = static_cast<long>(kl.size());
    }
    EXPECT_GT(next, kills / 2) << "the writer hardly wrote: the test shows nothing";
}

} // namespace
} // namespace tessera
