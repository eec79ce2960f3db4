// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/spec.h"

#include "engine/base/error.h"

namespace tessera {
namespace {

/// Numbers that all answers together may hold: more is a Gram matrix, which has its own command.
constexpr std::int64_t kMostNumbers = std::int64_t{1} << 25;

struct Case {
    Kernel kernel;
    Points x, z;
};

const Json &member(const Json &object, const char *key, const std::string &where)
{
    if (!object.contains(key))
        throw badInput(where + " lacks \"" + key + "\"");
    return object.at(key);
}

Case readCase(const Json &json, const std::string &where)
{
    if (!json.is_object())
        throw badInput(where + " must be an object with \"kernel\", \"x\" and \"z\"");
    Case read;
    read.kernel = kernelFromJson(member(json, "kernel", where), "the kernel of " + where);
    const bool convolutional = isConvolutional(read.kernel);
    read.x = pointsFromJson(member(json, "x", where), convolutional, "x of " + where);
    read.z = json.contains("z") ? pointsFromJson(json.at("z"), convolutional, "z of " + where) : read.x;
    checkPoints(read.kernel, read.x, "x of " + where);
    checkPoints(read.kernel, read.z, "z of " + where);
    if (read.x.shape != read.z.shape)
        throw badInput("the points of x and of z in " + where + " have different shapes: a kernel compares points of one shape");
    return read;
}

} // namespace

Json evaluateSpec(Json spec, const GramOptions &options)
{
    if (!spec.is_object() || !spec.contains("cases") || !spec.at("cases").is_array() || spec.at("cases").empty())
        throw badInput("a spectra spec is an object with a list of \"cases\", at least one");
    std::vector<Case> cases;
    std::int64_t numbers = 0;
    for (const Json &json : spec.at("cases")) {
        cases.push_back(readCase(json, "case " + std::to_string(cases.size())));
        numbers += 2 * cases.back().x.count() * cases.back().z.count();
        if (numbers > kMostNumbers)
            throw badInput("the cases ask for more than " + std::to_string(kMostNumbers) + " numbers: take fewer points");
    }
    for (std::size_t i = 0; i < cases.size(); ++i) {
        KernelMatrices matrices = evaluate(cases[i].kernel, cases[i].x, cases[i].z, options);
        spec["cases"][i]["gp"] = toJson(matrices.gp);
        spec["cases"][i]["ntk"] = toJson(matrices.ntk);
    }
    return spec;
}

} // namespace tessera
