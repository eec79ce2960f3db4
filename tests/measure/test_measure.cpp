// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/measure/measure.h"

#include "engine/base/error.h"
#include "engine/measure/subjects.h"
#include "engine/measure/timing.h"
#include "engine/nn/memory_budget.h"
#include "tests/score/score_fixtures.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include <gtest/gtest.h>

namespace tessera {
namespace {

using test::ToyParent;

MeasureRequest requestFor(const ToyParent &parent)
{
    MeasureRequest request;
    request.parent = parent.model;
    Workload workload;
    workload.name = "chat";
    workload.batch = 2;
    workload.input = 16;
    workload.output = 8;
    request.workloads = {workload};
    request.variants = {gqa(2), gqa(1), gqa(2), ffnWidth(48), noneVariant(Part::Ffn), linearVariant(Part::Attention), ffnWidth(48)};
    request.models = {{"parent", parent.model, {}}, {"child", "", parentArchitecture(test::toyConfig()).layers}};
    request.leastRepeats = 3;
    request.maxSeconds = 2;
    request.run.threads = 1;
    return request;
}

std::vector<Json> measure(const MeasureRequest &request)
{
    std::vector<Json> items;
    WorkContext context;
    context.item = [&](const Json &item) { items.push_back(item); };
    runMeasure(request, context);
    return items;
}

std::string errorOf(const MeasureRequest &request)
{
    try {
        runMeasure(request, {});
    } catch (const Error &error) {
        return std::to_string(error.exitCode()) + ": " + error.what();
    }
    return {};
}

TEST(Measure, EveryDistinctShapeIsMeasuredOnceAndNoneTakesNothing)
{
    const ToyParent parent;
    std::map<std::string, int> seen;
    for (const Json &item : measure(requestFor(parent))) {
        const std::string name = item.contains("variant") ? item["variant"] : item.contains("model") ? item["model"] : Json("fixed");
        ++seen[name];
        EXPECT_EQ(item.at("workload"), "chat");
        EXPECT_TRUE(item.at("prefill").is_number_integer());
        EXPECT_GE(item.at("prefill_spread").get<double>(), 0);
        const bool none = name == "ffn=none";
        EXPECT_EQ(item.at("prefill").get<std::int64_t>() == 0, none) << name;
        EXPECT_EQ(item.at("decode").get<std::int64_t>() == 0, none) << name;
        EXPECT_GE(item.at("repeats").get<std::int64_t>(), none ? 0 : 1) << name;
    }
    EXPECT_EQ(seen, (std::map<std::string, int>{{"attention=gqa:2", 1}, {"attention=gqa:1", 1}, {"attention=linear", 1}, {"ffn=width:48", 1},
                                                {"ffn=none", 1}, {"fixed", 1}, {"parent", 1}, {"child", 1}}));
}

TEST(Measure, WhatIsTooLargeIsRefusedWithWhatItTakesAndWhatThereIs)
{
    const ToyParent parent;
    nn::limitMemory(std::int64_t{1} << 20);
    const std::string sentence = errorOf(requestFor(parent));
    nn::limitMemory({});
    EXPECT_EQ(sentence.find("2: measuring the workload \"chat\" takes about "), 0u) << sentence;
    EXPECT_NE(sentence.find("but of main memory 1 MiB may be used"), std::string::npos) << sentence;
}

TEST(Measure, WithoutInputThereIsNoPrefillAndWithoutOutputNoDecode)
{
    const ToyParent parent;
    MeasureRequest request = requestFor(parent);
    request.leastRepeats = 1;
    request.workloads[0].input = 0;
    for (const Json &item : measure(request))
        EXPECT_EQ(item.at("prefill"), 0) << item;
    request.workloads[0].input = 16;
    request.workloads[0].output = 0;
    for (const Json &item : measure(request))
        EXPECT_EQ(item.at("decode"), 0) << item;
}

TEST(Measure, TheStretchGivesDistinctWeightsToEveryCopy)
{
    const ModelConfig config = test::toyConfig();
    const WeightPool pool(1 << 20, at::kFloat);
    const std::vector<nn::SubBlock> copies = pool.copies(config, ffnWidth(48));
    EXPECT_EQ(static_cast<std::int64_t>(copies.size()), std::min<std::int64_t>(256, pool.elements() / WeightPool::elementsOf(config, ffnWidth(48))));
    std::set<const void *> starts;
    for (const nn::SubBlock &copy : copies)
        for (const TensorSpec &spec : tensorsOf(config, ffnWidth(48))) {
            EXPECT_EQ(copy.at(spec.name).sizes().vec(), spec.shape);
            EXPECT_TRUE(starts.insert(copy.at(spec.name).data_ptr()).second);
        }
    EXPECT_EQ(pool.caches(config, 2, 3, 40).front().keys.sizes().vec(), (std::vector<std::int64_t>{3, 2, 40, 8}));
}

TEST(Measure, WhatCannotBeMeasuredIsASentence)
{
    const ToyParent parent;
    const auto with = [&](const std::function<void(MeasureRequest &)> &change) {
        MeasureRequest request = requestFor(parent);
        change(request);
        return errorOf(request);
    };
    EXPECT_NE(with([](MeasureRequest &r) { r.workloads[0].device = "H100"; }).find("\"H100\""), std::string::npos);
    EXPECT_NE(with([](MeasureRequest &r) { r.workloads[0].kv = DType::Fp8; }).find("mixes types"), std::string::npos);
    EXPECT_NE(with([](MeasureRequest &r) { r.variants = {gqa(3)}; }).find("attention=gqa:3"), std::string::npos);
    EXPECT_NE(with([](MeasureRequest &r) { r.workloads[0].batch = std::int64_t{1} << 31; }).find("memory"), std::string::npos);
    EXPECT_NE(with([](MeasureRequest &r) { r.workloads[0].input = r.workloads[0].output = 0; }).find("nothing to run"), std::string::npos);
    EXPECT_NE(with([](MeasureRequest &r) { r.leastRepeats = 0; }).find("2:"), std::string::npos);
}

} // namespace
} // namespace tessera
