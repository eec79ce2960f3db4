// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/architecture/variant.h"

#include "engine/base/error.h"
#include "tests/architecture/configs.h"

#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tessera {
namespace {

using test::smolLm2;
using Layers = std::vector<std::int64_t>;
using Block = std::vector<Variant>;

Variant arbitraryVariant()
{
    std::int64_t size = *rc::gen::inRange<std::int64_t>(1, std::int64_t{1} << 40);
    return *rc::gen::element(gqa(size), ffnWidth(size), linearVariant(Part::Attention), linearVariant(Part::Ffn),
                             noneVariant(Part::Attention), noneVariant(Part::Ffn));
}

template <typename Call> std::string refusal(Call call)
{
    try {
        call();
    } catch (const Error &e) {
        EXPECT_EQ(e.kind(), ErrorKind::BadInput);
        return e.what();
    }
    return "accepted";
}

TEST(Variant, PrintsAsTheCommandLineWritesIt)
{
    EXPECT_EQ(toString(gqa(3)), "attention=gqa:3");
    EXPECT_EQ(toString(ffnWidth(768)), "ffn=width:768");
    EXPECT_EQ(toString(linearVariant(Part::Attention)), "attention=linear");
    EXPECT_EQ(toString(noneVariant(Part::Ffn)), "ffn=none");
    EXPECT_EQ(shortName(gqa(3)), "gqa:3");
    EXPECT_EQ(shortName(noneVariant(Part::Ffn)), "none");
}

TEST(Variant, IsReadBackFromWhatItPrints)
{
    EXPECT_TRUE(rc::check([] {
        Variant variant = arbitraryVariant();
        RC_ASSERT(parseVariant(variant.part, shortName(variant)) == variant);
        RC_ASSERT(parseBlock(smolLm2(), toString(variant)) == Block{variant});
    }));
}

TEST(Variant, OtherTextIsRefusedAndNamed)
{
    for (const char *text : {"", "gqa", "gqa:", "gqa:0", "gqa:-1", "gqa:+1", "gqa: 1", "gqa:1 ", "gqa:1:2", "gqa:1.5", "GQA:1",
                             "gqa:99999999999999999999", "linear:2", "none:0", "width:768", "parent:1", "no"}) {
        std::string sentence = refusal([&] { parseVariant(Part::Attention, text); });
        EXPECT_NE(sentence.find("\"" + std::string(text) + "\""), std::string::npos) << text << ": " << sentence;
    }
    EXPECT_NE(refusal([] { parseVariant(Part::Ffn, "gqa:1"); }).find("width:W, linear, none"), std::string::npos);
}

TEST(Variant, NoTextEndsInAnythingButAVariantOrASentence)
{
    EXPECT_TRUE(rc::check([] {
        auto pieces = rc::gen::elementOf(
            std::vector<std::string>{"attention", "ffn", "=", "+", ":", "gqa", "width", "linear", "none", "parent", "3", "-", " ", "all"});
        std::string text;
        for (const std::string &piece : *rc::gen::container<std::vector<std::string>>(pieces))
            text += piece;
        try {
            for (const Variant &variant : parseBlock(smolLm2(), text))
                RC_ASSERT(variant.size >= 0);
        } catch (const Error &e) {
            RC_ASSERT(e.kind() == ErrorKind::BadInput);
        }
        try {
            RC_ASSERT(parseLayers(text, 30).size() <= 30u);
        } catch (const Error &e) {
            RC_ASSERT(e.kind() == ErrorKind::BadInput);
        }
    }));
}

TEST(Variant, ThatCannotStandInAModelSaysWhy)
{
    ModelConfig c = smolLm2();
    EXPECT_TRUE(rc::check([&] {
        auto heads = *rc::gen::inRange<std::int64_t>(1, 20);
        RC_ASSERT(whyImpossible(c, gqa(heads)).empty() == (9 % heads == 0));
    }));
    EXPECT_NE(whyImpossible(c, gqa(2)).find("do not divide the 9 query heads"), std::string::npos);
    EXPECT_NE(whyImpossible(c, gqa(0)), "");
    EXPECT_NE(whyImpossible(c, ffnWidth(-4)), "");
    EXPECT_EQ(whyImpossible(c, ffnWidth(4)), "");
    EXPECT_EQ(whyImpossible(c, noneVariant(Part::Attention)), "");
}

TEST(Variant, OfAKindThatThePartDoesNotHaveIsASentence)
{
    ModelConfig c = smolLm2();
    for (const Variant &variant : {Variant{Part::Ffn, VariantKind::Gqa, 1}, Variant{Part::Attention, VariantKind::Width, 8}}) {
        EXPECT_THROW(toString(variant), Error);
        EXPECT_THROW(tensorsOf(c, variant), Error);
        EXPECT_THROW(whyImpossible(c, variant), Error);
    }
}

TEST(Block, NamesOneOrBothPartsOfALayer)
{
    ModelConfig c = smolLm2();
    EXPECT_EQ(parseBlock(c, "attention=gqa:1"), Block{gqa(1)});
    EXPECT_EQ(parseBlock(c, "attention=parent+ffn=none"), (Block{gqa(3), noneVariant(Part::Ffn)}));
    EXPECT_EQ(parseBlock(c, "ffn=parent+attention=linear"), (Block{ffnWidth(1536), linearVariant(Part::Attention)}));
}

TEST(Block, WithAPartTwiceOrNoneIsRefused)
{
    ModelConfig c = smolLm2();
    for (const char *text : {"", "+", "gqa:1", "attention", "attention=", "=gqa:1", "attention=gqa:1+", "+ffn=none",
                             "attention=gqa:1+attention=none", "ffn=none+ffn=none", "attention=none+ffn=none+ffn=none",
                             "attention=none+ffn=none+attention=none", "attention=none,ffn=none", "mlp=none"})
        EXPECT_NE(refusal([&] { parseBlock(c, text); }), "accepted") << text;
}

TEST(LayerRange, IsANumberARangeOrAll)
{
    Layers all(30);
    std::iota(all.begin(), all.end(), 0);
    EXPECT_EQ(parseLayers("12", 30), Layers{12});
    EXPECT_EQ(parseLayers("3-7", 30), (Layers{3, 4, 5, 6, 7}));
    EXPECT_EQ(parseLayers("29-29", 30), Layers{29});
    EXPECT_EQ(parseLayers("all", 30), all);
}

TEST(LayerRange, ThatNamesNoLayerIsRefused)
{
    for (const char *text : {"", "-", "-1", "3-", "7-3", "30", "0-30", "a", "all-3", "1,2", "1 ", "0x1", "99999999999999999999",
                             "--", "1-2-3"})
        EXPECT_NE(refusal([&] { parseLayers(text, 30); }), "accepted") << text;
    EXPECT_NE(refusal([] { parseLayers("7-3", 30); }).find("3-7"), std::string::npos);
    EXPECT_NE(refusal([] { parseLayers("30", 30); }).find("0 to 29"), std::string::npos);
}

} // namespace
} // namespace tessera
