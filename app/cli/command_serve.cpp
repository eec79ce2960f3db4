// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"
#include "app/cli/network_options.h"
#include "app/cli/resources.h"

#include "engine/base/error.h"
#include "engine/service/server.h"

#include <memory>

#include <fcntl.h>
#include <unistd.h>

namespace tessera {
namespace {

constexpr const char *kHelp = R"(Answer requests of other programs, such as Tessera Studio, on standard input and output.

JSON-RPC 2.0, one message a line; engine/service/PROTOCOL.md in Tessera's sources has every method.

Example:
  echo '{"jsonrpc":"2.0","id":1,"method":"hello","params":{"protocol":1,"program":"me"}}' | tessera serve)";

/// Standard output for the messages alone: whatever else writes there goes to standard error.
int takeOutput()
{
    int output = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
    if (output < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
        throw failed("tessera serve has no standard output to answer on");
    return output;
}

void run(const std::string &worker, const Console &console)
{
    const int output = takeOutput();
    Server({resourcesFolder(), worker}, STDIN_FILENO, output).serve(console.stop());
    console.stop().throwIfRequested();
}

} // namespace

void addServe(CLI::App &app, Console &console)
{
    auto worker = std::make_shared<std::string>();
    CLI::App *command = app.add_subcommand("serve", kHelp);
    command->add_option("--worker", *worker, "Command that starts tessera-worker (\"ssh host tessera-worker\")");
    addDeviceOption(*command);
    command->callback([worker, &console] { run(*worker, console); });
}

} // namespace tessera
