// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/journeys/kill_journey.h"

#include "engine/base/hash.h"
#include "engine/store/pairs.h"
#include "engine/store/results.h"
#include "engine/store/scores.h"
#include "tests/journeys/program.h"
#include "tests/journeys/toy_parent.h"

#include <bit>
#include <csignal>
#include <functional>
#include <map>
#include <random>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

namespace tessera {
namespace {

namespace fs = std::filesystem;
using Milliseconds = std::chrono::milliseconds;

/// Everything that must not depend on kills, as text to compare. Measured times are left out.
std::map<std::string, std::string> fingerprintOf(const fs::path &folder)
{
    std::map<std::string, std::string> bits;
    Project project = Project::openForReading(folder / "toy.tessera");
    for (const WeightsRecord &record : weightsOf(project)) {
        std::string name = std::to_string(record.layer) + " " + toString(record.variant) + " " + toString(record.origin);
        bits["weights " + name] = record.hash;
        EXPECT_EQ(hashFile(record.file), record.hash) << name;
        EXPECT_TRUE(record.lossAfter) << name;
        bits["loss " + name] = std::to_string(std::bit_cast<std::uint64_t>(record.lossAfter.value_or(0)));
    }
    for (const auto &[candidate, metrics] : scoresOf(project))
        for (const auto &[metric, samples] : metrics)
            for (const auto &[window, value] : samples)
                bits["score " + std::to_string(candidate.at.layer) + " " + toString(candidate.at.variant) + " "
                     + toString(candidate.origin) + " " + metric + " " + std::to_string(window)]
                    = std::to_string(std::bit_cast<std::uint64_t>(value));
    auto nameOf = [](const PairAt &at) {
        return std::to_string(at.layer) + " " + toString(at.attention) + "+" + toString(at.ffn);
    };
    for (const auto &[at, pair] : pairsOf(project))
        bits["pair " + nameOf(at)] = pair.weights.attention.hash + " " + pair.weights.ffn.hash + " "
            + std::to_string(std::bit_cast<std::uint64_t>(pair.lossAfter.value_or(0)));
    for (const auto &[at, metrics] : pairScoresOf(project))
        for (const auto &[metric, samples] : metrics)
            for (const auto &[window, value] : samples)
                bits["score " + nameOf(at) + " " + metric + " " + std::to_string(window)]
                    = std::to_string(std::bit_cast<std::uint64_t>(value));
    for (const fs::directory_entry &file : fs::directory_iterator(folder / "child"))
        bits["child " + file.path().filename().string()] = hashFile(file.path());
    return bits;
}

/// The commands of a journey; each may be killed and given again.
struct Journey {
    fs::path folder;

    std::string project() const { return (folder / "toy.tessera").string(); }
    std::vector<std::string> make() const
    {
        return {"new", project(), "--parent", (folder / "parent").string(), "--text", (folder / "text.txt").string(), "--space",
                (folder / "space.json").string(), "--workload", (folder / "workload.json").string(), "--dtype", "f32", "--window",
                "32", "--json"};
    }
    std::vector<std::string> run() const
    {
        return {"run", project(), "--stages", "init,fit,score,distill,score,couple,score,score-paper,measure", "--budget-tokens", "8192",
                "--fit-tokens", "4096", "--score-windows", "6", "--measure-seconds", "0.2", "--threads", "1", "--json"};
    }
    std::vector<std::string> solve() const { return {"solve", project(), "--max", "parameters=80%", "--json"}; }
    std::vector<std::string> realize() const
    {
        return {"realize", project(), "--max", "parameters=80%", "--out", (folder / "child").string(), "--threads", "1", "--json"};
    }
};

/// Gives commands and kills them, or their worker, at random moments, until the kills are used up.
class Killer {
public:
    Killer(int kills, unsigned seed) : m_left(kills), m_random(seed) {}
    int left() const { return m_left; }

