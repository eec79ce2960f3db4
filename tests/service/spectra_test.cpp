// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/service/service_test.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

namespace tessera {
namespace {

class SpectraService : public testing::Test {
protected:
    Client client;
};

TEST_F(SpectraService, FollowsASliderWithoutAProject)
{
    std::vector<double> milliseconds;
    for (int revision = 1; revision <= 25; ++revision) {
        const auto start = std::chrono::steady_clock::now();
        const Json answer = client.call("spectra/mercer", {{"revision", revision},
                                                           {"kernels", {{{"family", "fc"}, {"depth", 1 + revision % 5}, {"bias", 1}, {"bias_init", "zero"}}, "laplace:c=0.477"}},
                                                           {"dimension", 3}});
        milliseconds.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
        EXPECT_EQ(answer["revision"], revision);
        ASSERT_EQ(answer["spectra"].size(), 2u);
        EXPECT_EQ(answer["spectra"][0]["values"].size(), 201u);
        EXPECT_NEAR(answer["spectra"][1]["fit"]["even"]["slope"].get<double>(), -3, 0.01);
        EXPECT_EQ(answer["spectra"][1]["theory"]["exponent"], -3);
    }
    std::nth_element(milliseconds.begin(), milliseconds.begin() + 12, milliseconds.end());
    // One frame of 16 ms on a machine of its own; tests share theirs.
    EXPECT_LT(milliseconds[12], 160);
}

TEST_F(SpectraService, GivesProfilesGramsDescentsAndRegressions)
{
    const Json profile = client.call("spectra/profile", {{"kernels", {"fc:depth=1,bias=0"}}, {"angles", 3}})["profiles"][0];
    EXPECT_NEAR(profile["values"][0].get<double>(), 2, 1e-15);
    EXPECT_NEAR(profile["values"][1].get<double>(), 1 / std::acos(-1.0), 1e-15);
    EXPECT_NEAR(profile["values"][2].get<double>(), 0, 1e-15);
    const Json gram = client.call("spectra/gram", {{"kernels", {"laplace:c=1"}}, {"points", 40}})["spectra"][0];
    EXPECT_EQ(gram["values"].size(), 40u);
    EXPECT_NEAR(gram["summary"]["trace"].get<double>(), 40, 1e-12);
    const Json steps = client.call("spectra/descend", {{"kernels", {"fc:depth=1,bias=1,bias_init=zero"}}, {"frequencies", 2}})["descents"][0]["steps"];
    EXPECT_EQ(steps[1]["descent"], 39);
    EXPECT_EQ(steps[1]["inverse"], 5);
    const Json iris = client.call("spectra/regress", {{"kernels", {"laplace:c=0.5"}}, {"data", "iris"}, {"scaling", "standard"}, {"repeats", 1}});
    EXPECT_EQ(iris["classes"].size(), 3u);
    EXPECT_GT(iris["results"][0]["accuracy"].get<double>(), 0.9);
}

TEST_F(SpectraService, ShowsTheGallery)
{
    const Json names = client.call("spectra/experiments")["names"];
    EXPECT_GE(names.size(), 12u);
    const Json experiment = client.call("spectra/experiment", {{"name", "tails"}});
    for (const Json &row : experiment["rows"])
        EXPECT_EQ(row["holds"], true) << row;
    EXPECT_EQ(client.refused("spectra/experiment", {{"name", "nothing"}})["code"], kBadInputCode);
}

TEST_F(SpectraService, RefusesWhatIsNoKernel)
{
    EXPECT_EQ(client.refused("spectra/mercer", Json::object())["code"], kWrongParams);
    EXPECT_EQ(client.refused("spectra/mercer", {{"kernels", Json::array()}})["code"], kWrongParams);
    for (const Json &kernel : std::vector<Json>{"nothing:c=1", 3, Json{{"family", "laplace"}, {"c", -1}}, "conv:depth=2,filter=3,head=gap"})
        EXPECT_EQ(client.refused("spectra/mercer", {{"kernels", {kernel}}})["code"], kBadInputCode) << kernel;
    EXPECT_EQ(client.refused("spectra/mercer", {{"kernels", {"laplace:c=1"}}, {"dimension", 1}})["code"], kWrongParams);
    EXPECT_EQ(client.refused("spectra/list")["code"], kBadInputCode);
}

TEST_F(ToyService, KeepsNoSpectraThatItHasNot)
{
    EXPECT_EQ(client.call("spectra/list")["total"], 0);
    EXPECT_EQ(client.refused("spectra/get", {{"id", 1}})["code"], kBadInputCode);
    EXPECT_EQ(client.refused("spectra/compare", {{"a", 1}, {"b", 2}})["code"], kBadInputCode);
    EXPECT_EQ(client.refused("spectra/remove", {{"id", 1}})["code"], kBadInputCode);
}

} // namespace
} // namespace tessera
