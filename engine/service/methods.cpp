// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/methods.h"

#include "engine/service/distill_methods.h"
#include "engine/service/kept_spectra_methods.h"

#include <algorithm>

namespace tessera {
namespace {

using enum LaneName;

constexpr Method kMethods[] = {
    {"doctor", Job, "", methods::doctor},
    {"model/inspect", Data, "model", methods::inspectModel},

    {"project/demo", Job, "folder", methods::takeDemo},
    {"project/create", Job, "path parent texts space workloads dtype window seed", methods::createProject},
    {"project/import", Job, "format source path", methods::importProject},
    {"project/import_costs", Job, "source", methods::importCosts},
    {"project/import_reference", Data, "source", methods::importReferenceChild},
    {"project/open", Data, "path", methods::openProject},
    {"project/describe", Data, "", methods::describeProject},
    {"project/peek", Data, "path", methods::peekProject},
    {"project/close", Data, "", methods::closeProject},

    {"library/describe", Data, "", methods::describeLibrary},
    {"library/variants", Data, "from count", methods::listVariants},
    {"library/column", Data, "column from count", methods::libraryColumn},
    {"library/samples", Data, "metric from count", methods::librarySamples},
    {"library/variant", Data, "variant", methods::describeVariant},

    {"scenario/get", Data, "", methods::getScenario},
    {"scenario/set", Data, "scenario label merge", methods::setScenario},
    {"scenario/undo", Data, "steps", methods::undo},
    {"scenario/redo", Data, "steps", methods::redo},
    {"scenario/history", Data, "from count", methods::scenarioHistory},
    {"scenario/list", Data, "", methods::listScenarios},
    {"scenario/save", Data, "name scenario", methods::saveScenarioAs},
    {"scenario/load", Data, "name", methods::loadScenarioNamed},
    {"scenario/remove", Data, "name", methods::removeScenario},

    {"preview", Preview, "revision scenario max_ms", methods::preview},
    {"assess", Preview, "revision scenario choices", methods::assess},
    {"solve", Solve, "revision scenario max_seconds solver store", methods::solveScenario},
    {"baselines", Explore, "revision scenario seed", methods::baselines},
    {"front", Explore, "revision scenario axes points exact baselines seed store", methods::front},
    {"pool", Explore, "revision scenario k distance store", methods::pool},
    {"explain", Explore, "revision scenario layer block", methods::explain},
    {"reachable", Explore, "revision scenario limit", methods::reachable},
    {"sample", Explore, "axes seed from count total", methods::sample},
    {"fronts/list", Data, "", methods::listFronts},
    {"fronts/get", Data, "front from count", methods::getFront},
    {"solutions/list", Data, "from count", methods::listSolutions},
    {"solutions/get", Data, "id", methods::getSolution},

    {"children/list", Data, "", methods::listChildren},
    {"children/realize", Job, "out solution scenario choices refit refit_tokens dtype threads", methods::realize},
    {"children/evaluate", Job, "model parent text window max_tokens dtype threads replace", methods::evaluate},
    {"children/check", Job, "child max_tokens measure measure_seconds threads", methods::checkChildOf},
    {"children/generate", Job, "model prompt tokens max_tokens temperature seed ignore_eos dtype threads", methods::generate},
    {"children/export", Job, "model format out dtype tokenizer", methods::exportChild},
    {"children/lint", Data, "model solution choices runtime", methods::lintChild},
    {"children/distill", Job,
     "children out texts held_out tokens minutes loss train learning_rate warmup weight_decay clip window batch_tokens tokens_at_once "
     "held_out_tokens evaluate_every seed dtype store_as threads",
     methods::distill},
    {"children/distill_options", Data, "child", methods::distillOptions},

    {"jobs/run", Job,
     "stages budget_tokens mode max_minutes fit_tokens channel_ranking kv_heads score_windows learning_rate measure_seconds measure_again "
     "threads parent",
     methods::runStages},
    {"jobs/history", Data, "from count", methods::jobHistory},
    {"jobs/stages", Data, "", methods::listStages},

    {"spectra/mercer", Preview, "revision kernels of dimension degrees fit_from fit_to", methods::mercerSpectra},
    {"spectra/profile", Preview, "revision kernels of angles", methods::kernelProfiles},
    {"spectra/gram", Explore, "revision kernels of data scaling points dimension seed top", methods::gramSpectra},
    {"spectra/descend", Explore, "revision kernels points frequencies clip tolerance curve", methods::descentSteps},
    {"spectra/matrix", Explore, "revision kernels of data scaling points dimension seed vectors", methods::kernelMatrix},
    {"spectra/regress", Explore, "revision kernels of data scaling points dimension seed folds repeats", methods::regressions},
    {"spectra/experiments", Data, "", methods::listExperiments},
    {"spectra/experiment", Explore, "name parameters", methods::runGalleryExperiment},
    {"spectra/tangent", Job, "models replace parent_too text probes window functional seeds seed sketch modes parent threads", methods::tangentOfNetworks},
    {"spectra/keep", Explore, "method params name settings", methods::keepSpectrum},
    {"spectra/list", Data, "kind from count", methods::listSpectra},
    {"spectra/get", Data, "id", methods::getSpectrum},
    {"spectra/compare", Data, "a b", methods::compareSpectra},
    {"spectra/rename", Data, "id name", methods::renameSpectrum},
    {"spectra/remove", Data, "id", methods::removeSpectrum},
};

} // namespace

std::span<const Method> allMethods() { return kMethods; }

const Method *findMethod(const std::string &name)
{
    auto found = std::ranges::find_if(kMethods, [&](const Method &method) { return name == method.name; });
    return found == std::end(kMethods) ? nullptr : found;
}

} // namespace tessera
