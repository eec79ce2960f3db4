// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/architecture/workload.h"

#include "engine/base/error.h"

#include <string>

#include <gtest/gtest.h>

namespace tessera {
namespace {

Json valid()
{
    return {{"name", "chat"}, {"batch", 4},          {"input", 512}, {"output", 128},
            {"weights", "bf16"}, {"activations", "bf16"}, {"kv", "fp8"},  {"device", "cuda:0"}};
}

std::string refusal(const Json &json)
{
    try {
        parseWorkload(json, "work.json");
    } catch (const Error &e) {
        EXPECT_EQ(e.kind(), ErrorKind::BadInput);
        return e.what();
    }
    return "accepted";
}

TEST(Workload, IsReadAndWrittenAsTheCommandLineDefinesIt)
{
    Workload workload = parseWorkload(valid(), "work.json");
    EXPECT_EQ(workload.batch, 4);
    EXPECT_EQ(workload.kv, DType::Fp8);
    EXPECT_EQ(workload.device, "cuda:0");
    EXPECT_EQ(toJson(workload), valid());
}

TEST(Workload, NeedsOnlyNameAndLengths)
{
    Workload workload = parseWorkload({{"name", "a"}, {"batch", 1}, {"input", 0}, {"output", 4096}}, "work.json");
    EXPECT_EQ(workload.weights, DType::F32);
    EXPECT_EQ(workload.device, "cpu");
    EXPECT_EQ(parseWorkload(toJson(workload), "again"), workload);
}

TEST(Workload, WithImpossibleMembersIsRefusedByName)
{
    auto with = [](const char *key, const Json &value) {
        Json json = valid();
        json[key] = value;
        return refusal(json);
    };
    for (const char *key : {"name", "batch", "input", "output"}) {
        Json json = valid();
        json.erase(key);
        EXPECT_EQ(refusal(json), "work.json lacks \"" + std::string(key) + "\"");
    }
    for (const char *key : {"batch", "input", "output"}) {
        EXPECT_NE(with(key, -1).find(key), std::string::npos);
        EXPECT_NE(with(key, (std::int64_t{1} << 31) + 1).find(key), std::string::npos);
        EXPECT_NE(with(key, 1.5).find(key), std::string::npos);
    }
    EXPECT_NE(with("batch", 0), "accepted");
    EXPECT_EQ(with("input", std::int64_t{1} << 31), "accepted");
    EXPECT_NE(with("kv", "int3").find("int3"), std::string::npos);
    EXPECT_NE(with("speed", 3).find("speed"), std::string::npos);
    for (const char *name : {"", "a b", "a@b", "a=b"})
        EXPECT_NE(with("name", name), "accepted") << name;
    EXPECT_NE(refusal(Json::array()), "accepted");
}

TEST(Workload, WithoutTokensIsRefused)
{
    Json json = valid();
    json["input"] = 0;
    json["output"] = 0;
    EXPECT_NE(refusal(json), "accepted");
}

} // namespace
} // namespace tessera
