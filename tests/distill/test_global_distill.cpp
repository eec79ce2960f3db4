// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/distill/evaluate.h"
#include "engine/distill/global_distill.h"
#include "engine/nn/initialise.h"
#include "engine/text/token_file.h"
#include "tests/distill/models_on_disk.h"
#include "tests/nn/example_models.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kWindow = 16;

class GlobalDistillation : public testing::Test {
protected:
    void SetUp() override
    {
        m_folder = fs::path(testing::TempDir()) / ("tessera-distill-" + std::to_string(::getpid()));
        fs::remove_all(m_folder);
        fs::create_directories(m_folder);
        m_parent = test::exampleModel(parentArchitecture(test::exampleConfig()), 2);
        test::writeModel(m_folder / "parent", m_parent);
        test::writeModel(m_folder / "child", child());
        tokens("train", 640, 3);
        tokens("held_out", 160, 4);
    }
    void TearDown() override { fs::remove_all(m_folder); }

    /// The parent with half an FFN, a linear one, and one attention without its keys.
    nn::Model child() const
    {
        const ModelConfig &config = m_parent.config;
        nn::Model result = m_parent;
        std::vector<std::int64_t> order(40);
        for (std::size_t i = 0; i < order.size(); ++i)
            order[i] = static_cast<std::int64_t>(i);
        result.layers[0].ffn = nn::initialise(config, m_parent.layers[0].ffn, ffnWidth(20), order);
        result.layers[1].attention = nn::initialise(config, m_parent.layers[1].attention, linearVariant(Part::Attention));
        result.layers[2].ffn = nn::initialise(config, m_parent.layers[2].ffn, linearVariant(Part::Ffn));
        return result;
    }
    void tokens(const std::string &name, std::int64_t count, std::uint64_t seed) const
    {
        std::vector<std::int64_t> wide = test::exampleTokens(count, m_parent.config.vocabulary, seed);
        writeTokenFile(m_folder / name, std::vector<TokenId>(wide.begin(), wide.end()));
    }
    fs::path file(const std::string &name) const { return m_folder / name; }

    /// Trains all sub-blocks of the child.
    DistillChildrenRequest request(const std::string &out, std::int64_t steps = 12) const
    {
        DistillChildrenRequest r;
        r.parent = file("parent").string();
        r.children = {{file("child").string(), subBlockTensors("child"), file(out).string(), DType::F32}};
        r.tokenFile = file("train").string();
        r.heldOutTokenFile = file("held_out").string();
        r.window = kWindow;
        r.batchTokens = 64;
        r.tokensAtOnce = 32;
        r.tokens = 64 * steps;
        r.evaluationSteps = 4;
        r.learningRate = 3e-3;
        r.scratchFolder = file(out + ".training").string();
        r.run.threads = 1;
        fs::create_directories(r.scratchFolder);
        return r;
    }
    std::vector<std::string> subBlockTensors(const std::string &model) const
    {
        std::vector<std::string> names;
        for (const TensorSpec &spec : tensorsOf(Checkpoint::open(file(model)).architecture()))
            if (spec.name.find(".layers.") != std::string::npos)
                names.push_back(spec.name);
        return names;
    }
    std::string weightsOf(const std::string &out) const { return hashFile(file(out) / "model.safetensors"); }
    std::vector<std::string> changedTensors(const std::string &out) const
    {
        Checkpoint before = Checkpoint::open(file("child")), after = Checkpoint::open(file(out));
        EXPECT_EQ(before.architecture(), after.architecture());
        std::vector<std::string> changed;
        for (const TensorSpec &spec : tensorsOf(before.architecture()))
            if (before.readFloats(spec.name) != after.readFloats(spec.name))
                changed.push_back(spec.name);
        return changed;
    }
    static std::string complaint(const DistillChildrenRequest &wrong)
    {
        try {
            runDistillChildren(wrong, {});
        } catch (const Error &error) {
            return error.kind() == ErrorKind::BadInput ? error.what() : "another error: " + std::string(error.what());
        }
        return "no error";
    }

    fs::path m_folder;
    nn::Model m_parent;
};

TEST_F(GlobalDistillation, BringsAChildNearerToItsParent)
{
    std::vector<std::int64_t> steps;
    WorkContext context;
    context.item = [&](const Json &item) { steps.push_back(item.at("step").get<std::int64_t>()); };
    Json result = runDistillChildren(request("out", 60), context);
    EXPECT_EQ(result["steps"], 60);
    Json made = result["children"][0];
    double before = made["before"]["kl_to_parent"], after = made["after"]["kl_to_parent"];
    EXPECT_LT(after, 0.7 * before);
    EXPECT_LT(made["after"]["hidden_cosine"].get<double>(), made["before"]["hidden_cosine"].get<double>());
    EXPECT_EQ(steps.front(), 0);
    EXPECT_EQ(steps.back(), 60);
    double least = INFINITY;
    for (const Json &point : made["curve"])
        least = std::min(least, point["held_out_loss"].get<double>());
    EXPECT_EQ(made["after"]["loss"].get<double>(), least);

    // What is on disk is what was promised, by evaluation's own way.
    nn::Model child = nn::loadModel(Checkpoint::open(file("out")), at::kFloat);
    TokenFile heldOut(file("held_out"), m_parent.config.vocabulary);
    distill::Evaluation evaluation = distill::evaluate(child, &m_parent, distill::cutWindows(heldOut.tokens(), kWindow, 0), {});
    EXPECT_NEAR(distill::meanAndError(evaluation.means.kl).mean, after, 1e-6 * after);
    std::vector<std::string> changed = changedTensors("out");
    EXPECT_EQ(changed, subBlockTensors("child"));
}

