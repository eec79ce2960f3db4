// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/service/service_test.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <utility>
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

TEST_F(SpectraService, TellsWhatIsLeftOfEveryFrequencyOverTime)
{
    const Json answer = client.call("spectra/descend", {{"kernels", {"fc:depth=1,bias=1,bias_init=zero"}}, {"frequencies", 3}, {"curve", 60}})["descents"][0];
    const std::vector<std::int64_t> times = answer["times"];
    ASSERT_GT(times.size(), 20u);
    EXPECT_EQ(times[0], 0);
    EXPECT_EQ(times.back(), 279) << "the slowest frequency is learnt then";
    for (const Json &row : answer["steps"])
        for (const char *way : {"descent", "inverse", "clipped"}) {
            const std::vector<double> left = row["curves"][way];
            ASSERT_EQ(left.size(), times.size());
            EXPECT_EQ(left[0], 1);
            for (std::size_t i = 0; i < left.size(); ++i)
                EXPECT_EQ(left[i] <= 0.05, times[i] >= row[way].get<std::int64_t>()) << way << " after " << times[i];
        }
    // One sine of the circle is one eigenvector: what is left falls geometrically.
    const std::vector<double> left = answer["steps"][1]["curves"]["descent"];
    EXPECT_NEAR(left[2], std::pow(left[1], static_cast<double>(times[2])), 1e-12);
}

TEST_F(SpectraService, ShowsAMatrixWithItsEigenvectors)
{
    const Json answer = client.call("spectra/matrix", {{"kernels", {"laplace:c=0.5"}}, {"data", "iris"}, {"scaling", "standard"}, {"points", 30}, {"vectors", 2}});
    const std::vector<std::vector<double>> matrix = answer["matrix"], vectors = answer["vectors"];
    const std::vector<double> values = answer["values"];
    const std::vector<int> labels = answer["labels"];
    ASSERT_EQ(matrix.size(), 30u);
    ASSERT_EQ(vectors.size(), 2u);
    EXPECT_TRUE(std::is_sorted(labels.begin(), labels.end()));
    double trace = 0;
    for (double value : values)
        trace += value;
    EXPECT_NEAR(trace, 30, 1e-10) << "the diagonal is 1";
    for (std::size_t mode = 0; mode < 2; ++mode)
        for (std::size_t i = 0; i < 30; ++i) {
            double product = 0;
            for (std::size_t j = 0; j < 30; ++j)
                product += matrix[i][j] * vectors[mode][j];
            EXPECT_NEAR(product, values[mode] * vectors[mode][i], 1e-10);
        }
    EXPECT_EQ(client.call("spectra/matrix", {{"kernels", {"laplace:c=1"}}, {"dimension", 2}})["matrix"].size(), 100u);
    EXPECT_EQ(client.refused("spectra/matrix", {{"kernels", {"laplace:c=1"}}, {"points", 300}})["code"], kBadInputCode);
    EXPECT_EQ(client.refused("spectra/matrix", {{"kernels", {"laplace:c=1", "laplace:c=2"}}})["code"], kBadInputCode);
}

TEST_F(SpectraService, ShowsTheGallery)
{
    const Json gallery = client.call("spectra/experiments"), names = gallery["names"];
    EXPECT_GE(names.size(), 12u);
    ASSERT_EQ(gallery["experiments"].size(), names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        EXPECT_EQ(gallery["experiments"][i]["name"], names[i]);
        EXPECT_FALSE(gallery["experiments"][i]["claim"].get<std::string>().empty());
    }
    const Json experiment = client.call("spectra/experiment", {{"name", "tails"}});
    for (const Json &row : experiment["rows"])
        EXPECT_EQ(row["holds"], true) << row;
    EXPECT_EQ(client.refused("spectra/experiment", {{"name", "nothing"}})["code"], kBadInputCode);
}

