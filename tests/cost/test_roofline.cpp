// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/cost/roofline.h"

#include "tests/cost/cost_fixtures.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tessera {
namespace {

DeviceProfile device(double flops, double bytes, double overhead = 0)
{
    DeviceProfile profile;
    profile.name = "toy";
    profile.flops = {{DType::F32, flops}};
    profile.bytesPerSecond = bytes;
    profile.overheadNs = overhead;
    return profile;
}

/// Decode of a softmax attention sub-block, step by step: what the closed form must sum to.
double stepByStep(const DeviceProfile &profile, const ModelConfig &c, std::int64_t kvHeads, const Workload &w)
{
    const double elements = 2.0 * static_cast<double>(c.hidden * (c.heads + kvHeads) * c.headDim);
    double sum = 0;
    for (std::int64_t t = 0; t < w.output; ++t) {
        const double length = static_cast<double>(w.input + t + 1), batch = static_cast<double>(w.batch);
        const double operations = 2 * elements * batch + 4 * batch * static_cast<double>(c.heads * c.headDim) * length;
        const double bytes = 4 * elements + 4 * 2 * batch * static_cast<double>(c.hidden) +
                             4 * 2 * batch * static_cast<double>(kvHeads * c.headDim) * length;
        sum += std::max(operations / profile.flops.at(DType::F32), bytes / profile.bytesPerSecond) * 1e9 + profile.overheadNs;
    }
    return sum;
}

TEST(Roofline, TheClosedFormEqualsEveryDecodeStepSummed)
{
    EXPECT_TRUE(rc::check([] {
        const DeviceProfile profile = device(*rc::gen::inRange(1, 4000) * 1e8, *rc::gen::inRange(1, 4000) * 1e7, 100);
        Workload workload;
        workload.batch = *rc::gen::inRange<std::int64_t>(1, 40);
        workload.input = *rc::gen::inRange<std::int64_t>(0, 3000);
        workload.output = *rc::gen::inRange<std::int64_t>(0, 300);
        const std::int64_t kvHeads = *rc::gen::element<std::int64_t>(1, 3, 9);
        ModelConfig config = test::smolLm2();
        config.kvHeads = 9;
        const double wanted = stepByStep(profile, config, kvHeads, workload);
        const auto got = static_cast<double>(estimatedCosts(profile, config, gqa(kvHeads), workload).at("decode").amount);
        RC_ASSERT(std::abs(got - wanted) <= 1 + 1e-9 * wanted);
    }));
}

TEST(Roofline, EstimatesAreMarkedAndAddUp)
{
    const ModelConfig config = test::smolLm2();
    const DeviceProfile profile = device(1e12, 1e11, 1000);
    const Costs ffn = estimatedCosts(profile, config, ffnWidth(1536), Workload{});
    EXPECT_TRUE(ffn.at("prefill").estimated);
    EXPECT_EQ(ffn.at("runtime").amount, ffn.at("prefill").amount + ffn.at("decode").amount);
    // 512 tokens through 3 * 576 * 1536 elements are compute bound; 1 token is bound by the weights' bytes.
    EXPECT_NEAR(static_cast<double>(ffn.at("prefill").amount), 2.0 * 3 * 576 * 1536 * 512 / 1e12 * 1e9 + 1000, 1);
    EXPECT_NEAR(static_cast<double>(ffn.at("decode").amount), 128 * (4.0 * (3 * 576 * 1536 + 2 * 576) / 1e11 * 1e9 + 1000), 1);
    EXPECT_EQ(estimatedCosts(profile, config, noneVariant(Part::Ffn), Workload{}).at("runtime").amount, 0);
    const Costs parent = estimatedCosts(profile, parentArchitecture(config), Workload{});
    const Costs attention = estimatedCosts(profile, config, gqa(3), Workload{});
    EXPECT_EQ(parent.at("runtime").amount, estimatedFixedCosts(profile, config, Workload{}).at("runtime").amount +
                                               30 * (ffn.at("runtime").amount + attention.at("runtime").amount));
}

TEST(Roofline, WithoutAPromptThereIsNoPrefill)
{
    Workload workload;
    workload.input = 0;
    EXPECT_EQ(estimatedCosts(device(1e12, 1e11, 1000), test::smolLm2(), ffnWidth(1536), workload).at("prefill").amount, 0);
}

TEST(Roofline, EveryShippedProfileIsReadAndNamesItsSource)
{
    const auto profiles = readDeviceProfiles(std::string(TESSERA_RESOURCES) + "/devices");
    ASSERT_GE(profiles.size(), 4u);
    for (const DeviceProfile &profile : profiles) {
        EXPECT_GT(profile.source.size(), 20u) << profile.name;
        EXPECT_EQ(findDevice(profiles, profile.name).name, profile.name);
    }
    EXPECT_EQ(findDevice(profiles, "h100").name, "H100-80GB");
    EXPECT_NE(test::errorOf([&] { findDevice(profiles, "abacus"); }).find("known are A100-80GB"), std::string::npos);
}

TEST(Roofline, UnknownTypesAndWrongProfilesAreRefused)
{
    Workload workload;
    workload.weights = DType::Fp8;
    EXPECT_NE(test::errorOf([&] { estimatedCosts(device(1, 1), test::smolLm2(), ffnWidth(8), workload); }).find("fp8"),
              std::string::npos);
    const Json good{{"name", "x"}, {"source", "s"}, {"flops", {{"f32", 1e9}}}, {"bytes_per_second", 1e9}, {"compute_fraction", 1},
                    {"bandwidth_fraction", 0.5}, {"overhead_ns", 0}};
    EXPECT_EQ(test::errorOf([&] { parseDeviceProfile(good, "x.json"); }), "");
    for (const char *patch : {R"({"flops":{}})", R"({"flops":{"f31":1}})", R"({"flops":{"f32":-1}})", R"({"bytes_per_second":0})",
                              R"({"compute_fraction":1.5})", R"({"more":1})", R"({"aliases":"x"})", R"({"overhead_ns":-1})"}) {
        Json bad = good;
        bad.merge_patch(Json::parse(patch));
        if (std::string(patch) == R"({"flops":{}})")
            bad["flops"] = Json::object();
        EXPECT_EQ(test::errorOf([&] { parseDeviceProfile(bad, "x.json"); }).substr(0, 2), "2:") << patch;
    }
}

} // namespace
} // namespace tessera
