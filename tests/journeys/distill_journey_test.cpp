// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/journeys/program.h"
#include "tests/journeys/toy_parent.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace tessera {
namespace {

namespace fs = std::filesystem;

class DistillJourney : public testing::Test {
protected:
    void SetUp() override
    {
        folder = fs::path(testing::TempDir()) / ("tessera-distill-journey-" + std::to_string(::getpid()));
        fs::remove_all(folder);
        makeToyParent(folder);
        parent = path("parent"), text = path("text.txt"), child = path("child");
        std::string project = path("toy.tessera");
        for (const std::vector<std::string> &step : std::vector<std::vector<std::string>>{
                 {"new", project, "--parent", parent, "--text", text, "--space", path("space.json"), "--dtype", "f32", "--window", "32"},
                 {"run", project, "--stages", "fit,score"},
                 {"realize", project, "--max", "parameters=80%", "--out", child}}) {
            Outcome outcome = tessera(step);
            ASSERT_EQ(outcome.exitCode, 0) << step[0] << ": " << outcome.errors;
        }
    }
    void TearDown() override { fs::remove_all(folder); }

    std::string path(const std::string &name) const { return (folder / name).string(); }
    std::vector<std::string> command(const std::string &out, const std::string &tokens, std::vector<std::string> more = {}) const
    {
        std::vector<std::string> result{"distill",  child, "--parent",       parent, "--text",          text, "--out", path(out),
                                        "--tokens", tokens, "--window",       "32",   "--batch-tokens",  "256", "--tokens-at-once",
                                        "128",      "--learning-rate", "1e-3", "--held-out-tokens", "1024", "--threads", "1", "--json"};
        result.insert(result.end(), more.begin(), more.end());
        return result;
    }
    static std::int64_t stoppedAt(const Outcome &outcome)
    {
        std::size_t place = outcome.errors.find("stopped at step ");
        return place == std::string::npos ? -1 : std::stoll(outcome.errors.substr(place + 16));
    }

