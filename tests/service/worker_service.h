// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/journeys/toy_parent.h"
#include "tests/service/service_test.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// A service with a worker and the files of a toy parent.
class WorkerService : public testing::Test {
protected:
    void SetUp() override
    {
        if (workerProgram().empty())
            GTEST_SKIP() << "there is no tessera-worker beside the programs under test";
        makeToyParent(folder.path());
        client.emplace(true, std::map<std::string, std::string>{{"TESSERA_WORKER_PROGRAM", workerProgram()}});
    }
    Json order() const
    {
        return {{"path", project()},
                {"parent", folder.file("parent")},
                {"texts", {folder.file("text.txt")}},
                {"space", {{"ffn_fractions", {100, 50}}}},
                {"workloads", {{{"name", "toy"}, {"batch", 1}, {"input", 16}, {"output", 4}}}},
                {"dtype", "f32"},
                {"window", 32}};
    }
    void create()
    {
        client->call("project/create", order());
        client->call("project/open", {{"path", project()}});
    }
    std::string project() const { return folder.file("toy.tessera"); }
    static Json stages(const std::vector<std::string> &names)
    {
        return {{"stages", names}, {"fit_tokens", 2048}, {"score_windows", 4}, {"measure_seconds", 0.1}, {"threads", 1}};
    }
    /// How much of each stage is done.
    static void expectDone(const Json &result)
    {
        for (const Json &stage : result["stages"])
            EXPECT_EQ(stage["done"], stage["total"]) << stage;
    }

    TestFolder folder;
    std::optional<Client> client;
};

} // namespace tessera