TEST_F(GlobalDistillation, StoppedAnywhereAndContinuedGivesTheSameBits)
{
    Json whole = runDistillChildren(request("whole"), {});
    for (std::int64_t stopAt : {0, 64 * 3, 64 * 4, 64 * 9, 64 * 12}) {
        std::string name = "parts" + std::to_string(stopAt);
        DistillChildrenRequest parts = request(name);
        WorkContext context;
        int before = 1; // A step without an evaluation says so once, one with an evaluation twice: stop between these.
        context.progress = [&](const Progress &progress) {
            if (progress.done == stopAt && before-- > 0)
                context.stop.request();
        };
        try {
            runDistillChildren(parts, context);
            FAIL() << "was not stopped";
        } catch (const Error &error) {
            EXPECT_EQ(error.kind(), ErrorKind::Interrupted) << error.what();
            EXPECT_NE(std::string(error.what()).find(parts.scratchFolder), std::string::npos) << error.what();
        }
        EXPECT_FALSE(fs::exists(parts.children[0].outFolder));
        Json result = runDistillChildren(parts, {});
        EXPECT_EQ(weightsOf(name), weightsOf("whole")) << stopAt;
        for (const char *key : {"before", "after", "curve", "best_step", "steps"})
            EXPECT_EQ(result["children"][0][key], whole["children"][0][key]) << key;
    }
}

TEST_F(GlobalDistillation, AnotherRunsStateIsNotOverwritten)
{
    DistillChildrenRequest r = request("out");
    WorkContext context;
    context.progress = [&](const Progress &) { context.stop.request(); };
    EXPECT_THROW(runDistillChildren(r, context), Error);
    DistillChildrenRequest other = r;
    other.learningRate *= 2;
    EXPECT_NE(complaint(other).find(r.scratchFolder), std::string::npos) << complaint(other);
    tokens("train", 640, 5);
    EXPECT_NE(complaint(r).find("other options, texts or models"), std::string::npos) << complaint(r);
}

TEST_F(GlobalDistillation, SmallerPartsOfABatchTrainTheSame)
{
    DistillChildrenRequest whole = request("whole"), parts = request("parts");
    whole.tokensAtOnce = 64;
    parts.tokensAtOnce = kWindow;
    double a = runDistillChildren(whole, {})["children"][0]["after"]["loss"];
    double b = runDistillChildren(parts, {})["children"][0]["after"]["loss"];
    EXPECT_NEAR(a, b, 1e-4 * a);
}

TEST_F(GlobalDistillation, OnlyWhatIsChosenChanges)
{
    DistillChildrenRequest r = request("out");
    r.children[0].tensors = {"model.layers.2.mlp.linear_mlp.weight", "model.norm.weight"};
    Json made = runDistillChildren(r, {})["children"][0];
    EXPECT_LT(made["after"]["loss"].get<double>(), made["before"]["loss"].get<double>());
    EXPECT_EQ(changedTensors("out"), r.children[0].tensors);
}

TEST_F(GlobalDistillation, NothingIsEverWorseThanItsStart)
{
    DistillChildrenRequest wild = request("wild");
    wild.learningRate = 1;
    Json made = runDistillChildren(wild, {})["children"][0];
    EXPECT_EQ(made["best_step"], 0);
    EXPECT_EQ(made["after"], made["before"]);
    EXPECT_TRUE(changedTensors("wild").empty());

    DistillChildrenRequest rounded = request("rounded", 40);
    rounded.children[0].storedAs = DType::BF16;
    made = runDistillChildren(rounded, {})["children"][0];
    EXPECT_LT(made["after"]["loss"].get<double>(), made["before"]["loss"].get<double>());
    nn::Model child = nn::loadModel(Checkpoint::open(file("rounded")), at::kFloat);
    EXPECT_TRUE(at::equal(child.layers[0].ffn.at("mlp.up_proj.weight"),
                          child.layers[0].ffn.at("mlp.up_proj.weight").to(at::kBFloat16).to(at::kFloat)));
}