    /// Until the command ends well. typical: how long it takes undisturbed. done: it has already done its work.
    Outcome finish(const std::vector<std::string> &command, Milliseconds typical, const std::function<bool()> &done, int kills)
    {
        for (;;) {
            if (done())
                return {0, "", ""};
            Program program(command);
            if (kills > 0 && !program.endsWithin(delay(typical))) {
                strike(program);
                --kills;
            }
            Outcome outcome = program.wait();
            if (outcome.exitCode == 0)
                return outcome;
            bool expected = outcome.exitCode == 128 + SIGKILL || outcome.errors.find("Killed") != std::string::npos;
            EXPECT_TRUE(expected) << command[0] << " ended with " << outcome.exitCode << ": " << outcome.errors;
            if (!expected)
                return outcome;
        }
    }

private:
    Milliseconds delay(Milliseconds typical)
    {
        return Milliseconds(std::uniform_int_distribution<std::int64_t>(1, typical.count())(m_random));
    }
    void strike(const Program &program)
    {
        --m_left;
        auto worker = program.worker();
        if (worker && m_random() % 2)
            ::kill(*worker, SIGKILL);
        else
            program.signal(SIGKILL);
    }

    int m_left;
    std::mt19937 m_random;
};

Milliseconds timeOf(const std::function<void()> &action)
{
    auto begin = std::chrono::steady_clock::now();
    action();
    return std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - begin);
}

void expectDone(const Outcome &outcome)
{
    ASSERT_EQ(outcome.exitCode, 0) << outcome.errors;
}

/// Solutions as far as they do not depend on the clock.
Json solutionBits(const Outcome &outcome)
{
    Json json = outcome.json();
    return {{"choices", json["choices"]}, {"objective", json["objective"]}, {"bound", json["bound"]}, {"status", json["status"]}};
}

} // namespace

void expectTheSameBitsAfter(int kills, unsigned seed)
{
    fs::path base = fs::path(testing::TempDir()) / ("tessera-kills-" + std::to_string(::getpid()));
    fs::remove_all(base);
    Journey calm{base / "calm"}, harsh{base / "harsh"};
    makeToyParent(calm.folder);
    makeToyParent(harsh.folder);

    expectDone(tessera(calm.make()));
    Outcome ran;
    Milliseconds runTime = timeOf([&] { ran = tessera(calm.run()); });
    expectDone(ran);
    Json report = ran.json();
    for (const Json &stage : report["stages"])
        EXPECT_EQ(stage["done"], stage["total"]) << stage;
    Outcome solved = tessera(calm.solve());
    expectDone(solved);
    Milliseconds realizeTime = timeOf([&] { expectDone(tessera(calm.realize())); });

    Killer killer(kills, seed);
    auto never = [] { return false; };
    killer.finish(harsh.make(), Milliseconds(60), [&] { return fs::exists(harsh.project()); }, kills / 12);
    expectDone(killer.finish(harsh.run(), runTime, never, kills - 2 * (kills / 12)));
    Outcome solvedHarsh = tessera(harsh.solve());
    expectDone(solvedHarsh);
    killer.finish(harsh.realize(), realizeTime, [&] { return fs::exists(harsh.folder / "child" / "config.json"); }, killer.left());
    std::cout << kills - killer.left() << " kills; undisturbed: run " << runTime.count() << " ms, realize "
              << realizeTime.count() << " ms" << std::endl;

    EXPECT_EQ(solutionBits(solvedHarsh), solutionBits(solved));
    auto expected = fingerprintOf(calm.folder), found = fingerprintOf(harsh.folder);
    for (const char *kind : {"weights ", "pair ", "score ", "child "})
        EXPECT_TRUE(expected.lower_bound(kind) != expected.end() && expected.lower_bound(kind)->first.starts_with(kind)) << kind;
    EXPECT_GT(expected.size(), 1000u);
    for (const auto &[what, bits] : expected)
        EXPECT_EQ(found[what], bits) << what;
    EXPECT_EQ(found.size(), expected.size());
    for (const char *leftOver : {"weights", "tokens"})
        for (const fs::directory_entry &file : fs::directory_iterator(harsh.folder / "toy.blocks" / leftOver))
            EXPECT_EQ(file.path().string().find(".tessera-tmp"), std::string::npos) << file.path();
    fs::remove_all(base);
}

} // namespace tessera
