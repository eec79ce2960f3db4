// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
// Whole children trained on a device whose memory is not ours.
#include "engine/base/error.h"
#include "engine/distill/global_distill.h"
#include "engine/nn/device.h"
#include "engine/protocol/remark.h"
#include "tests/device/far_device.h"
#include "tests/device/memory_limit.h"
#include "tests/library/toy_parent.h"

#include <cmath>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tessera::test {
namespace {

class GlobalDistillationOnFarDevice : public testing::Test {
protected:
    GlobalDistillationOnFarDevice()
    {
        request.parent = writeToyParent(folder, false);
        request.tokenFile = writeToyTokens(folder, "train", 640, 3);
        request.heldOutTokenFile = writeToyTokens(folder, "held-out", 160, 4);
        request.window = 16;
        request.batchTokens = 128;
        request.tokensAtOnce = 64;
        request.tokens = 6 * 128;
        request.evaluationSteps = 2;
        request.learningRate = 3e-3;
        request.lmWeight = 0.3;
        request.run.threads = 1;
        ModelArchitecture child = Checkpoint::open(request.parent).architecture();
        child.layers[0].ffn = ffnWidth(12);
        child.layers[1].attention = linearVariant(Part::Attention);
        child.layers[2].ffn = noneVariant(Part::Ffn);
        writeToyModel(folder, "child", child);
        for (const TensorSpec &spec : tensorsOf(child))
            tensors.push_back(spec.name); // The embedding, which is the head too, among them.
    }

    Json train(const std::string &out, DType dtype, DType storedAs = DType::F32)
    {
        request.run.dtype = dtype;
        request.children = {{folder / "child", tensors, folder / out, storedAs}};
        request.scratchFolder = folder / (out + ".training");
        std::filesystem::create_directories(request.scratchFolder);
        Collected said;
        said.context.progress = [&](const Progress &progress) {
            if (isRemark(progress))
                remarks.push_back(progress.note);
        };
        const Json result = runDistillChildren(request, said.context);
        memory = result.at("memory");
        return result.at("children")[0];
    }
    /// Largest difference of two children's weights.
    double distance(const std::string &a, const std::string &b) const
    {
        Checkpoint first = Checkpoint::open(folder / a), second = Checkpoint::open(folder / b);
        double largest = 0;
        for (const std::string &name : tensors) {
            const std::vector<float> x = first.readFloats(name), y = second.readFloats(name);
            for (std::size_t i = 0; i < x.size(); ++i)
                largest = std::max(largest, static_cast<double>(std::abs(x[i] - y[i])));
        }
        return largest;
    }
    static void expectNear(const Json &a, const Json &b, double relative)
    {
        for (const char *when : {"before", "after"})
            for (const char *figure : {"loss", "kl_to_parent", "nll", "hidden_cosine"}) {
                const double x = a.at(when).at(figure).get<double>(), y = b.at(when).at(figure).get<double>();
                EXPECT_NEAR(x, y, relative * std::abs(x) + 1e-6) << when << " " << figure;
            }
    }

