// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/console.h"

#include <CLI/CLI.hpp>

namespace tessera {

/// Adds one subcommand to the command line. Its callback does the work and returns the exit code through setExitCode; it
/// throws Error for everything that ends it early. A command's file holds its options, the calls into the engine and the
/// printing, nothing else.
using AddCommand = void (*)(CLI::App &app, Console &console);

/// The exit code of a command that ended without an Error (1 for an infeasible scenario, say); 0 unless set.
void setExitCode(int code);

// One file a command, app/cli/command_NAME.cpp; main.cpp has the table.
void addChildren(CLI::App &app, Console &console);
void addCompletion(CLI::App &app, Console &console);
void addDemo(CLI::App &app, Console &console);
void addDistill(CLI::App &app, Console &console);
void addDoctor(CLI::App &app, Console &console);
void addEvaluate(CLI::App &app, Console &console);
void addExplain(CLI::App &app, Console &console);
void addExport(CLI::App &app, Console &console);
void addFront(CLI::App &app, Console &console);
void addGenerate(CLI::App &app, Console &console);
void addImport(CLI::App &app, Console &console);
void addInspect(CLI::App &app, Console &console);
void addLibrary(CLI::App &app, Console &console);
void addLint(CLI::App &app, Console &console);
void addLogits(CLI::App &app, Console &console);
void addNew(CLI::App &app, Console &console);
void addPool(CLI::App &app, Console &console);
void addPretrain(CLI::App &app, Console &console);
void addRealize(CLI::App &app, Console &console);
void addRun(CLI::App &app, Console &console);
void addServe(CLI::App &app, Console &console);
void addSolve(CLI::App &app, Console &console);
void addSpectra(CLI::App &app, Console &console);
void addTokenize(CLI::App &app, Console &console);
void addVerify(CLI::App &app, Console &console);

} // namespace tessera