TEST_F(SpectraService, RunsAnExperimentWithParametersOfItsOwn)
{
    const Json gallery = client.call("spectra/experiments");
    Json lengths;
    for (const Json &one : gallery["experiments"])
        if (one["name"] == "lengths")
            lengths = one;
    ASSERT_EQ(lengths["parameters"].size(), 2u);
    EXPECT_EQ(lengths["parameters"][0], Json({{"name", "factor"}, {"meaning", "how many times as long"}, {"default", 2.0}, {"least", 1.1}, {"most", 10.0},
                                             {"whole", false}, {"value", 2.0}}));
    const Json run = client.call("spectra/experiment", {{"name", "lengths"}, {"parameters", {{"factor", 2.5}, {"depth", 4}}}});
    EXPECT_NEAR(run["rows"][0]["measured"].get<double>(), 6.25, 1e-11);
    EXPECT_EQ(run["rows"][0]["expected"], 6.25);
    EXPECT_EQ(run["parameters"][0]["value"], 2.5);
    EXPECT_EQ(run["parameters"][1]["value"], 4);
    EXPECT_NE(run["play"].get<std::string>().find("depth=4"), std::string::npos);
    const auto code = [&](const Json &parameters) { return client.refused("spectra/experiment", {{"name", "lengths"}, {"parameters", parameters}})["code"]; };
    EXPECT_EQ(code({{"nothing", 1}}), kBadInputCode);
    EXPECT_EQ(code({{"factor", 1000}}), kBadInputCode);
    EXPECT_EQ(code({{"depth", 2.5}}), kBadInputCode);
    EXPECT_EQ(code({{"depth", "2"}}), kWrongParams);
    EXPECT_EQ(code(Json::array({2})), kWrongParams);
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

/// What was answered, without what belongs to the request.
Json asKept(Json answer)
{
    answer.erase("revision");
    return answer;
}

TEST_F(ToyService, KeepsAnswersAsTheyWereGiven)
{
    const std::vector<std::pair<std::string, Json>> questions = {
        {"spectra/mercer", {{"kernels", {"fc:depth=2,bias=1,bias_init=zero", "laplace:c=0.477"}}, {"dimension", 4}}},
        {"spectra/profile", {{"kernels", {"laplace:c=1"}}, {"angles", 19}}},
        {"spectra/gram", {{"kernels", {"laplace:c=1"}}, {"points", 30}, {"seed", 7}}},
        {"spectra/descend", {{"kernels", {"laplace:c=1"}}, {"frequencies", 3}, {"curve", 20}}},
        {"spectra/matrix", {{"kernels", {"fc:depth=1,bias=0"}}, {"data", "iris"}, {"points", 40}}},
        {"spectra/regress", {{"kernels", {"laplace:c=0.5", "linear"}}, {"data", "iris"}, {"points", 60}, {"repeats", 2}}},
        {"spectra/experiment", {{"name", "tails"}}}};
    const std::vector<std::string> kinds{"mercer", "profile", "gram", "descend", "matrix", "regress", "gallery"};
    for (std::size_t i = 0; i < questions.size(); ++i) {
        const auto &[method, params] = questions[i];
        const Json answer = asKept(client.call(method, params));
        const Json row = client.call("spectra/keep", {{"method", method}, {"params", params}, {"settings", {{"shown", i}}}});
        EXPECT_EQ(row["kind"], kinds[i]);
        EXPECT_FALSE(row["created"].get<std::string>().empty());
        Json result = client.call("spectra/get", {{"id", row["id"]}})["result"];
        EXPECT_EQ(result["settings"]["shown"], i);
        result.erase("settings");
        EXPECT_EQ(result, answer) << method << ": to the bit, an experiment's seconds among them";
        // What was never asked before is answered for it.
        Json other = params;
        other.contains("kernels") ? other["kernels"] = {"laplace:c=0.75"} : other["name"] = "parity";
        const Json fresh = client.call("spectra/keep", {{"method", method}, {"params", other}, {"name", "by hand"}});
        EXPECT_EQ(fresh["name"], "by hand");
        if (method != "spectra/experiment") {
            EXPECT_EQ(client.call("spectra/get", {{"id", fresh["id"]}})["result"], asKept(client.call(method, other))) << method;
        }
    }
    const Json rows = client.call("spectra/list")["rows"];
    ASSERT_EQ(rows.size(), 2 * questions.size());
    EXPECT_EQ(rows[0]["name"], "fc:depth=2,bias=1.0,bias_init=zero; laplace:c=0.477");
    EXPECT_EQ(rows[0]["kernels"].size(), 2u);
    EXPECT_EQ(rows[0]["kernels"][1], Json({{"family", "laplace"}, {"c", 0.477}}));
    EXPECT_EQ(rows[4]["seeds"], Json({7}));
    EXPECT_EQ(rows[8]["kernels"].size(), 1u);
    EXPECT_EQ(rows[10]["kernels"].size(), 2u);
    EXPECT_EQ(rows[10]["name"], "iris");
    EXPECT_EQ(rows[12]["kernels"], Json::array());
    EXPECT_EQ(rows[12]["name"], "tails");
    // Another engine finds the same, and gives one up.
    client.call("spectra/rename", {{"id", 1}, {"name", "renamed"}});
    client.call("spectra/remove", {{"id", 2}});
    const Json first = client.call("spectra/get", {{"id", 1}});
    client.call("project/close");
    Client later;
    later.call("project/open", {{"path", project()}});
    EXPECT_EQ(later.call("spectra/get", {{"id", 1}}), first);
    EXPECT_EQ(first["name"], "renamed");
    EXPECT_EQ(later.call("spectra/list")["total"], 13);
    EXPECT_EQ(later.call("spectra/list", {{"kind", "mercer"}})["total"], 1);
}

TEST_F(ToyService, RefusesToKeepNonsense)
{
    const Json kernels = {{"kernels", {"laplace:c=1"}}}, mercer = {{"method", "spectra/mercer"}, {"params", kernels}};
    auto changed = [&](const char *key, const Json &value) {
        Json params = mercer;
        params[key] = value;
        return params;
    };
    EXPECT_EQ(client.refused("spectra/keep", Json::object())["code"], kWrongParams);
    EXPECT_EQ(client.refused("spectra/keep", {{"method", "spectra/mercer"}})["code"], kWrongParams);
    EXPECT_EQ(client.refused("spectra/keep", changed("method", 3))["code"], kWrongParams);
    EXPECT_EQ(client.refused("spectra/keep", changed("params", "laplace:c=1"))["code"], kWrongParams);
    EXPECT_EQ(client.refused("spectra/keep", changed("params", {{"kernels", kernels}, {"colour", 1}}))["code"], kWrongParams);
    EXPECT_EQ(client.refused("spectra/keep", changed("params", {{"kernels", {3}}}))["code"], kBadInputCode);
    EXPECT_EQ(client.refused("spectra/keep", changed("settings", Json::array({1})))["code"], kWrongParams);
    EXPECT_EQ(client.refused("spectra/keep", changed("settings", {{"long", std::string(70000, 'x')}}))["code"], kBadInputCode);
    EXPECT_EQ(client.refused("spectra/keep", changed("name", ""))["code"], kBadInputCode);
    EXPECT_EQ(client.refused("spectra/keep", changed("name", std::string(401, 'x')))["code"], kBadInputCode);
    for (const char *method : {"project/close", "spectra/keep", "spectra/tangent", "spectra/experiments", ""})
        EXPECT_EQ(client.refused("spectra/keep", changed("method", method))["code"], kBadInputCode) << method;
    EXPECT_EQ(client.refused("spectra/rename", {{"id", 1}, {"name", "x"}})["code"], kBadInputCode);
    EXPECT_EQ(client.refused("spectra/rename", {{"id", 1}})["code"], kWrongParams);
    Client beside;
    beside.call("project/open", {{"path", project()}});
    EXPECT_EQ(beside.refused("spectra/keep", mercer)["code"], kFailedCode) << "it is open for reading there";
    EXPECT_EQ(client.call("spectra/list")["total"], 0) << "nothing was kept";
    client.call("project/close");
    EXPECT_EQ(client.refused("spectra/keep", mercer)["code"], kBadInputCode) << "no project is open";
}

} // namespace
} // namespace tessera
