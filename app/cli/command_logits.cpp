// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"
#include "app/cli/network_options.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/jobs/worker_process.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <numeric>
#include <span>

namespace tessera {
namespace {

struct LogitsOptions {
    std::string model, tokens, positions;
    NetworkOptions run;
};

/// The rows of float32 numbers that the worker wrote, one a position.
class Rows {
public:
    Rows(const std::string &path, std::size_t rows, std::size_t columns) : m_file(path), m_columns(columns)
    {
        if (m_file.bytes().size() != rows * columns * sizeof(float))
            throw failed("the worker's logits are not as many as asked for");
    }
    std::vector<float> row(std::size_t index) const
    {
        std::vector<float> values(m_columns);
        std::memcpy(values.data(), m_file.bytes().data() + index * m_columns * sizeof(float), m_columns * sizeof(float));
        return values;
    }

private:
    MappedFile m_file;
    std::size_t m_columns;
};

void printBest(const Console &console, std::int64_t position, const std::vector<float> &logits,
               const std::optional<Tokenizer> &tokenizer)
{
    std::vector<std::int32_t> order(logits.size());
    std::iota(order.begin(), order.end(), 0);
    auto shown = std::min<std::ptrdiff_t>(5, static_cast<std::ptrdiff_t>(order.size()));
    std::partial_sort(order.begin(), order.begin() + shown, order.end(), [&](std::int32_t a, std::int32_t b) {
        return logits[static_cast<std::size_t>(a)] > logits[static_cast<std::size_t>(b)];
    });
    console.print("after position " + std::to_string(position) + ":");
    for (auto id = order.begin(); id != order.begin() + shown; ++id) {
        char text[64];
        std::snprintf(text, sizeof text, "  %10.4f  %7d  ", static_cast<double>(logits[static_cast<std::size_t>(*id)]), *id);
        std::string word = tokenizer ? Json(tokenizer->decode({&*id, 1})).dump(-1, ' ', false, Json::error_handler_t::replace)
                                     : std::string();
        console.print(text + word);
    }
}

void runCommand(const LogitsOptions &options, const Console &console)
{
    LogitsRequest request;
    request.model = modelPath(options.model);
    request.tokens = parseTokens(options.tokens);
    if (!options.positions.empty())
        request.positions = parseIntegers(options.positions, "--positions");
    request.run = toSettings(options.run);
    TemporaryFolder folder;
    request.outFile = folder.file("logits");

    WorkContext context;
    context.stop = console.stop();
    context.progress = console.progress();
    Json result = WorkerProcess({}, console.stop()).call("logits", toJson(request), context);
    auto positions = result.at("positions").get<std::vector<std::int64_t>>();
    Rows rows(request.outFile, positions.size(), result.at("vocabulary").get<std::size_t>());
    if (!console.json) {
        std::optional<Tokenizer> tokenizer = tokenizerOf(request.model);
        for (std::size_t i = 0; i < positions.size(); ++i)
            printBest(console, positions[i], rows.row(i), tokenizer);
        return;
    }
    Json logits = Json::array();
    for (std::size_t i = 0; i < positions.size(); ++i)
        logits.push_back(rows.row(i));
    console.printJson({{"tokens", request.tokens}, {"positions", positions}, {"logits", std::move(logits)}});
}

} // namespace

void addLogits(CLI::App &app, Console &console)
{
    auto options = std::make_shared<LogitsOptions>();
    CLI::App *command = app.add_subcommand("logits", "What a model expects to follow each token");
    command->footer("Example: tessera logits my-parent --tokens 1,2,3 --positions 2 --json");
    command->add_option("model", options->model, "Checkpoint folder, .gguf file or realised child")->required();
    command->add_option("--tokens", options->tokens, "Token ids: 1,2,3 or @FILE with a JSON array")->required();
    command->add_option("--positions", options->positions, "Positions to print, from 0: 0,7; all where not given");
    addNetworkOptions(*command, options->run);
    command->callback([options, &console] { runCommand(*options, console); });
}

} // namespace tessera
