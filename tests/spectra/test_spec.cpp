// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/spectra/reference.h"

#include "engine/base/error.h"
#include "engine/spectra/spec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>

namespace tessera {
namespace {

Json neuralTangents() { return readJsonFile(std::string(TESSERA_TEST_DATA) + "/spectra/neural_tangents.json"); }

TEST(SpectraSpecs, GiveWhatNeuralTangentsGives)
{
    const Json expected = neuralTangents();
    Json spec = expected;
    for (Json &one : spec["cases"]) {
        one.erase("gp");
        one.erase("ntk");
    }
    const Json got = evaluateSpec(spec);
    for (std::size_t i = 0; i < expected.at("cases").size(); ++i)
        for (const char *of : {"gp", "ntk"}) {
            const Json &want = expected["cases"][i].at(of), &have = got["cases"][i].at(of);
            ASSERT_EQ(want.size(), have.size());
            for (std::size_t row = 0; row < want.size(); ++row)
                for (std::size_t column = 0; column < want[row].size(); ++column) {
                    const double a = want[row][column].get<double>(), b = have[row][column].get<double>();
                    // Its angles come from cosines.
                    EXPECT_NEAR(a, b, 1e-8 * std::max(1.0, std::fabs(a))) << of << " of " << expected["cases"][i].at("kernel");
                }
        }
}

TEST(SpectraSpecs, KeepWhatElseTheyHold)
{
    Json spec = Json::parse(R"({"title":"t","cases":[{"name":"n","kernel":{"family":"laplace","c":1},"x":[[1,0],[0,1]],"z":[[1,0]]}]})");
    Json got = evaluateSpec(spec);
    EXPECT_EQ(got.at("title"), "t");
    EXPECT_EQ(got.at("cases")[0].at("name"), "n");
    EXPECT_EQ(got.at("cases")[0].at("gp").size(), 2u);
    EXPECT_EQ(got.at("cases")[0].at("gp")[0], Json::array({1.0}));
}

std::string sentenceFor(const std::string &kernel, const std::string &x, const std::string &z)
{
    try {
        evaluateSpec(Json::parse("{\"cases\":[{\"kernel\":" + kernel + ",\"x\":" + x + ",\"z\":" + z + "}]}"));
    } catch (const Error &error) {
        EXPECT_EQ(error.exitCode(), 2) << error.what();
        return error.what();
    }
    return "accepted";
}

TEST(SpectraSpecs, ThatAreWrongGetASentence)
{
    const std::string fc = R"({"family":"fc","depth":2,"bias":0.5,"bias_init":"zero"})", conv = R"({"family":"conv","depth":1,"filter":3,"head":"trace"})";
    const std::tuple<std::string, std::string, std::string, std::string> cases[] = {
        {R"({"family":"cnn"})", "[[1]]", "[[1]]", "choose from fc, resfc"},
        {R"({"depth":2})", "[[1]]", "[[1]]", "lacks \"family\""},
        {R"({"family":"fc","depth":0})", "[[1]]", "[[1]]", "must be 1 to"},
        {R"({"family":"fc","depth":-3})", "[[1]]", "[[1]]", "must be 1 to"},
        {R"({"family":"fc","depth":2.5})", "[[1]]", "[[1]]", "depth"},
        {R"({"family":"fc","depth":2,"bias":-1,"bias_init":"zero"})", "[[1]]", "[[1]]", "at least 0"},
        {R"({"family":"fc","depth":2,"bias":1})", "[[1]]", "[[1]]", "bias_init"},
        {R"({"family":"fc","depth":2,"bias":1,"bias_init":"ones"})", "[[1]]", "[[1]]", "choose from zero, normal"},
        {R"({"family":"fc","depth":2,"alpha":1})", "[[1]]", "[[1]]", "no field of fc"},
        {R"({"family":"laplace","c":-1})", "[[1]]", "[[1]]", "above 0"},
        {R"({"family":"gamma_exponential","c":1,"gamma":2.5})", "[[1]]", "[[1]]", "at most 2"},
        {R"({"family":"resconv","depth":1,"alpha":1,"filter":3,"head":"trace","block":"C"})", "[[[1],[1],[1]]]", "[[[1],[1],[1]]]", "choose from A, B"},
        {conv, "[[1,2,3]]", "[[1,2,3]]", "points x pixels"},
        {conv, "[[[1],[2]]]", "[[[1],[2]]]", "wider than the images"},
        {conv, "[[[0],[0],[0]]]", "[[[1],[2],[3]]]", "zero vector"},
        {fc, "[[1,2],[3]]", "[[1,2]]", "must have one shape"},
        {fc, "[[1,2]]", "[[1,2,3]]", "different shapes"},
        {fc, "[]", "[[1]]", "empty"},
        {fc, "[[]]", "[[1]]", "empty"},
        {fc, "[[1,null]]", "[[1,2]]", "where a number is expected"},
        {fc, "[[1,\"a\"]]", "[[1,2]]", "where a number is expected"},
        {fc, "[[1,1e200]]", "[[1,2]]", "beyond 1e150"},
        {fc, "[[0,0]]", "[[1,2]]", "zero vector"},
        {fc, "3", "[[1,2]]", "nested"},
        {R"({"family":"resfc","depth":2000,"alpha":1})", "[[1,2]]", "[[1,2]]", "beyond the range of double"},
    };
    for (const auto &[kernel, x, z, part] : cases)
        EXPECT_NE(sentenceFor(kernel, x, z).find(part), std::string::npos) << kernel << " " << x << ": " << sentenceFor(kernel, x, z);
    for (const char *spec : {"[]", "{}", R"({"cases":[]})", R"({"cases":3})", R"({"cases":[3]})", R"({"cases":[{}]})", R"({"cases":[{"kernel":3,"x":[[1]],"z":[[1]]}]})"})
        EXPECT_THROW(evaluateSpec(Json::parse(spec)), Error) << spec;
}

TEST(KernelTexts, AreReadAsTheyAreWritten)
{
    for (const char *text : {"fc:depth=3,bias=0.5,bias_init=normal", "fc:depth=1,bias=0.0", "resfc:depth=2,alpha=0.25", "conv:depth=2,filter=3,head=gap",
                             "resconv:block=A,depth=2,alpha=1.0,filter=5,head=equivariant", "laplace:c=2.0", "gamma_exponential:c=1.0,gamma=0.5",
                             "linear"})
        EXPECT_EQ(toText(kernelFromText(text)), text);
    for (const char *text : {"", "fc", "fc:depth", "fc:depth=2,depth=3", "fc:depth=x", "laplace:c=0", "nothing:c=1"})
        EXPECT_THROW(kernelFromText(text), Error) << text;
}

} // namespace
} // namespace tessera
