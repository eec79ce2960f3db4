// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include "app/cli/option_names.h"
#include "engine/base/error.h"

#include <csignal>
#include <iostream>

namespace tessera {
namespace {

/// In the order of --help: as they are used.
constexpr AddCommand kCommands[] = {
    addInspect,
    addNew,
    addRun,
    addLibrary,
    addEvaluate,
    addGenerate,
    addLogits,
    addTokenize,
    addImport,
    addSolve,
    addFront,
    addPool,
    addExplain,
    addVerify,
    addRealize,
    addChildren,
    addDistill,
    addExport,
    addLint,
    addSpectra,
    addPretrain,
    addDemo,
    addServe,
    addDoctor,
    addCompletion,
};

int exitCode = 0;
const StopToken *stopOnSignal = nullptr;

void onSignal(int)
{
    if (stopOnSignal)
        stopOnSignal->request();
}

void listenToSignals(const Console &console)
{
    stopOnSignal = &console.stop();
    struct sigaction action {};
    action.sa_handler = onSignal;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

int end(const Console &console, int code, const std::string &sentence)
{
    if (console.json)
        console.printJson({{"error", sentence}});
    std::cerr << "tessera: " << sentence << std::endl;
    return code;
}

bool wantsJson(int argc, char **argv)
{
    for (int i = 1; i < argc; ++i)
        if (std::string_view(argv[i]) == "--json")
            return true;
    return false;
}

int run(int argc, char **argv)
{
    Console console;
    console.json = wantsJson(argc, argv);
    listenToSignals(console);
    CLI::App app("Explore heterogeneous transformer architectures: from a checkpoint to the provably best child.", "tessera");
    app.set_version_flag("--version", "tessera " TESSERA_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    app.add_flag("--json", console.json, "Print one JSON value on standard output, everything else on standard error");
    for (AddCommand add : kCommands)
        add(app, console);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &e) {
        if (e.get_exit_code() == 0)
            return app.exit(e);
        return end(console, 2, std::string(e.what()) + " (see tessera --help)");
    } catch (const Error &e) {
        return end(console, e.exitCode(), withOptionNames(e.what()));
    } catch (const std::bad_alloc &) {
        return end(console, 1, "out of memory");
    } catch (const std::exception &e) {
        return end(console, 1, std::string("unexpected: ") + e.what());
    }
    return exitCode;
}

} // namespace

void setExitCode(int code) { exitCode = code; }

} // namespace tessera

int main(int argc, char **argv) { return tessera::run(argc, argv); }
