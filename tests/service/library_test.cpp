// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/service/service_test.h"

#include <cmath>
#include <numeric>

namespace tessera {
namespace {

/// All variants of the toy in the service's order.
std::vector<ToyLibrary::Variant> variantsOf(const ToyLibrary &toy)
{
    std::vector<ToyLibrary::Variant> all;
    for (std::size_t layer = 0; layer < toy.attention.size(); ++layer)
        for (const auto *part : {&toy.attention[layer], &toy.ffn[layer]})
            all.insert(all.end(), part->begin(), part->end());
    return all;
}

TEST_F(ToyService, DescribingTheLibraryNamesItsColumns)
{
    const Json library = client.call("library/describe");
    EXPECT_EQ(library["hash"], client.call("project/describe")["library"]["hash"]);
    EXPECT_EQ(library["begin"], Json::array({0, 6, 12, 18, 24}));
    EXPECT_EQ(library["attention"], Json::array({"gqa:4", "gqa:2", "none"}));
    EXPECT_EQ(library["ffn"], Json::array({"width:64", "width:32", "none"}));
    double memory = ToyLibrary::kFixedMemory;
    for (std::size_t layer = 0; layer < 4; ++layer)
        memory += toy.attention[layer][0].memory + toy.ffn[layer][0].memory;
    EXPECT_EQ(library["parent"]["memory"], memory);
    EXPECT_EQ(library["fixed"]["runtime"], ToyLibrary::kFixedRuntime);
    for (const Json &column : library["columns"])
        if (!column.get<std::string>().starts_with("samples:")) {
            EXPECT_EQ(client.call("library/column", {{"column", column}})["shape"], Json::array({24, 1})) << column;
        }
    EXPECT_EQ(client.refused("library/column", {{"column", "cost:nonsense"}})["code"], kBadInputCode);
}

TEST_F(ToyService, ColumnsHoldTheLibrarysNumbers)
{
    const auto variants = variantsOf(toy);
    const Json names = client.call("library/variants");
    const auto memory = numbersOf(client.call("library/column", {{"column", "cost:memory"}}));
    const auto batch = numbersOf(client.call("library/column", {{"column", "cost:memory@batch"}}));
    const auto runtime = numbersOf(client.call("library/column", {{"column", "cost:runtime"}}));
    const auto score = numbersOf(client.call("library/column", {{"column", "score:kl_div"}}));
    const auto loss = numbersOf(client.call("library/column", {{"column", "loss_after"}}));
    ASSERT_EQ(names["rows"].size(), variants.size());
    for (std::size_t i = 0; i < variants.size(); ++i) {
        EXPECT_EQ(names["rows"][i]["block"], variants[i].block);
        EXPECT_EQ(names["rows"][i]["parent"], i % 3 == 0);
        EXPECT_EQ(memory[i], variants[i].memory);
        EXPECT_EQ(batch[i], 3 * variants[i].memory);
        EXPECT_NEAR(runtime[i], variants[i].runtime, 1e-6);
        EXPECT_NEAR(score[i], variants[i].score(), 1e-15);
        EXPECT_TRUE(std::isnan(loss[i])) << "nothing was trained";
    }
}

TEST_F(ToyService, RangesGiveThePartsOfTheWhole)
{
    const auto whole = numbersOf(client.call("library/samples", {{"metric", "kl_div"}}));
    std::vector<double> pieces;
    while (pieces.size() < whole.size()) {
        const Json part = client.call("library/samples", {{"metric", "kl_div"}, {"from", pieces.size() / 4}, {"count", 7}});
        EXPECT_EQ(part["total"], 24);
        const auto numbers = numbersOf(part);
        ASSERT_FALSE(numbers.empty());
        pieces.insert(pieces.end(), numbers.begin(), numbers.end());
    }
    EXPECT_EQ(pieces, whole);
    const auto variants = variantsOf(toy);
    for (std::size_t i = 0; i < variants.size(); ++i)
        for (std::size_t window = 0; window < 4; ++window)
            EXPECT_EQ(whole[4 * i + window], variants[i].samples[window]);
    EXPECT_EQ(client.call("library/variants", {{"from", 23}, {"count", 9}})["rows"].size(), 1u);
    EXPECT_EQ(client.call("library/variants", {{"from", 24}})["rows"].size(), 0u);
    EXPECT_EQ(client.refused("library/variants", {{"from", 25}})["code"], kWrongParams);
    EXPECT_EQ(client.refused("library/variants", {{"from", -1}})["code"], kWrongParams);
}

TEST_F(ToyService, OneVariantIsToldInFull)
{
    const Json variant = client.call("library/variant", {{"variant", 8}});
    const ToyLibrary::Variant expected = variantsOf(toy)[8];
    EXPECT_EQ(variant["block"], expected.block);
    EXPECT_EQ(variant["layer"], 1);
    EXPECT_EQ(variant["costs"]["memory"]["value"], expected.memory);
    EXPECT_EQ(variant["costs"]["memory"]["source"], "imported");
    EXPECT_EQ(variant["costs"]["memory@batch"]["value"], 3 * expected.memory);
    EXPECT_EQ(variant["scores"]["kl_div"]["samples"], expected.samples);
    double mean = expected.score(), squares = 0;
    for (double sample : expected.samples)
        squares += (sample - mean) * (sample - mean);
    EXPECT_NEAR(variant["scores"]["kl_div"]["se"].get<double>(), std::sqrt(squares / 3 / 4), 1e-12);
    EXPECT_TRUE(variant["curve"].is_null());
    EXPECT_EQ(client.refused("library/variant", {{"variant", 24}})["code"], kWrongParams);
}

TEST(LibraryMethods, NoAnswerIsLargerThanAChunkAndTogetherTheyAreComplete)
{
    TestFolder folder;
    ToyLibrary(600).write(folder.file("large.json"));
    Client client;
    client.call("project/import", {{"format", "library"}, {"source", folder.file("large.json")}, {"path", folder.file("large.tessera")}});
    client.call("project/open", {{"path", folder.file("large.tessera")}});
    std::size_t seen = 0, answers = 0;
    while (seen < 3600) {
        const Json part = client.call("library/variants", {{"from", seen}});
        EXPECT_LE(part.dump().size(), std::size_t{257 * 1024});
        ASSERT_FALSE(part["rows"].empty());
        EXPECT_EQ(part["rows"][0]["variant"], seen);
        seen += part["rows"].size();
        ++answers;
    }
    EXPECT_EQ(seen, 3600u);
    EXPECT_EQ(answers, 2u);
    const Json bulk = client.call("sample", {{"axes", {"memory"}}});
    EXPECT_LE(bulk["base64"].get<std::string>().size(), std::size_t{256 * 1024} * 4 / 3 + 4);
    EXPECT_EQ(bulk["shape"], Json::array({16384, 2}));
}

} // namespace
} // namespace tessera
