// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/journeys/kill_journey.h"
#include "tests/journeys/program.h"
#include "tests/journeys/toy_parent.h"

#include <csignal>
#include <fstream>
#include <map>

#include <gtest/gtest.h>
#include <unistd.h>

namespace tessera {
namespace {

namespace fs = std::filesystem;

TEST(Journey, AFewKillsChangeNoBit) { expectTheSameBitsAfter(6, 17); }

class JourneyTest : public testing::Test {
protected:
    void SetUp() override
    {
        folder = fs::path(testing::TempDir()) / ("tessera-journey-" + std::to_string(::getpid()));
        fs::remove_all(folder);
        makeToyParent(folder);
        project = (folder / "toy.tessera").string();
        Outcome made = tessera({"new", project, "--parent", (folder / "parent").string(), "--text", (folder / "text.txt").string(),
                                "--space", (folder / "space.json").string(), "--dtype", "f32", "--window", "32", "--json"});
        ASSERT_EQ(made.exitCode, 0) << made.errors;
        EXPECT_EQ(made.json()["layers"], 3);
        EXPECT_EQ(made.json()["variants"], 3 * 8);
    }
    void TearDown() override { fs::remove_all(folder); }

    fs::path folder;
    std::string project;
};

TEST_F(JourneyTest, CtrlCEndsInGoodOrderAndTheSameCommandGoesOn)
{
    std::vector<std::string> command{"run", project, "--stages", "fit,distill", "--budget-tokens", "4000000", "--threads", "1", "--json"};
    Program program(command);
    EXPECT_FALSE(program.endsWithin(std::chrono::milliseconds(6000))) << "too fast to be interrupted: " << program.wait().errors;
    program.signal(SIGINT);
    Outcome outcome = program.wait();
    EXPECT_EQ(outcome.exitCode, 130) << outcome.errors;
    EXPECT_NE(outcome.errors.find("tessera run " + project), std::string::npos) << outcome.errors;
    EXPECT_TRUE(outcome.json().contains("error"));
    outcome = tessera({"run", project, "--stages", "fit", "--json"});
    EXPECT_EQ(outcome.exitCode, 0) << outcome.errors;
    EXPECT_EQ(outcome.json()["stages"][0]["done"], 12);
}

TEST_F(JourneyTest, WorkersElsewhereShareTheWorkAndChangeNoResult)
{
    const std::string copy = (folder / "copy.tessera").string();
    ASSERT_EQ(tessera({"new", copy, "--parent", (folder / "parent").string(), "--text", (folder / "text.txt").string(), "--space",
                       (folder / "space.json").string(), "--dtype", "f32", "--window", "32", "--json"}).exitCode, 0);
    const std::string worker = TESSERA_BIN_DIR "/tessera-worker";
    const auto run = [](const std::string &name, const std::vector<std::string> &workers) {
        std::vector<std::string> command{"run", name, "--stages", "fit,distill,score", "--budget-tokens", "512", "--threads", "1", "--device", "cpu", "--json"};
        for (const std::string &each : workers)
            command.insert(command.end(), {"--worker", each});
        Outcome outcome = tessera(command);
        EXPECT_EQ(outcome.exitCode, 0) << outcome.errors;
    };
    run(project, {});
    run(copy, {"env WHERE=there " + worker, "sh -c 'exec " + worker + "'"});
    const auto losses = [](const std::string &name) {
        std::map<std::string, Json> found;
        Json library = tessera({"library", name, "--json"}).json();
        for (const Json &variant : library["variants"])
            found[variant["layer"].dump() + " " + variant["block"].get<std::string>()] = {variant["loss_after"], variant["scores"]["kl_div"]["mean"]};
        return found;
    };
    const auto alone = losses(project), shared = losses(copy);
    EXPECT_GT(alone.size(), 12u);
    EXPECT_EQ(alone, shared);
}

TEST_F(JourneyTest, ADeviceThatIsNotThereIsASentence)
{
    Outcome wrong = tessera({"run", project, "--device", "gpu"});
    EXPECT_EQ(wrong.exitCode, 2) << wrong.errors;
    Outcome absent = tessera({"run", project, "--stages", "fit", "--device", "cuda:99"});
    EXPECT_EQ(absent.exitCode, 1) << absent.errors;
    EXPECT_NE(absent.errors.find("--device cpu"), std::string::npos) << absent.errors;
}

TEST_F(JourneyTest, AChildIsHeldAgainstWhatWasPredictedOfIt)
{
    Outcome ran = tessera({"run", project, "--stages", "fit,measure,score", "--measure-seconds", "1", "--json"});
    ASSERT_EQ(ran.exitCode, 0) << ran.errors;
    std::string child = (folder / "child").string();
    ASSERT_EQ(tessera({"realize", project, "--max", "parameters=80%", "--out", child, "--json"}).exitCode, 0);
    Json before = tessera({"children", project, "--json"}).json()["children"];
    ASSERT_EQ(before.size(), 1u);
    EXPECT_TRUE(before[0]["measured"].is_null());

    Outcome checked = tessera({"children", project, "--check", "--measure-seconds", "1", "--json"});
    ASSERT_EQ(checked.exitCode, 0) << checked.errors;
    Json found = checked.json()["children"][0];
    for (const char *name : {"kl_div", "lm_loss", "prefill", "decode", "runtime"}) {
        EXPECT_TRUE(found["predicted"][name].is_number()) << name << ": " << found["predicted"];
        EXPECT_TRUE(found["measured"][name].is_number()) << name << ": " << found["measured"];
    }
    Json evaluated = tessera({"evaluate", child, "--parent", (folder / "parent").string(), "--text", (folder / "text.txt").string(),
                              "--window", "32", "--json"}).json();
    EXPECT_GT(found["measured"]["kl_div"].get<double>(), 0);
    EXPECT_NEAR(found["measured"]["kl_div"].get<double>(), evaluated["kl_to_parent"].get<double>(),
                0.5 * evaluated["kl_to_parent"].get<double>()) << "another part of the same text";
    EXPECT_LT(found["measured"]["runtime"].get<double>(), found["measured"]["parent"]["runtime"].get<double>() * 1.5);
    Json again = tessera({"children", project, "--check", "--json"}).json()["children"];
    EXPECT_EQ(again[0]["measured"], found["measured"]) << "what was checked is not checked again unless asked for";
}

TEST_F(JourneyTest, HybridTrainingAddsThePairsThatASearchKeepsAndChildrenTakeThem)
{
    std::vector<std::string> command{"run", project, "--mode", "hybrid", "--budget-tokens", "2048", "--measure-seconds", "1", "--json"};
    Outcome ran = tessera(command);
    ASSERT_EQ(ran.exitCode, 0) << ran.errors;
    std::map<std::string, Json> stages;
    Json report = ran.json();
    for (const Json &stage : report["stages"])
        stages[stage["name"]] = stage;
    for (const char *stage : {"distill", "couple", "score"})
        EXPECT_EQ(stages[stage]["done"], stages[stage]["total"]) << stages[stage];
    auto pairs = [&] {
        std::vector<Json> found;
        Json library = tessera({"library", project, "--json"}).json();
        for (const Json &variant : library["variants"])
            if (variant["block"].get<std::string>().find('+') != std::string::npos)
                found.push_back(variant);
        return found;
    };
    std::vector<Json> trained = pairs();
    ASSERT_FALSE(trained.empty());
    EXPECT_EQ(stages["couple"]["done"], trained.size());
    for (const Json &pair : trained) {
        EXPECT_TRUE(pair["scores"]["kl_div"]["mean"].is_number()) << pair;
        EXPECT_LE(pair["loss_after"].get<double>(), pair["loss_before"].get<double>()) << pair;
        EXPECT_TRUE(pair["runtime"].is_number()) << pair;
    }
    Outcome again = tessera(command);
    ASSERT_EQ(again.exitCode, 0) << again.errors;
    EXPECT_EQ(pairs().size(), trained.size()) << "what the search kept at first is not chosen anew";

    const Json &pair = trained.front();
    std::string layer = std::to_string(pair["layer"].get<int>()), child = (folder / "child").string();
    Outcome realized = tessera({"realize", project, "--pin", layer + ":" + pair["block"].get<std::string>(), "--max", "parameters=100%",
                                "--no-refit", "--out", child, "--json"});
    ASSERT_EQ(realized.exitCode, 0) << realized.errors;
    Json predicted = tessera({"children", project, "--json"}).json()["children"][0]["predicted"];
    EXPECT_NEAR(predicted["kl_div"].get<double>(), pair["scores"]["kl_div"]["mean"].get<double>(), 1e-9);
    double measured = tessera({"evaluate", child, "--parent", (folder / "parent").string(), "--text", (folder / "text.txt").string(),
                               "--window", "32", "--json"}).json()["kl_to_parent"];
    EXPECT_NEAR(measured, predicted["kl_div"].get<double>(), 0.5 * measured) << "on another part of the same text";
}

TEST_F(JourneyTest, TimesFromAnotherMachineAreTakenOver)
{
    ASSERT_EQ(tessera({"run", project, "--stages", "measure", "--measure-seconds", "1", "--json"}).exitCode, 0);
    Json library = tessera({"library", project, "--json"}).json();
    for (Json &variant : library["variants"])
        variant["prefill"] = variant["block"] == "attention=gqa:1" ? 7.25 : 3.0;
    std::ofstream(folder / "elsewhere.json") << library;
    Outcome imported = tessera({"import", "costs", (folder / "elsewhere.json").string(), project, "--json"});
    ASSERT_EQ(imported.exitCode, 0) << imported.errors;
    Json changed = tessera({"library", project, "--json"}).json();
    for (const Json &variant : changed["variants"])
        EXPECT_EQ(variant["prefill"].get<double>(), variant["block"] == "attention=gqa:1" ? 7.25 : 3.0) << variant;
}

TEST_F(JourneyTest, TimeThatIsOverEndsARunWell)
{
    Outcome outcome = tessera({"run", project, "--budget-tokens", "4000000", "--max-minutes", "0.1", "--threads", "1", "--json"});
    EXPECT_EQ(outcome.exitCode, 0) << outcome.errors;
    EXPECT_NE(outcome.errors.find("the time is over"), std::string::npos) << outcome.errors;
    Json stages = outcome.json()["stages"];
    ASSERT_EQ(stages.size(), 5u) << stages;
}

TEST_F(JourneyTest, AMovedParentIsFoundWhereItIsNamed)
{
    fs::rename(folder / "parent", folder / "moved");
    Outcome lost = tessera({"run", project, "--stages", "fit", "--json"});
    EXPECT_EQ(lost.exitCode, 2);
    EXPECT_NE(lost.json().value("error", "").find("--parent"), std::string::npos) << lost.output;
    Outcome found = tessera({"run", project, "--stages", "fit", "--parent", (folder / "moved").string(), "--json"});
    EXPECT_EQ(found.exitCode, 0) << found.errors;
    EXPECT_EQ(tessera({"run", project, "--stages", "fit", "--json"}).exitCode, 0) << "the new place is remembered";
}

TEST_F(JourneyTest, WrongOrdersAreRefusedWithASentence)
{
    struct Case {
        std::vector<std::string> command;
        int exitCode;
        const char *says;
    };
    std::string parent = (folder / "parent").string(), text = (folder / "text.txt").string();
    for (const Case &c : {Case{{"run", project, "--stages", "fly"}, 2, "no stage \"fly\""},
                          Case{{"run", (folder / "none.tessera").string()}, 2, "no project"},
                          Case{{"run", project, "--budget-tokens", "-5"}, 2, "budget-tokens"},
                          Case{{"run", project, "--worker", "/nowhere/worker"}, 1, "127"},
                          Case{{"new", project, "--parent", parent, "--text", text}, 2, "exists"},
                          Case{{"new", (folder / "b.tessera").string(), "--parent", parent}, 2, "--text"},
                          Case{{"new", (folder / "b.tessera").string(), "--parent", text, "--text", text}, 2, ""},
                          Case{{"new", (folder / "b.tessera").string(), "--parent", parent, "--text", text, "--dtype", "f99"}, 2, "f99"},
                          Case{{"new", (folder / "b.db").string(), "--parent", parent, "--text", text, "--dtype", "f32"}, 2, "NAME.tessera"},
                          Case{{"realize", project, "--out", (folder / "c").string()}, 2, "--solution"},
                          Case{{"realize", project, "--solution", "9", "--out", (folder / "c").string()}, 2, "no solution 9"},
                          Case{{"library", text}, 2, "no Tessera project"}}) {
        std::vector<std::string> command = c.command;
        command.push_back("--json");
        Outcome outcome = tessera(command);
        EXPECT_EQ(outcome.exitCode, c.exitCode) << command[0] << " " << command[1] << ": " << outcome.errors;
        EXPECT_NE(outcome.json().value("error", "").find(c.says), std::string::npos) << outcome.output;
    }
    EXPECT_FALSE(fs::exists(folder / "b.tessera"));
}

} // namespace
} // namespace tessera