TEST_F(GlobalDistillation, ChildrenThatShareTheTeachersPassesAreAsIfAlone)
{
    nn::Model second = child();
    second.layers[0].attention = nn::SubBlock{noneVariant(Part::Attention), {}};
    test::writeModel(file("child2"), second);
    DistillChildrenRequest both = request("both");
    both.children[0].outFolder = file("first").string();
    both.children.push_back({file("child2").string(), subBlockTensors("child2"), file("second").string(), DType::F32});
    Json together = runDistillChildren(both, {});
    ASSERT_EQ(together["children"].size(), 2u);

    DistillChildrenRequest alone = request("alone2");
    alone.children[0] = both.children[1];
    alone.children[0].outFolder = file("alone2").string();
    runDistillChildren(request("alone1"), {});
    runDistillChildren(alone, {});
    EXPECT_EQ(weightsOf("first"), weightsOf("alone1"));
    EXPECT_EQ(weightsOf("second"), weightsOf("alone2"));
}

TEST_F(GlobalDistillation, EveryLossAloneIsMadeSmaller)
{
    for (auto [kl, cosine, lm] : {std::tuple{1.0, 0.0, 0.0}, std::tuple{0.0, 1.0, 0.0}, std::tuple{0.0, 0.0, 1.0}}) {
        std::string name = "out" + std::to_string(kl) + std::to_string(cosine);
        DistillChildrenRequest r = request(name, 20);
        r.klWeight = kl, r.cosineWeight = cosine, r.lmWeight = lm;
        r.heldOutTokenFile = r.tokenFile; // Random tokens: there is nothing that carries over.
        Json made = runDistillChildren(r, {})["children"][0];
        EXPECT_LT(made["after"]["loss"].get<double>(), made["before"]["loss"].get<double>()) << name;
    }
}

TEST_F(GlobalDistillation, TimeIsABudgetToo)
{
    DistillChildrenRequest r = request("out");
    r.tokens = 0;
    r.minutes = 0.01;
    Json result = runDistillChildren(r, {});
    EXPECT_GE(result["seconds"].get<double>(), 0.6);
    EXPECT_GT(result["steps"].get<std::int64_t>(), 0);
    EXPECT_TRUE(fs::exists(file("out") / "model.safetensors"));
}

TEST_F(GlobalDistillation, TrainsInBfloat16)
{
    DistillChildrenRequest r = request("out", 40);
    r.run.dtype = DType::BF16;
    Json made = runDistillChildren(r, {})["children"][0];
    EXPECT_LT(made["after"]["kl_to_parent"].get<double>(), 0.9 * made["before"]["kl_to_parent"].get<double>());
}

TEST_F(GlobalDistillation, WrongOrdersAreRefused)
{
    for (const char *what : {"vocabulary", "hidden", "layers"}) {
        ModelConfig config = test::exampleConfig();
        (what[0] == 'v' ? config.vocabulary : what[0] == 'h' ? config.hidden : config.layers) += 2;
        test::writeModel(file(what), test::exampleModel(parentArchitecture(config)));
        DistillChildrenRequest r = request("out");
        r.children[0].model = file(what).string();
        EXPECT_NE(complaint(r).find(what), std::string::npos) << complaint(r);
        EXPECT_NE(complaint(r).find("no child of this parent"), std::string::npos) << complaint(r);
    }
    auto refused = [&](auto change) {
        DistillChildrenRequest r = request("out");
        change(r);
        EXPECT_EQ(complaint(r).find("error"), std::string::npos) << complaint(r);
    };
    refused([](auto &r) { r.children.clear(); });
    refused([](auto &r) { r.children[0].tensors = {"model.layers.0.nonsense"}; });
    refused([](auto &r) { r.children[0].tensors.push_back(r.children[0].tensors.front()); });
    refused([](auto &r) { r.minutes = 1; });
    refused([](auto &r) { r.tokens = 0; });
    refused([](auto &r) { r.tokens = INT64_MAX; });
    refused([](auto &r) { r.klWeight = r.cosineWeight = 0; });
    refused([](auto &r) { r.klWeight = -1; });
    refused([](auto &r) { r.window = 1; });
    refused([](auto &r) { r.window = 1000; });
    refused([](auto &r) { r.learningRate = 0; });
    refused([](auto &r) { r.batchTokens = 0; });
    EXPECT_FALSE(fs::exists(file("out")));
}

TEST(WindowOrder, EveryPassTakesAllWindowsInAnOrderOfItsOwn)
{
    distill::WindowOrder order(10, 7), again(10, 7);
    std::vector<std::int64_t> taken;
    for (std::int64_t step = 0; step < 10; ++step)
        for (std::int64_t window : order.ofStep(step, 3))
            taken.push_back(window);
    std::set<std::vector<std::int64_t>> orders;
    for (std::size_t pass = 0; pass < 3; ++pass) {
        std::vector<std::int64_t> one(taken.begin() + static_cast<std::ptrdiff_t>(10 * pass),
                                      taken.begin() + static_cast<std::ptrdiff_t>(10 * (pass + 1)));
        EXPECT_EQ(std::set<std::int64_t>(one.begin(), one.end()).size(), 10u);
        orders.insert(one);
    }
    EXPECT_EQ(orders.size(), 3u);
    EXPECT_EQ(again.ofStep(7, 3), (std::vector<std::int64_t>{taken[21], taken[22], taken[23]})) << "without what came before";
}

} // namespace
} // namespace tessera
