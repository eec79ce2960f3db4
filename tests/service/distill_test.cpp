// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/service/worker_service.h"

#include <filesystem>
#include <string>
#include <vector>

namespace tessera {
namespace {

namespace fs = std::filesystem;

/// A project that has built a child.
class DistillService : public WorkerService {
protected:
    void SetUp() override
    {
        WorkerService::SetUp();
        if (IsSkipped())
            return;
        create();
        client->call("jobs/run", stages({"fit", "score"}));
        const Json solved = client->call("solve", {{"scenario", {{"max", {"parameters=80%"}}}}, {"store", true}});
        client->call("children/realize", {{"out", child()}, {"solution", solved["id"]}, {"threads", 1}});
        client->said("job");
        client->said("progress");
        client->said("item");
    }
    std::string child() const { return place("child"); }
    std::string better() const { return place("better"); }
    /// As the engine names a file.
    std::string place(const std::string &name) const { return fs::path(folder.file(name)).lexically_normal().string(); }
    Json order(std::int64_t tokens, const std::string &out) const
    {
        return {{"children", {child()}}, {"out", out},           {"tokens", tokens},        {"batch_tokens", 256}, {"tokens_at_once", 128},
                {"learning_rate", 1e-3}, {"evaluate_every", 4}, {"held_out_tokens", 1024}, {"threads", 1}};
    }
    Json children() { return client->call("children/list")["children"]; }
    Json history() { return client->call("jobs/history")["rows"]; }
};

TEST_F(DistillService, ADistilledChildStandsBesideTheOneThatItWas)
{
    const Json choices = client->call("children/distill_options", {{"child", child()}});
    EXPECT_EQ(choices["defaults"]["loss"], "kl,cosine");
    EXPECT_EQ(choices["defaults"]["window"], 32) << "the project's";
    EXPECT_EQ(choices["unfinished"], Json::array());
    std::map<std::string, std::int64_t> trainable;
    for (const Json &word : choices["trainable"])
        trainable[word["train"]] = word["parameters"];
    EXPECT_EQ(trainable["all:attention"] + trainable["all:ffn"], trainable["all"]);
    EXPECT_LT(trainable["changed"], trainable["all"]);
    EXPECT_EQ(trainable["all"] + trainable["embeddings"] + trainable["norm"] + trainable["head"], children()[0]["parameters"]);

    const Json made = client->call("children/distill", order(8192, better()));
    EXPECT_EQ(made["path"], better());
    EXPECT_EQ(made["steps"], 32);
    EXPECT_LT(made["change"]["kl"]["high"].get<double>(), 0) << "training helps: " << made["change"];
    std::vector<std::string> states;
    for (const Json &job : client->said("job"))
        states.push_back(job["state"]);
    EXPECT_EQ(states, (std::vector<std::string>{"waiting", "running", "done"}));
    const std::vector<Json> progress = client->said("progress");
    ASSERT_FALSE(progress.empty());
    EXPECT_EQ(progress.back()["name"], "distill-child");
    EXPECT_EQ(progress.back()["done"], progress.back()["total"]);
    EXPECT_EQ(client->said("item").size(), 9u) << "before, and after every fourth step";

    const Json all = children();
    ASSERT_EQ(all.size(), 2u);
    EXPECT_TRUE(all[0]["distilled"].is_null());
    for (const char *same : {"choices", "solution", "parameters", "refitted"})
        EXPECT_EQ(all[1][same], all[0][same]) << same;
    EXPECT_EQ(all[1]["path"], better());
    EXPECT_EQ(all[1]["predicted"]["parameters"], all[0]["predicted"]["parameters"]);
    EXPECT_TRUE(all[0]["predicted"].contains("kl_div"));
    EXPECT_FALSE(all[1]["predicted"].contains("kl_div")) << "no library knows what it is worth";
    EXPECT_TRUE(all[1]["measured"].is_null());
    const Json &distilled = all[1]["distilled"];
    EXPECT_EQ(distilled["from"], child());
    EXPECT_EQ(distilled["tokens"], 8192);
    EXPECT_EQ(distilled["loss"], Json({{"kl", 1.0}, {"cosine", 1.0}, {"lm", 0.0}}));
    EXPECT_EQ(distilled["before"]["kl_to_parent"], made["before"]["kl_to_parent"]);
    EXPECT_EQ(distilled["after"]["nll"], made["after"]["nll"]);
    EXPECT_EQ(distilled["text"][1]["split"], "score");
    const Json row = history().back();
    EXPECT_EQ(row["stage"], "distill-child");
    EXPECT_EQ(row["state"], "done");
    EXPECT_EQ(row["done"], 8192);

    // It is a child like any other; on text that neither the search nor the training has seen it is better, too.
    const auto kl = [&](const std::string &model) {
        return client->call("children/check", {{"child", model}, {"measure", false}, {"threads", 1}})["measured"]["kl_div"].get<double>();
    };
    EXPECT_LT(kl(better()), kl(child()));
    EXPECT_TRUE(children()[1]["measured"]["kl_div"].is_number());
    EXPECT_EQ(client->call("children/generate", {{"model", better()}, {"prompt", "ba di"}, {"max_tokens", 3}, {"ignore_eos", true}})["tokens"].size(), 3u);
    client->call("children/export", {{"model", better()}, {"format", "gguf"}, {"out", folder.file("better.gguf")}});
    EXPECT_EQ(client->call("children/lint", {{"model", better()}})["lint"].size(), 5u);

    Json again = order(1024, folder.file("best"));
    again["children"] = {better()};
    again["train"] = "all:ffn,norm";
    again["loss"] = "kl=1,lm=0.5";
    client->call("children/distill", again);
    EXPECT_EQ(children()[2]["distilled"]["from"], better());
    EXPECT_EQ(children()[2]["distilled"]["train"], "all:ffn,norm");
}

TEST_F(DistillService, WhatWasInterruptedGoesOnWithTheSameBits)
{
    const Json whole = client->call("children/distill", order(65536, folder.file("whole")));
    client->said("item");
    const std::int64_t first = client->ask("children/distill", order(65536, better()));
    client->hear("item");
    client->cancel(first);
    EXPECT_EQ(client->answer(first)["error"]["code"], kInterruptedCode);
    EXPECT_EQ(history().back()["state"], "interrupted");
    EXPECT_FALSE(fs::exists(better()));
    EXPECT_EQ(children().size(), 2u) << "the child and the whole one";
    client->said("item");

    client->ask("children/distill", order(65536, better()));
    client->hear("item");
    client->closeInput();
    EXPECT_EQ(client->end(), 0);
    client.emplace(true, std::map<std::string, std::string>{{"TESSERA_WORKER_PROGRAM", workerProgram()}});
    client->call("project/open", {{"path", project()}});
    const Json unfinished = client->call("children/distill_options", {{"child", child()}})["unfinished"];
    ASSERT_EQ(unfinished.size(), 1u);
    EXPECT_EQ(unfinished[0]["out"], better());
    EXPECT_EQ(unfinished[0]["tokens"], 65536);
    Json order = unfinished[0];
    order["threads"] = 1;
    const Json made = client->call("children/distill", order);
    EXPECT_GT(client->said("item").front()["item"]["step"].get<int>(), 0) << "not from the beginning";
    EXPECT_EQ(made["after"], whole["after"]);
    EXPECT_EQ(made["steps"], whole["steps"]);
    EXPECT_EQ(client->call("children/distill_options", {{"child", child()}})["unfinished"], Json::array());
    EXPECT_EQ(children().size(), 3u);
    EXPECT_FALSE(fs::exists(better() + ".training"));
}

TEST_F(DistillService, WrongOrdersAreRefusedWithASentenceAndLeaveNothing)
{
    auto with = [&](const char *key, const Json &value) {
        Json changed = order(1024, better());
        changed[key] = value;
        return client->refused("children/distill", changed)["code"];
    };
    EXPECT_EQ(with("children", Json::array()), kBadInputCode);
    EXPECT_EQ(with("children", child()), kWrongParams) << "no list";
    EXPECT_EQ(with("children", {folder.file("parent")}), kBadInputCode) << "not built here";
    EXPECT_EQ(with("children", {child(), child()}), kBadInputCode);
    EXPECT_EQ(with("out", child()), kBadInputCode) << "is there already";
    EXPECT_EQ(with("out", 3), kWrongParams);
    EXPECT_EQ(with("tokens", 0), kWrongParams);
    EXPECT_EQ(with("minutes", 1), kBadInputCode) << "tokens and minutes";
    EXPECT_EQ(with("loss", "mse"), kBadInputCode);
    EXPECT_EQ(with("loss", "kl=0,cosine=0"), kBadInputCode);
    EXPECT_EQ(with("train", "0:mlp"), kBadInputCode);
    EXPECT_EQ(with("learning_rate", -1), kWrongParams);
    EXPECT_EQ(with("dtype", "f16"), kBadInputCode);
    EXPECT_EQ(with("store_as", "fp8"), kBadInputCode);
    EXPECT_EQ(with("colour", "red"), kWrongParams);
    EXPECT_EQ(with("texts", {folder.file("no-text")}), kBadInputCode);
    EXPECT_EQ(client->refused("children/distill_options", {{"child", folder.file("parent")}})["code"], kBadInputCode);
    EXPECT_EQ(children().size(), 1u);
    EXPECT_FALSE(fs::exists(better()));
    EXPECT_FALSE(fs::exists(better() + ".training"));
    for (const Json &row : history())
        EXPECT_TRUE(row["stage"] != "distill-child" || row["state"] == "failed") << "nothing runs: " << row;

    // What cannot go on with another order is left as it was.
    const std::int64_t first = client->ask("children/distill", order(65536, better()));
    client->hear("item");
    client->cancel(first);
    EXPECT_EQ(client->answer(first)["error"]["code"], kInterruptedCode);
    EXPECT_EQ(with("learning_rate", 0.5), kBadInputCode);
    EXPECT_EQ(client->call("children/distill_options", {{"child", child()}})["unfinished"].size(), 1u);
    EXPECT_EQ(client->call("children/distill_options", {{"child", child()}})["unfinished"][0]["learning_rate"], 1e-3);
}

TEST_F(ToyService, AnImportedLibraryHasNoChildrenToDistil)
{
    EXPECT_EQ(client.refused("children/distill", {{"children", {"child"}}, {"out", "x"}})["code"], kBadInputCode);
}

} // namespace
} // namespace tessera