    TemporaryFolder folder;
    DistillChildrenRequest request;
    std::vector<std::string> tensors;
    std::vector<std::string> remarks;
    Json memory; ///< Of the last training.
};

TEST_F(GlobalDistillationOnFarDevice, TheParentMayPassLayerByLayerWithTheSameBits)
{
    for (DType type : {DType::F32, DType::BF16})
        for (const at::Device &device : {at::Device(at::kCPU), farDevice()}) {
            const nn::OnDevice where(device);
            const std::string name = toString(type) + (device.is_cpu() ? "-near" : "-far");
            Json whole = train(name, type);
            EXPECT_NE(remarks.front().find("at its peak"), std::string::npos) << remarks.front();
            EXPECT_EQ(memory.at("layers"), kToyLayers);
            EXPECT_EQ(memory.at("moved"), 0);
            const auto all = memory.at("predicted").get<std::int64_t>();
            whole.erase("path");
            std::set<std::int64_t> layers;
            const int steps = device.is_cpu() ? 24 : 6;
            for (int step = 0; step < steps; ++step) {
                const std::int64_t budget = all - 1 - step * all / (4 * steps);
                const MemoryLimit limit(budget);
                const std::string out = name + std::to_string(step);
                remarks.clear();
                Json streamed;
                try {
                    streamed = train(out, type);
                } catch (const Error &error) {
                    EXPECT_NE(std::string(error.what()).find("keeps the children as a whole"), std::string::npos) << error.what();
                    EXPECT_NE(std::string(error.what()).find("may be used"), std::string::npos) << error.what();
                    break;
                }
                EXPECT_LE(memory.at("predicted").get<std::int64_t>(), budget);
                EXPECT_GT(memory.at("moved").get<std::int64_t>(), 0);
                EXPECT_NE(remarks.front().find("layers at once"), std::string::npos) << remarks.front();
                layers.insert(memory.at("layers").get<std::int64_t>());
                EXPECT_EQ(distance(name, out), 0) << remarks.front();
                streamed.erase("path");
                EXPECT_EQ(streamed, whole) << remarks.front();
            }
            EXPECT_TRUE(layers.contains(2)) << name;
        }
}

TEST_F(GlobalDistillationOnFarDevice, ThePredictedPeakIsNearWhatIsTaken)
{
    const nn::OnDevice device(farDevice());
    for (DType type : {DType::F32, DType::BF16}) {
        farPeak();
        train("peak-" + toString(type), type);
        const auto taken = static_cast<double>(farPeak());
        EXPECT_GT(memory.at("predicted").get<double>(), 0.8 * taken) << remarks.front();
        EXPECT_LT(memory.at("predicted").get<double>(), 1.6 * taken) << remarks.front();
        remarks.clear();
    }
}

TEST_F(GlobalDistillationOnFarDevice, TrainsTheSameChildAsTheProcessor)
{
    const Json near = train("near", DType::F32);
    EXPECT_LT(near.at("after").at("loss").get<double>(), near.at("before").at("loss").get<double>());
    const nn::OnDevice device(farDevice());
    const Json far = train("far", DType::F32);
    expectNear(near, far, 1e-3);
    EXPECT_EQ(near.at("best_step"), far.at("best_step"));
    EXPECT_LT(distance("near", "far"), 2e-3);
}

TEST_F(GlobalDistillationOnFarDevice, TrainsInBFloat16AndStoresIt)
{
    const Json near = train("near", DType::BF16, DType::BF16);
    const nn::OnDevice device(farDevice());
    expectNear(near, train("far", DType::BF16, DType::BF16), 0.1);
}

TEST_F(GlobalDistillationOnFarDevice, GoesOnFromItsStateWithTheSameBits)
{
    const nn::OnDevice device(farDevice());
    train("whole", DType::F32);
    request.children = {{folder / "child", tensors, folder / "stopped", DType::F32}};
    request.scratchFolder = folder / "stopped.training";
    std::filesystem::create_directories(request.scratchFolder);
    Collected stopped;
    int steps = 0;
    stopped.context.progress = [&](const Progress &) {
        if (++steps == 5)
            stopped.context.stop.request();
    };
    EXPECT_ANY_THROW(runDistillChildren(request, stopped.context));
    train("stopped", DType::F32);
    EXPECT_EQ(distance("whole", "stopped"), 0);
}

TEST_F(GlobalDistillationOnFarDevice, WhereMemoryEndsTheWorkGoesOnInSmallerParts)
{
    const nn::OnDevice device(farDevice());
    request.tokensAtOnce = 128;
    farPeak();
    const Json whole = train("whole", DType::F32);
    const auto peak = static_cast<double>(farPeak());
    bool met = false;
    for (double share : {0.95, 0.9, 0.85, 0.8}) {
        const FarMemoryLimit limit(static_cast<std::size_t>(share * peak));
        const std::string out = "less-" + std::to_string(share);
        try {
            const Json less = train(out, DType::F32);
            if (limit.refusals() == 0)
                continue;
            met = true;
            expectNear(whole, less, 1e-3);
            EXPECT_LT(distance("whole", out), 2e-3);
            EXPECT_NE(remarks.back().find("windows at once"), std::string::npos);
        } catch (const c10::Error &) {
            continue;
        }
    }
    EXPECT_TRUE(met);
}

} // namespace
} // namespace tessera::test
