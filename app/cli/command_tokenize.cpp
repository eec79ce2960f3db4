// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include "engine/base/error.h"
#include "engine/text/tokenizer.h"

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace tessera {
namespace {

constexpr std::uint64_t kFileLimit = 1u << 30;

struct TokenizeOptions {
    std::filesystem::path model, file;
    bool special = false, asText = false, decode = false, skipSpecial = false;
};

Json encodeAll(const Tokenizer &tokenizer, const Json &strings, const TokenizeOptions &options, const StopToken &stop)
{
    Json result = Json::array();
    for (const Json &text : strings) {
        stop.throwIfRequested();
        if (!text.is_string())
            throw badInput(options.file.string() + " must be a JSON array of strings; entry " + std::to_string(result.size())
                           + " is none");
        result.push_back(tokenizer.encode(text.get_ref<const std::string &>(), EncodeOptions{options.special, options.asText}));
    }
    return result;
}

TokenId tokenOf(const Json &value, const TokenizeOptions &options)
{
    bool fits = value.is_number_integer() && value.get<std::int64_t>() >= 0
                && value.get<std::int64_t>() <= std::numeric_limits<TokenId>::max();
    if (!fits || (value.is_number_unsigned() && value.get<std::uint64_t>() > std::numeric_limits<TokenId>::max()))
        throw badInput(options.file.string() + " must be a JSON array of arrays of token ids; " + value.dump() + " is none");
    return value.get<TokenId>();
}

Json decodeAll(const Tokenizer &tokenizer, const Json &lists, const TokenizeOptions &options, const StopToken &stop)
{
    Json result = Json::array();
    for (const Json &list : lists) {
        stop.throwIfRequested();
        if (!list.is_array())
            throw badInput(options.file.string() + " must be a JSON array of arrays of token ids; entry "
                           + std::to_string(result.size()) + " is none");
        std::vector<TokenId> tokens;
        for (const Json &value : list)
            tokens.push_back(tokenOf(value, options));
        result.push_back(tokenizer.decode(tokens, options.skipSpecial));
    }
    return result;
}

void run(const TokenizeOptions &options, const Console &console)
{
    Tokenizer tokenizer = Tokenizer::open(options.model);
    Json input = readJsonFile(options.file, kFileLimit);
    if (!input.is_array())
        throw badInput(options.file.string() + " must be a JSON array");
    Json result = options.decode ? decodeAll(tokenizer, input, options, console.stop())
                                 : encodeAll(tokenizer, input, options, console.stop());
    if (console.json)
        console.printJson(result);
    for (const Json &entry : result)
        console.print(entry.dump(-1, ' ', false, Json::error_handler_t::replace));
}

} // namespace

void addTokenize(CLI::App &app, Console &console)
{
    auto options = std::make_shared<TokenizeOptions>();
    CLI::App *command = app.add_subcommand("tokenize", "Texts to token ids with a model's own tokenizer, and back");
    command->add_option("MODEL", options->model, "A checkpoint folder or a folder with only tokenizer.json, that file, or a GGUF file")
        ->required();
    command
        ->add_option("--file", options->file,
                     "A JSON array of strings; with --decode a JSON array of arrays of token ids")
        ->required();
    CLI::Option *decode = command->add_flag("--decode", options->decode, "From token ids to texts");
    command->add_flag("--special", options->special, "Add what the model's own post-processing adds")->excludes(decode);
    command->add_flag("--special-as-text", options->asText, "Read special tokens inside the texts as text, as evaluation does")
        ->excludes(decode);
    command->add_flag("--skip-special", options->skipSpecial, "With --decode, leave special tokens out")->needs(decode);
    command->footer("Prints one array of ids (or one string) per entry.\n\n"
                    "Example:\n"
                    "  echo '[\"Hello world\", \"\"]' > strings.json\n"
                    "  tessera tokenize SmolLM2-135M-Instruct.Q4_1.gguf --file strings.json --json");
    command->callback([options, &console] { run(*options, console); });
}

} // namespace tessera
