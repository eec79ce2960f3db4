// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include "app/cli/library_source.h"
#include "engine/search/verify.h"

#include <string>

namespace tessera {
namespace {

constexpr const char *kHelp = R"(Check a certificate that "tessera solve --certificate" wrote, without any solver.

Totals and score are added up again from the project's rows, and the proof is followed in exact arithmetic.

Example:
  tessera verify best.certificate.json --project my.tessera)";

struct Options {
    std::string certificate, project;
};

void run(const Options &options, Console &console)
{
    const LibrarySource source = openLibrarySource(options.project, console);
    const Verdict verdict = verify(readJsonFile(options.certificate, std::uint64_t{1} << 30), source.library, options.certificate);
    if (console.json)
        console.printJson(toJson(verdict));
    else if (!verdict.valid)
        console.print("not valid: " + verdict.reason);
    else if (verdict.proved)
        console.print(verdict.infeasible ? "valid and proved: no child satisfies the scenario" : "valid and proved: no child is better");
    else
        console.print("valid, but the best is not proved: " + verdict.reason);
    setExitCode(verdict.valid ? 0 : 1);
}

} // namespace

void addVerify(CLI::App &app, Console &console)
{
    auto options = std::make_shared<Options>();
    CLI::App *command = app.add_subcommand("verify", kHelp);
    command->add_option("CERTIFICATE", options->certificate, "The certificate's file")->required();
    command->add_option("--project", options->project, "Project file or library file that it speaks of")->required();
    command->callback([options, &console] { run(*options, console); });
}

} // namespace tessera