    fs::path folder;
    std::string parent, text, child;
};

TEST_F(DistillJourney, AChildIsTrainedAndHeldAgainstWhatItWas)
{
    Outcome outcome = tessera(command("better", "16384"));
    ASSERT_EQ(outcome.exitCode, 0) << outcome.errors;
    Json result = outcome.json();
    EXPECT_EQ(result["path"], path("better"));
    EXPECT_EQ(result["steps"], 64);
    EXPECT_LT(result["after"]["kl_to_parent"].get<double>(), result["before"]["kl_to_parent"].get<double>());
    EXPECT_LT(result["change"]["kl"]["high"].get<double>(), 0) << result["change"];
    EXPECT_TRUE(fs::exists(folder / "better" / "distill.json"));
    EXPECT_TRUE(fs::exists(folder / "better" / "tokenizer.json"));
    EXPECT_FALSE(fs::exists(folder / "better.training"));

    Outcome compared = tessera({"evaluate", path("better"), child, "--parent", parent, "--text", text, "--window", "32", "--json"});
    ASSERT_EQ(compared.exitCode, 0) << compared.errors;
    Json models = compared.json();
    ASSERT_EQ(models["models"].size(), 2u);
    EXPECT_EQ(models["nll"], models["models"][0]["nll"]);
    bool found = false;
    for (const Json &entry : models["comparisons"])
        if (entry["figure"] == "kl" && entry["a"] == child && entry["b"] == path("better")) {
            found = true;
            EXPECT_NEAR(entry["difference"].get<double>(),
                        models["models"][1]["kl_to_parent"].get<double>() - models["models"][0]["kl_to_parent"].get<double>(), 1e-9);
            EXPECT_GT(entry["low"].get<double>(), 0) << entry;
        }
    EXPECT_TRUE(found) << models["comparisons"];

    std::vector<std::string> again = command("better", "16384");
    outcome = tessera(again);
    EXPECT_EQ(outcome.exitCode, 2) << "an existing folder is not overwritten";
}

TEST_F(DistillJourney, TheProjectRemembersWhatBecameOfItsChild)
{
    const std::string project = path("toy.tessera");
    Outcome outcome = tessera({"distill", child, "--project", project, "--out", path("better"), "--tokens", "4096", "--batch-tokens", "256",
                               "--train", "changed", "--threads", "1", "--json"});
    ASSERT_EQ(outcome.exitCode, 0) << outcome.errors;
    const Json made = outcome.json();
    const Json children = tessera({"children", project, "--json"}).json().at("children");
    ASSERT_EQ(children.size(), 2u);
    EXPECT_TRUE(children[0]["distilled"].is_null());
    EXPECT_EQ(children[1]["path"], path("better"));
    EXPECT_EQ(children[1]["choices"], children[0]["choices"]);
    const Json &distilled = children[1]["distilled"];
    EXPECT_EQ(distilled["from"], child);
    EXPECT_EQ(distilled["tokens"], 4096);
    EXPECT_EQ(distilled["window"], 32) << "the project's";
    EXPECT_EQ(distilled["after"]["kl_to_parent"], made["after"]["kl_to_parent"]);
    EXPECT_NE(tessera({"children", project}).output.find("distilled from " + child), std::string::npos);
    Outcome checked = tessera({"children", project, "--check", "--no-times", "--json"});
    ASSERT_EQ(checked.exitCode, 0) << checked.errors;
    EXPECT_TRUE(checked.json()["children"][1]["measured"]["kl_div"].is_number());

    EXPECT_EQ(tessera({"distill", parent, "--project", project, "--out", path("other"), "--json"}).exitCode, 2) << "no child of the project";
    EXPECT_EQ(tessera({"distill", child, "--out", path("other"), "--json"}).exitCode, 2) << "nothing to learn from";
    EXPECT_FALSE(fs::exists(path("other.training")));
}

TEST_F(DistillJourney, SeveralChildrenShareAFolderAndTheParentsPasses)
{
    fs::copy(child, folder / "twin", fs::copy_options::recursive);
    std::vector<std::string> both = command("both", "2048");
    both.insert(both.begin() + 2, path("twin"));
    Outcome outcome = tessera(both);
    ASSERT_EQ(outcome.exitCode, 0) << outcome.errors;
    Json result = outcome.json();
    ASSERT_EQ(result["children"].size(), 2u);
    EXPECT_TRUE(result["before"].is_null());
    EXPECT_EQ(result["children"][0]["after"], result["children"][1]["after"]) << "twins";
    for (const char *name : {"child", "twin"})
        EXPECT_EQ(tessera({"inspect", (folder / "both" / name).string(), "--json"}).exitCode, 0) << name;
}

TEST_F(DistillJourney, CtrlCSavesAndTheSameCommandGoesOn)
{
    std::int64_t before = -1;
    for (int round = 0; round < 2; ++round) {
        Program program(command("long", "40000000"));
        EXPECT_FALSE(program.endsWithin(std::chrono::seconds(6))) << program.wait().errors;
        program.signal(SIGINT);
        Outcome outcome = program.wait();
        EXPECT_EQ(outcome.exitCode, 130) << outcome.errors;
        EXPECT_NE(outcome.errors.find("the same command continues"), std::string::npos) << outcome.errors;
        EXPECT_GT(stoppedAt(outcome), before) << outcome.errors;
        before = stoppedAt(outcome);
        EXPECT_FALSE(fs::exists(folder / "long"));
    }
    Outcome other = tessera(command("long", "40000000", {"--weight-decay", "0.1"}));
    EXPECT_EQ(other.exitCode, 2) << other.errors;
}

TEST_F(DistillJourney, WrongOrdersAreRefusedWithASentenceAndLeaveNothing)
{
    auto refused = [&](const std::vector<std::string> &arguments) {
        Outcome outcome = tessera(arguments);
        EXPECT_EQ(outcome.exitCode, 2) << outcome.errors;
        EXPECT_TRUE(outcome.json().contains("error")) << outcome.output;
    };
    refused(command("out", "100", {"--loss", "mse"}));
    refused(command("out", "100", {"--train", "0:mlp"}));
    refused(command("out", "100", {"--minutes", "1"}));
    refused(command("out", "100", {"--weight-decay", "-1"}));
    refused(command("out", "0"));
    std::vector<std::string> twice = command("out", "100");
    twice.insert(twice.begin() + 2, child);
    refused(twice);
    std::vector<std::string> lost = command("out", "100");
    lost[5] = path("no-text");
    refused(lost);
    std::vector<std::string> nobody = command("out", "100");
    nobody[1] = path("no-child");
    refused(nobody);
    std::vector<std::string> longWindow = command("out", "100");
    longWindow[11] = "100000";
    refused(longWindow);
    EXPECT_FALSE(fs::exists(folder / "out"));
    EXPECT_FALSE(fs::exists(folder / "out.training"));
}

} // namespace
} // namespace tessera
