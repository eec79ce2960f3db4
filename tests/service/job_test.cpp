// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/store/job_log.h"
#include "engine/store/results.h"
#include "tests/service/worker_service.h"

#include <csignal>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tessera {
namespace {

TEST_F(WorkerService, TangentSpectraAreSplitBySubBlockAndKept)
{
    create();
    const Json asked = {{"probes", 6}, {"window", 8}, {"seeds", 3}, {"modes", 4}, {"threads", 1}, {"replace", {"1:attention=none"}}};
    const Json made = client->call("spectra/tangent", asked);
    ASSERT_EQ(made["networks"].size(), 2u);
    for (const Json &network : made["networks"]) {
        ASSERT_EQ(network["blocks"].size(), 7u);
        EXPECT_EQ(network["estimator"], "random_logit/jacobian/f32");
        EXPECT_EQ(network["seeds"], (Json{1, 2, 3}));
        EXPECT_EQ(network["normalised"].size(), 6u);
        for (std::size_t mode = 0; mode < 4; ++mode) {
            double sum = 0;
            for (const Json &block : network["blocks"])
                sum += block["mode_shares"][mode]["mean"].get<double>();
            EXPECT_NEAR(sum, 1, 1e-9) << "an eigenvalue is the sum of what its parts give";
        }
    }
    EXPECT_EQ(made["networks"][0]["replaced"], Json::array());
    const Json replaced = Json::array({{{"layer", 1}, {"block", "attention=none"}, {"origin", nullptr}}});
    EXPECT_EQ(made["networks"][1]["replaced"], replaced);
    EXPECT_EQ(made["networks"][1]["blocks"][2]["variant"], "attention=none");
    EXPECT_EQ(made["networks"][1]["blocks"][2]["trace_share"]["mean"], 0);
    EXPECT_LT(made["comparisons"][0]["similarity"]["mean"].get<double>(), 1);

    const Json kept = client->call("spectra/list");
    ASSERT_EQ(kept["total"], 2);
    EXPECT_EQ(client->call("spectra/get", {{"id", kept["rows"][1]["id"]}})["result"]["normalised"], made["networks"][1]["normalised"]);
    EXPECT_EQ(client->call("spectra/compare", {{"a", 1}, {"b", 2}})["rows"], made["comparisons"][0]["rows"]);

    client->call("spectra/tangent", {{"probes", 6}, {"window", 8}, {"functional", "loss"}, {"threads", 1}});
    client->call("spectra/tangent", {{"probes", 5}, {"window", 8}, {"seeds", 3}, {"threads", 1}});
    for (int other : {3, 4}) {
        const Json refusal = client->refused("spectra/compare", {{"a", 1}, {"b", other}});
        EXPECT_EQ(refusal["code"], kBadInputCode) << refusal;
        EXPECT_NE(refusal["message"].get<std::string>().find(other == 3 ? "estimators" : "probes"), std::string::npos) << refusal;
    }
    EXPECT_EQ(client->refused("spectra/tangent", {{"probes", 6}, {"replace", {"1:attention=gqa:77"}}})["code"], kBadInputCode);
    client->call("spectra/remove", {{"id", 4}});
    EXPECT_EQ(client->call("spectra/list")["total"], 3);

    // The same question again, without the parent: the same numbers, kept once.
    Json alone = asked;
    alone["parent_too"] = false;
    alone["models"] = {folder.file("parent")};
    const Json again = client->call("spectra/tangent", alone);
    ASSERT_EQ(again["networks"].size(), 2u);
    EXPECT_TRUE(again["comparisons"].empty());
    EXPECT_EQ(again["networks"][0]["replaced"], replaced);
    EXPECT_EQ(again["networks"][0]["normalised"], made["networks"][1]["normalised"]);
    EXPECT_TRUE(again["networks"][1]["replaced"].is_null()) << "a model of its own, though it is the parent's file";
    EXPECT_EQ(again["networks"][1]["normalised"], made["networks"][0]["normalised"]);
    EXPECT_EQ(client->call("spectra/list")["total"], 4) << "the one asked for again made way";
    EXPECT_EQ(client->refused("spectra/get", {{"id", 2}})["code"], kBadInputCode);
    EXPECT_EQ(client->refused("spectra/tangent", {{"parent_too", false}})["code"], kBadInputCode) << "no network at all";
}

TEST_F(WorkerService, FromAParentToAnEvaluatedChild)
{
    const Json made = client->call("project/create", order());
    EXPECT_EQ(made["layers"], 3);
    EXPECT_EQ(made["dtype"], "f32");
    const Json facts = client->call("project/open", {{"path", project()}});
    EXPECT_EQ(facts["runnable"], true);
    EXPECT_EQ(facts["library"]["scored"], 0) << facts["library"];
    EXPECT_EQ(client->call("model/inspect", {{"model", folder.file("parent")}})["layers"], 3);

    const Json before = client->call("library/describe");
    expectDone(client->call("jobs/run", stages({"fit", "measure", "score"})));
    std::vector<std::string> states;
    for (const Json &job : client->said("job"))
        states.push_back(job["state"]);
    EXPECT_EQ(states, (std::vector<std::string>{"waiting", "running", "done", "waiting", "running", "done"}));
    EXPECT_FALSE(client->said("progress").empty());
    EXPECT_FALSE(client->said("item").empty());
    const Json news = client->said("library").back();
    EXPECT_EQ(news["hash"], client->call("library/describe")["hash"]) << "the client knows what is now searched";
    EXPECT_NE(news["hash"], before["hash"]);
    const Json history = client->call("jobs/history");
    EXPECT_EQ(history["rows"].size(), 3u);
    EXPECT_EQ(history["rows"][0]["state"], "done");
    for (std::size_t job : {0u, 2u})
        EXPECT_NE(history["rows"][job]["note"].get<std::string>().find("at its peak"), std::string::npos) << history["rows"][job];
    EXPECT_EQ(client->call("jobs/stages")["stages"][1]["options"]["tokens"], 2048);
    const Json variant = client->call("library/variant", {{"variant", 2}});
    EXPECT_EQ(variant["origin"], "closed");
    EXPECT_TRUE(variant["loss_after"].is_number()) << variant;
    EXPECT_FALSE(variant["shape"].empty());
    EXPECT_EQ(variant["costs"]["decode"]["source"], "measured");

    const Json solved = client->call("solve", {{"scenario", {{"max", {"parameters=80%"}}}}, {"store", true}});
    const Json child = client->call("children/realize", {{"out", folder.file("child")}, {"solution", solved["id"]}, {"threads", 1}});
    EXPECT_EQ(child["parameters"], solved["costs"]["parameters"]);
    const Json measured = client->call(
        "children/evaluate", {{"model", folder.file("child")}, {"parent", folder.file("parent")}, {"window", 32}, {"max_tokens", 640}, {"threads", 1}});
    EXPECT_GT(measured["kl_to_parent"].get<double>(), 0);
    EXPECT_EQ(measured["windows"]["nll"].size(), 20u);
    const Json listed = client->call("children/list")["children"];
    ASSERT_EQ(listed.size(), 1u);
    EXPECT_TRUE(listed[0]["measured"].is_null());
    EXPECT_EQ(listed[0]["choices"], solved["choices"]);
    EXPECT_EQ(listed[0]["exists"], true);
    const Json checked = client->call("children/check", {{"child", folder.file("child")}, {"measure", false}, {"max_tokens", 640}, {"threads", 1}});
    EXPECT_EQ(checked["evaluation"]["nll"], measured["nll"]) << "both look at the test split";
    EXPECT_EQ(client->call("children/list")["children"][0]["measured"]["kl_div"], measured["kl_to_parent"]);
    EXPECT_EQ(client->refused("children/check", {{"child", folder.file("nowhere")}, {"measure", false}})["code"], kBadInputCode);
    const Json second = client->call("children/realize", {{"out", folder.file("second")}, {"choices", solved["choices"]}, {"refit", false}});
    EXPECT_EQ(second["parameters"], child["parameters"]);

    client->said("item");
    const Json text = client->call("children/generate", {{"model", folder.file("child")}, {"prompt", "ba di"}, {"max_tokens", 5}, {"ignore_eos", true}});
    EXPECT_EQ(text["tokens"].size(), 5u);
    std::string pieces;
    for (const Json &item : client->said("item"))
        pieces += item["item"]["text"].get<std::string>();
    EXPECT_EQ(pieces, text["text"].get<std::string>());
    EXPECT_EQ(client->call("doctor")["worker"]["device"].get<std::string>().substr(0, 3), "cpu");
}

TEST_F(WorkerService, ACancelledJobGoesOnWhereItStopped)
{
    create();
    const std::int64_t run = client->ask("jobs/run", stages({"fit", "score", "score-paper"}));
    const std::int64_t waiting = client->ask("doctor");
    client->hear("item");
    const Json jobs = client->call("jobs/list")["jobs"];
    ASSERT_EQ(jobs.size(), 2u);
    EXPECT_EQ(jobs[0]["state"], "running");
    EXPECT_EQ(jobs[1]["state"], "waiting");
    EXPECT_EQ(client->call("scenario/get")["steps"], 1) << "other lanes work on beside a job";
    client->cancel(waiting);
    EXPECT_EQ(client->answer(waiting)["error"]["code"], kInterruptedCode);
    client->cancel(run);
    EXPECT_EQ(client->answer(run)["error"]["code"], kInterruptedCode);
    EXPECT_EQ(client->call("jobs/history")["rows"].back()["state"], "interrupted");
    expectDone(client->call("jobs/run", stages({"fit", "score", "score-paper"})));
}

TEST_F(WorkerService, AKilledWorkerEndsItsJobAndNothingElse)
{
    create();
    const std::int64_t run = client->ask("jobs/run", stages({"fit", "score", "score-paper"}));
    client->hear("item");
    ::kill(client->worker(), SIGKILL);
    const Json error = client->answer(run)["error"];
    EXPECT_EQ(error["code"], kFailedCode) << error;
    EXPECT_EQ(client->call("jobs/history")["rows"].back()["state"], "failed");
    expectDone(client->call("jobs/run", stages({"fit", "score", "score-paper"})));
}

TEST_F(WorkerService, TheHistoryOfAKilledEngineCountsWhatItKept)
{
    create();
    client->ask("jobs/run", stages({"fit"}));
    client->hear("item");
    client->hear("item");
    ::kill(client->pid(), SIGKILL);
    EXPECT_EQ(client->end(), 128 + SIGKILL);
    const Project project = Project::openForReading(this->project());
    const std::vector<JobRecord> jobs = jobsOf(project);
    ASSERT_EQ(jobs.size(), 1u);
    EXPECT_GE(jobs[0].done, 2);
    EXPECT_EQ(jobs[0].done, static_cast<std::int64_t>(weightsOf(project).size()));
}

TEST_F(WorkerService, TheEndOfTheInputDuringAJobKeepsWhatIsDone)
{
    create();
    client->ask("jobs/run", stages({"fit", "score"}));
    client->hear("item");
    client->closeInput();
    EXPECT_EQ(client->end(), 0);
    client.emplace(true, std::map<std::string, std::string>{{"TESSERA_WORKER_PROGRAM", workerProgram()}});
    EXPECT_EQ(client->call("project/open", {{"path", project()}})["writable"], true);
    EXPECT_EQ(client->call("jobs/history")["rows"].back()["state"], "interrupted");
    expectDone(client->call("jobs/run", stages({"fit", "score"})));
}

TEST_F(WorkerService, WrongOrdersAreRefusedWithASentence)
{
    Json wrong = order();
    wrong["parent"] = folder.file("nowhere");
    EXPECT_EQ(client->refused("project/create", wrong)["code"], kBadInputCode);
    wrong = order();
    wrong["space"] = {{"colours", 3}};
    EXPECT_EQ(client->refused("project/create", wrong)["code"], kBadInputCode);
    wrong = order();
    wrong["texts"] = Json::array();
    EXPECT_EQ(client->refused("project/create", wrong)["code"], kBadInputCode);
    create();
    EXPECT_EQ(client->refused("jobs/run", {{"stages", {"dance"}}})["code"], kBadInputCode);
    EXPECT_EQ(client->refused("jobs/run", {{"budget_tokens", 0}})["code"], kWrongParams);
    EXPECT_EQ(client->refused("jobs/run", {{"kv_heads", "worst"}})["code"], kBadInputCode);
    EXPECT_EQ(client->refused("children/realize", {{"out", folder.file("child")}})["code"], kBadInputCode);
    EXPECT_EQ(client->refused("children/realize", {{"out", folder.file("child")}, {"solution", 9}})["code"], kBadInputCode);
    EXPECT_EQ(client->refused("children/evaluate", {{"model", folder.file("nowhere")}})["code"], kBadInputCode);
    EXPECT_EQ(client->refused("children/generate", {{"model", folder.file("parent")}, {"max_tokens", 3}})["code"], kBadInputCode);
    EXPECT_EQ(client->refused("children/generate", {{"model", folder.file("parent")}, {"tokens", {"a"}}, {"max_tokens", 3}})["code"], kWrongParams);
    EXPECT_EQ(client->refused("model/inspect", {{"model", folder.file("text.txt")}})["code"], kBadInputCode);
}

TEST(JobMethods, WithoutAWorkerTheDoctorSaysWhatToDo)
{
    Client client(true, {{"TESSERA_WORKER_PROGRAM", "/no/such/worker"}});
    const Json found = client.call("doctor");
    EXPECT_EQ(found["healthy"], false);
    EXPECT_TRUE(found["worker"].is_null());
    EXPECT_FALSE(found["complaints"].empty());
}

TEST_F(ToyService, AnImportedLibraryCannotBeRun)
{
    EXPECT_EQ(client.refused("jobs/run")["code"], kBadInputCode);
    EXPECT_EQ(client.refused("children/realize", {{"out", folder.file("child")}, {"scenario", Json::object()}})["code"], kBadInputCode);
    EXPECT_EQ(client.call("children/list"), Json({{"children", Json::array()}}));
    EXPECT_EQ(client.call("jobs/history")["total"], 0);
    EXPECT_EQ(client.call("jobs/list"), Json({{"jobs", Json::array()}}));
}

} // namespace
} // namespace tessera
