// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/service/call.h"

#include <span>
#include <string>

namespace tessera {

/// Every method of PROTOCOL.md but hello, shutdown and jobs/list, which the server answers itself.
std::span<const Method> allMethods();
/// Null where there is none.
const Method *findMethod(const std::string &name);

// One file a group, NAME_methods.cpp; PROTOCOL.md says what each does.
namespace methods {

Json createProject(Call &call);
Json takeDemo(Call &call);
Json importProject(Call &call);
Json importCosts(Call &call);
Json importReferenceChild(Call &call);
Json openProject(Call &call);
Json describeProject(Call &call);
Json peekProject(Call &call);
Json closeProject(Call &call);

Json describeLibrary(Call &call);
Json listVariants(Call &call);
Json libraryColumn(Call &call);
Json librarySamples(Call &call);
Json describeVariant(Call &call);

Json getScenario(Call &call);
Json setScenario(Call &call);
Json undo(Call &call);
Json redo(Call &call);
Json scenarioHistory(Call &call);
Json listScenarios(Call &call);
Json saveScenarioAs(Call &call);
Json loadScenarioNamed(Call &call);
Json removeScenario(Call &call);

Json preview(Call &call);
Json solveScenario(Call &call);
Json assess(Call &call);
Json baselines(Call &call);
Json reachable(Call &call);
Json sample(Call &call);
Json pool(Call &call);
Json explain(Call &call);

Json front(Call &call);
Json listFronts(Call &call);
Json getFront(Call &call);

Json listSolutions(Call &call);
Json getSolution(Call &call);

Json listChildren(Call &call);
Json realize(Call &call);
Json evaluate(Call &call);
Json checkChildOf(Call &call);
Json generate(Call &call);
Json exportChild(Call &call);
Json lintChild(Call &call);

Json runStages(Call &call);
Json jobHistory(Call &call);
Json listStages(Call &call);

Json mercerSpectra(Call &call);
Json kernelProfiles(Call &call);
Json gramSpectra(Call &call);
Json descentSteps(Call &call);
Json kernelMatrix(Call &call);
Json regressions(Call &call);
Json listExperiments(Call &call);
Json runGalleryExperiment(Call &call);
Json tangentOfNetworks(Call &call);
Json listSpectra(Call &call);
Json getSpectrum(Call &call);
Json compareSpectra(Call &call);
Json removeSpectrum(Call &call);

Json doctor(Call &call);
Json inspectModel(Call &call);

} // namespace methods
} // namespace tessera
