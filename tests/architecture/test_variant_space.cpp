// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/architecture/variant_space.h"

#include "engine/base/error.h"
#include "tests/architecture/configs.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tessera {
namespace {

using test::llama8B;
using test::smolLm2;
using Widths = std::vector<std::int64_t>;

const std::vector<double> kDefaults{100, 87, 75, 50, 25, 20, 10};

std::vector<std::string> names(const std::vector<Variant> &variants)
{
    std::vector<std::string> texts;
    for (const Variant &variant : variants)
        texts.push_back(toString(variant));
    return texts;
}

std::string refusal(const Json &json)
{
    try {
        parseVariantSpace(json, "space.json");
    } catch (const Error &e) {
        EXPECT_EQ(e.kind(), ErrorKind::BadInput);
        return e.what();
    }
    return "accepted";
}

TEST(Widths, OfTheDefaultFractionsAreMultiplesOfAPowerOfTwo)
{
    EXPECT_EQ(widthsOf(1536, kDefaults), (Widths{1536, 1344, 1152, 768, 384, 320, 160}));
    EXPECT_EQ(widthsOf(14336, kDefaults), (Widths{14336, 12544, 10752, 7168, 3584, 2816, 1536}));
    EXPECT_EQ(widthsOf(8192, kDefaults), (Widths{8192, 7168, 6144, 4096, 2048, 1536, 768}));
}

TEST(Widths, OfTiesGoUp)
{
    // Step 32 of width 1024: 4.6875 % is 48, half way between 32 and 64.
    EXPECT_EQ(widthsOf(1024, {4.6875}), Widths{64});
    EXPECT_EQ(widthsOf(32, {50, 51.5625}), (Widths{17, 16}));
}

TEST(Widths, OfNarrowParentsStillWork)
{
    EXPECT_EQ(widthsOf(1, kDefaults), Widths{1});
    EXPECT_EQ(widthsOf(10, {100, 50, 10, 1}), (Widths{10, 5, 1}));
}

TEST(Widths, AreTheNearestMultiplesInDescendingOrder)
{
    EXPECT_TRUE(rc::check([] {
        auto parent = *rc::gen::inRange<std::int64_t>(1, 1 << 20);
        auto percent = *rc::gen::inRange<std::int64_t>(1, 101);
        std::int64_t step = 1;
        while (2 * step <= parent / 32 && step < 256)
            step *= 2;
        // In whole numbers: parent * percent / 100 = q steps and a rest, up from half a step on.
        std::int64_t numerator = parent * percent, denominator = 100 * step;
        std::int64_t nearest = percent == 100 ? parent : (2 * numerator + denominator) / (2 * denominator) * step;
        Widths expected;
        if (nearest >= 1 && nearest <= parent)
            expected = {nearest};
        RC_ASSERT(widthsOf(parent, {static_cast<double>(percent)}) == expected);
    }));
}

TEST(Space, ByDefaultHoldsEveryVariantOfTheMethod)
{
    const std::vector<std::string> expected{
        "attention=gqa:3", "attention=gqa:1", "attention=linear", "attention=none", "ffn=width:1536",
        "ffn=width:1344",  "ffn=width:1152",  "ffn=width:768",    "ffn=width:384",  "ffn=width:320",
        "ffn=width:160",   "ffn=linear",      "ffn=none"};
    EXPECT_EQ(names(variantsOf({}, smolLm2(), 0)), expected);
    EXPECT_EQ(names(variantsOf({}, smolLm2(), 29)), expected);
}

TEST(Space, HasEveryKvHeadCountThatDividesTheParents)
{
    std::vector<std::string> attention = names(variantsOf({}, llama8B(), 5));
    attention.resize(6);
    EXPECT_EQ(attention, (std::vector<std::string>{"attention=gqa:8", "attention=gqa:4", "attention=gqa:2", "attention=gqa:1",
                                                   "attention=linear", "attention=none"}));
}

TEST(Space, OfAFileIsWhatTheFileSays)
{
    VariantSpace space = parseVariantSpace(Json::parse(R"({"kv_heads": [1], "ffn_fractions": [50], "ffn_widths": [100, 5000],
        "attention_linear": false, "ffn_none": false, "layers": ["0-3", 7]})"), "space.json");
    EXPECT_EQ(names(variantsOf(space, smolLm2(), 7)),
              (std::vector<std::string>{"attention=gqa:3", "attention=gqa:1", "attention=none", "ffn=width:1536",
                                        "ffn=width:768", "ffn=width:100", "ffn=linear"}));
    EXPECT_EQ(names(variantsOf(space, smolLm2(), 4)), (std::vector<std::string>{"attention=gqa:3", "ffn=width:1536"}));
}

TEST(Space, IsReadBackFromWhatItWrites)
{
    for (const char *text : {"{}", R"({"kv_heads": [3, 1], "ffn_fractions": [12.5], "layers": ["0-3", "7"], "ffn_linear": false})",
                             R"({"kv_heads": "all", "ffn_widths": [64], "ffn_fractions": [], "layers": "all"})"}) {
        Json written = toJson(parseVariantSpace(Json::parse(text), "a"));
        EXPECT_EQ(toJson(parseVariantSpace(written, "b")), written);
        EXPECT_EQ(names(variantsOf(parseVariantSpace(written, "b"), smolLm2(), 2)),
                  names(variantsOf(parseVariantSpace(Json::parse(text), "a"), smolLm2(), 2)));
    }
}

TEST(Space, RefusesWhatItDoesNotKnowAndNamesTheFile)
{
    for (const char *text :
         {"[]", R"({"kv_head": [1]})", R"({"kv_heads": 3})", R"({"kv_heads": [0]})", R"({"kv_heads": [1.5]})",
          R"({"kv_heads": ["1"]})", R"({"ffn_fractions": [0]})", R"({"ffn_fractions": [-5]})", R"({"ffn_fractions": "all"})",
          R"({"ffn_widths": [1e300]})", R"({"ffn_none": 1})", R"({"layers": "some"})", R"({"layers": [-1]})",
          R"({"layers": [true]})"})
        EXPECT_NE(refusal(Json::parse(text)).find("space.json"), std::string::npos) << text << ": " << refusal(Json::parse(text));
}

TEST(Space, RefusesFractionsAboveTheParentAndLayersThatItLacks)
{
    EXPECT_NE(refusal({{"ffn_fractions", {101}}}), "accepted");
    VariantSpace space = parseVariantSpace({{"layers", {"0-30"}}}, "space.json");
    EXPECT_THROW(variantsOf(space, smolLm2(), 0), Error);
}

TEST(Space, EveryVariantCanStandInTheModelAndOccursOnce)
{
    EXPECT_TRUE(rc::check([] {
        ModelConfig config = smolLm2();
        config.kvHeads = *rc::gen::inRange<std::int64_t>(1, 65);
        config.heads = config.kvHeads * *rc::gen::inRange<std::int64_t>(1, 9);
        config.ffnWidth = *rc::gen::inRange<std::int64_t>(1, 1 << 16);
        std::vector<Variant> variants = variantsOf({}, config, 0);
        for (const Variant &variant : variants)
            RC_ASSERT(whyImpossible(config, variant).empty());
        std::ranges::sort(variants);
        RC_ASSERT(std::ranges::adjacent_find(variants) == variants.end());
    }));
}

} // namespace
} // namespace tessera
