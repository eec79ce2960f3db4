// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/console.h"
#include "engine/base/json.h"
#include "engine/spectra/questions.h"

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace tessera {

// The subcommands of tessera spectra, by file.
void addSpectraEval(CLI::App &spectra, Console &console);
void addSpectraMercer(CLI::App &spectra, Console &console);
void addSpectraProfile(CLI::App &spectra, Console &console);
void addSpectraMatrix(CLI::App &spectra, Console &console);
void addSpectraGram(CLI::App &spectra, Console &console);
void addSpectraDescend(CLI::App &spectra, Console &console);
void addSpectraRegress(CLI::App &spectra, Console &console);
void addSpectraGallery(CLI::App &spectra, Console &console);
void addSpectraTangent(CLI::App &spectra, Console &console);
void addSpectraStored(CLI::App &spectra, Console &console);

/// How a kernel is written on the command line, for help texts.
inline constexpr const char *kKernelHelp =
    "fc:depth=3,bias=0.5,bias_init=zero|normal; resfc:depth=3,alpha=0.5; conv:depth=3,filter=3,head=trace|gap|equivariant; "
    "resconv:block=A|B,depth=3,alpha=0.5,filter=3,head=...; laplace:c=1; gamma_exponential:c=1,gamma=0.5; linear";

/// Kernels as kKernelHelp writes them. Throws Error (BadInput).
std::vector<Kernel> kernelsIn(const std::vector<std::string> &texts);

/// --data, --scaling and --seed: which points a kernel is taken on. Texts for --points differ.
void addPointsOptions(CLI::App &command, PointsQuestion &points);

/// --store PROJECT, for commands whose results a project can keep.
void addStoreOption(CLI::App &command, std::string &project);
/// Keeps every one of spectra in the project, if one is named, and adds its "id" (null where it is not kept).
void storeSpectra(const std::string &project, const std::string &kind, Json &spectra, const Console &console);

/// A number as a person reads it.
std::string shownNumber(double value);

} // namespace tessera
