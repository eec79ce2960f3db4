// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/methods.h"

#include "engine/base/error.h"
#include "engine/jobs/tangent_spectra.h"
#include "engine/service/recent_answers.h"
#include "engine/spectra/questions.h"

#include <cstdint>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace tessera {
namespace {

constexpr std::int64_t kMostKernels = 32;

/// "kernels": each as {"family":...} or as the command line writes it.
std::vector<Kernel> kernelsAsked(const Params &params)
{
    if (!params.has("kernels") || !params.json("kernels").is_array() || params.json("kernels").empty())
        throw InvalidParams("\"kernels\" must be a list with at least one kernel");
    if (params.json("kernels").size() > static_cast<std::size_t>(kMostKernels))
        throw badInput("at most " + std::to_string(kMostKernels) + " kernels fit into one picture");
    std::vector<Kernel> kernels;
    for (const Json &kernel : params.json("kernels"))
        kernels.push_back(kernel.is_string() ? kernelFromText(kernel.get<std::string>())
                                             : kernelFromJson(kernel, "kernel " + std::to_string(kernels.size())));
    return kernels;
}

KernelOf ofAsked(const Params &params) { return kernelOfFromText(params.textOr("of", "ntk")); }

GramOptions howOf(const Call &call) { return {0, call.stop, call.progress}; }

PointsQuestion pointsAsked(const Params &params)
{
    PointsQuestion question;
    question.data = params.textOr("data", "");
    question.scaling = params.textOr("scaling", "both");
    question.points = params.integerOr("points", 0, 0, 1'000'000);
    question.dimension = params.integerOr("dimension", 3, 2, 10'000);
    question.seed = static_cast<std::uint64_t>(params.integerOr("seed", 1, 0, INT64_MAX));
    return question;
}

/// An answer that takes a while to find: spectra/keep wants it as it was seen.
Json remembered(const char *method, Json answer, const Call &call)
{
    Json params = Json::object();
    std::istringstream members(findMethod(method)->members);
    for (std::string member; members >> member;)
        if (call.params.has(member))
            params[member] = call.params.json(member);
    recentAnswers().remember(method, params, answer);
    return answer;
}

Json withRevision(Json answer, const Call &call)
{
    answer["revision"] = call.revision ? Json(*call.revision) : Json();
    return answer;
}

/// "parameters": {"depth": 5}.
ExperimentSettings settingsAsked(const Params &params)
{
    ExperimentSettings settings;
    if (!params.has("parameters"))
        return settings;
    if (!params.json("parameters").is_object())
        throw InvalidParams("\"parameters\" of spectra/experiment must be an object of numbers");
    for (const auto &[name, value] : params.json("parameters").items()) {
        if (!value.is_number())
            throw InvalidParams("\"" + name.substr(0, 80) + "\" among the \"parameters\" of spectra/experiment must be a number");
        settings[name] = value.get<double>();
    }
    return settings;
}

TangentQuestion tangentAsked(const Call &call)
{
    const Params &params = call.params;
    TangentQuestion question;
    question.models = params.textsOr("models", {});
    question.replacements = params.textsOr("replace", {});
    question.text = params.textOr("text", "");
    question.probes = params.integerOr("probes", question.probes, 2, 4096);
    question.window = params.integerOr("window", question.window, 1, 1 << 20);
    question.functional = params.textOr("functional", question.functional);
    question.sketch = params.integerOr("sketch", 0, 0, 65536);
    question.modes = params.integerOr("modes", question.modes, 0, 4096);
    question.parent = params.textOr("parent", "");
    question.parentToo = params.flagOr("parent_too", true);
    question.run.threads = static_cast<int>(params.integerOr("threads", 0, 0, 4096));
    question.workerCommand = call.session.options().workerCommand;
    const bool drawn = question.functional == "random_logit" || question.sketch > 0;
    const std::int64_t seeds = params.integerOr("seeds", drawn ? 5 : 1, 1, 64), first = params.integerOr("seed", 1, 0, INT64_MAX / 2);
    question.seeds.clear();
    for (std::int64_t i = 0; i < seeds; ++i)
        question.seeds.push_back(static_cast<std::uint64_t>(first + i));
    return question;
}

} // namespace

namespace methods {

Json mercerSpectra(Call &call)
{
    MercerQuestion question;
    question.of = ofAsked(call.params);
    question.dimension = call.params.integerOr("dimension", question.dimension, 2, 10'000);
    question.degrees = call.params.integerOr("degrees", question.degrees, 1, 2'000);
    question.first = call.params.integerOr("fit_from", question.first, 0, INT64_MAX);
    question.last = call.params.integerOr("fit_to", question.last, 0, INT64_MAX);
    Json spectra = Json::array();
    for (const Kernel &kernel : kernelsAsked(call.params)) {
        call.stop.throwIfRequested();
        spectra.push_back(mercerAnswer(kernel, question));
    }
    return withRevision({{"spectra", spectra}}, call);
}

Json kernelProfiles(Call &call)
{
    const std::int64_t angles = call.params.integerOr("angles", 181, 2, 10'000);
    Json profiles = Json::array();
    for (const Kernel &kernel : kernelsAsked(call.params)) {
        call.stop.throwIfRequested();
        profiles.push_back(profileAnswer(kernel, ofAsked(call.params), angles));
    }
    return withRevision({{"profiles", profiles}}, call);
}

Json gramSpectra(Call &call)
{
    const DataSet data = pointsOf(pointsAsked(call.params), call.session.options().resources / "data");
    const std::int64_t top = call.params.integerOr("top", 0, 0, 10'000);
    Json spectra = Json::array();
    for (const Kernel &kernel : kernelsAsked(call.params))
        spectra.push_back(gramAnswer(kernel, ofAsked(call.params), data, pointsAsked(call.params).seed, top, howOf(call)));
    return withRevision(remembered("spectra/gram", {{"spectra", spectra}}, call), call);
}

Json descentSteps(Call &call)
{
    DescentQuestion question;
    question.points = call.params.integerOr("points", question.points, 3, 4'000);
    question.frequencies = call.params.integerOr("frequencies", question.frequencies, 1, 2'000);
    question.clip = call.params.integerOr("clip", question.clip, 1, 4'000);
    question.tolerance = call.params.numberOr("tolerance", question.tolerance, 0, 1);
    question.curve = call.params.integerOr("curve", 0, 0, 1'000);
    Json answers = Json::array();
    for (const Kernel &kernel : kernelsAsked(call.params))
        answers.push_back(descentAnswer(kernel, question, howOf(call)));
    return withRevision(remembered("spectra/descend", {{"descents", answers}}, call), call);
}

Json kernelMatrix(Call &call)
{
    const std::vector<Kernel> kernels = kernelsAsked(call.params);
    if (kernels.size() != 1)
        throw badInput("a matrix is that of one kernel, not of " + std::to_string(kernels.size()));
    Json answer = matrixAnswer(kernels[0], ofAsked(call.params), pointsAsked(call.params), call.session.options().resources / "data",
                               call.params.integerOr("vectors", 4, 0, kMostShown), howOf(call));
    return withRevision(remembered("spectra/matrix", std::move(answer), call), call);
}

Json regressions(Call &call)
{
    CrossValidation how;
    how.folds = call.params.integerOr("folds", how.folds, 2, 1'000);
    how.repeats = call.params.integerOr("repeats", how.repeats, 1, 1'000);
    const PointsQuestion points = pointsAsked(call.params);
    how.seed = points.seed;
    Json answer = regressionAnswer(kernelsAsked(call.params), ofAsked(call.params), pointsOf(points, call.session.options().resources / "data"),
                                   how, howOf(call));
    return withRevision(remembered("spectra/regress", std::move(answer), call), call);
}

Json listExperiments(Call &) { return {{"names", experimentNames()}, {"experiments", galleryList()}}; }

Json runGalleryExperiment(Call &call)
{
    return remembered("spectra/experiment",
                      galleryAnswer(call.params.text("name"), call.session.options().resources / "data", settingsAsked(call.params), howOf(call)), call);
}

Json tangentOfNetworks(Call &call)
{
    auto open = call.session.project(call.stop);
    Json result = tangentSpectra(open->project, tangentAsked(call), call.context());
    for (Json &network : result["networks"])
        network["id"] = open->project.writable() ? Json(keepTangent(open->project, network)) : Json();
    return result;
}

} // namespace methods
} // namespace tessera
