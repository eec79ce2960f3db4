// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/interop/nvlabs.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/cost/totals.h"
#include "engine/search/front.h"
#include "engine/search/solve.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include <unistd.h>

namespace tessera {
namespace {

namespace fs = std::filesystem;

/// Two layers in the demonstration's form: keys with tabs and rounded sizes, pairs alone, statistics in MiB and ms.
class SmallClone {
public:
    SmallClone() : m_folder(fs::temp_directory_path() / ("tessera-nvlabs-" + std::to_string(::getpid())))
    {
        fs::create_directories(m_folder);
        Json layer;
        for (int heads : {8, 0})
            for (int width : {28672, 14336, 0}) {
                std::string key = (heads ? "attention = 8 kv heads (parent * 100%)" : std::string("attention = no-op")) + "\t&&\t" +
                                  (width ? "ffn = intermediate size " + std::to_string((width + 500) / 1000) + "e3" : std::string("ffn = no-op"));
                layer[key] = {{"stats",
                               {{"num_kv_heads", heads},
                                {"ffn_intermediate_size", width},
                                {"memory_mib", heads * 95.6375 + width / 43.0},
                                {"runtime_ms", heads * 44.23 + width / 62.0},
                                {"num_params", heads * 18'874'368 + width * 24'576}}},
                              {"metrics", {{"kl_div", (8 - heads) * 0.01 + (28672 - width) * 1e-6}, {"lm_loss", 1.6418 + (8 - heads) * 0.002}}}};
            }
        write("block_library.json", {{"layer_0", layer}, {"layer_1", layer}});
        write("measurement_info.json", {{"batch_size", 256}, {"sequence_length", 1200}, {"gpu", "H100"}, {"dtype", "fp8"}});
        write("parent_block_stats.json", {{"stats", {{"num_kv_heads", 8}, {"ffn_intermediate_size", 28672}, {"memory_mib", 1431.0}}},
                                          {"metrics", {{"kl_div", 0.0}, {"lm_loss", 1.6418}}}});
    }
    ~SmallClone() { fs::remove_all(m_folder); }
    void write(const char *name, const Json &json) const { writeTextFileAtomically(m_folder / name, json.dump()); }
    const fs::path &folder() const { return m_folder; }

private:
    fs::path m_folder;
};

TEST(Nvlabs, IsReadAsPairsWithSizesFromTheStatistics)
{
    SmallClone clone;
    BlockLibrary library = readNvlabs(clone.folder());
    ASSERT_EQ(library.layers.size(), 2u);
    EXPECT_EQ(library.layers[0].entries.size(), 6u);
    EXPECT_EQ(library.layers[0].parent, (LayerChoice{gqa(8), ffnWidth(28672)}));
    EXPECT_EQ(library.workloads.at(0).batch, 256);
    EXPECT_EQ(library.workloads.at(0).input, 0);
    EXPECT_EQ(library.workloads.at(0).output, 1200);
    const LibraryEntry *narrow = findPair(library.layers[1], {gqa(8), ffnWidth(14336)});
    ASSERT_NE(narrow, nullptr);
    EXPECT_EQ(narrow->costs[0].at("memory").amount, std::llround((8 * 95.6375 + 14336 / 43.0) * 1048576));
    EXPECT_EQ(narrow->costs[0].at("runtime").amount, std::llround((8 * 44.23 + 14336 / 62.0) * 1e6));
    EXPECT_EQ(narrow->costs[0].at("attention_layers").amount, 1);
    const LibraryEntry *bare = findPair(library.layers[1], {noneVariant(Part::Attention), noneVariant(Part::Ffn)});
    ASSERT_NE(bare, nullptr);
    EXPECT_NEAR(bare->scores.at("lm_loss").mean, 0.016, 1e-12) << "less the parent's";
    EXPECT_EQ(bare->costs[0].at("attention_layers").amount, 0);
    EXPECT_EQ(findPair(library.layers[0], library.layers[0].parent)->scores.at("lm_loss").mean, 0);
}

TEST(Nvlabs, NamesTheFileThatIsMissingOrWrong)
{
    SmallClone clone;
    clone.write("measurement_info.json", {{"batch_size", -1}, {"sequence_length", 1200}});
    EXPECT_THROW(readNvlabs(clone.folder()), Error);
    EXPECT_THROW(readNvlabs(clone.folder() / "nowhere"), Error);
    clone.write("block_library.json", {{"layer_1", Json::object()}});
    EXPECT_THROW(readNvlabs(clone.folder()), Error);
}

/// Optima that the demonstration's notebook prints and that were solved again independently; its data may not be shipped.
class GoldenOptima : public testing::Test {
protected:
    void SetUp() override
    {
        const char *clone = std::getenv("TESSERA_NVLABS");
        if (!clone)
            GTEST_SKIP() << "set TESSERA_NVLABS to a clone of NVlabs/puzzle to run the golden optima";
        m_library = std::make_shared<const BlockLibrary>(readNvlabs(clone));
    }
    Solution solveWith(std::vector<std::string> limits) const
    {
        return solve(makeProblem(m_library, parseScenario({{"max", limits}}, "golden")));
    }
    std::shared_ptr<const BlockLibrary> m_library;
};

TEST_F(GoldenOptima, HoldOnTheRealLibrary)
{
    struct Golden {
        std::vector<std::string> limits;
        double objective, tolerance;
    };
    const std::vector<Golden> all{{{"memory=80000MiB", "runtime=51200ms"}, 6.861455, 5e-7},
                                  {{"memory=40000MiB"}, 18.935023, 5e-7},
                                  {{"memory=85%", "runtime=85%"}, 3.282073, 5e-7},
                                  {{"memory=50000MiB"}, 15.4689, 5e-5},
                                  {{"memory=60000MiB"}, 12.2250, 5e-5},
                                  {{"memory=70000MiB"}, 9.4056, 5e-5},
                                  {{"memory=90000MiB"}, 4.5419, 5e-5},
                                  {{"memory=100000MiB"}, 2.4498, 5e-5},
                                  {{"memory=110000MiB"}, 0.7045, 5e-5}};
    for (const Golden &golden : all) {
        Solution solution = solveWith(golden.limits);
        EXPECT_EQ(solution.status, SolveStatus::Optimal) << golden.limits[0];
        EXPECT_NEAR(solution.objective, golden.objective, golden.tolerance) << golden.limits[0];
    }
}

TEST_F(GoldenOptima, PricesAGiBAndFindsTheGreedyChild)
{
    Solution solution = solveWith({"memory=80000MiB", "runtime=51200ms"});
    EXPECT_NEAR(solution.limits.at(0).price, 0.242 * 1024 / 1000, 1e-3);
    EXPECT_EQ(solution.limits.at(1).price, 0);
    Problem problem = makeProblem(m_library, parseScenario({{"max", {"memory=80000MiB", "runtime=51200ms"}}}, "golden"));
    EXPECT_NEAR(scoreOf(problem.program, greedyBaseline(problem)), 12.359808, 1e-6) << "as a re-implementation in Python has it";
}

} // namespace
} // namespace tessera
