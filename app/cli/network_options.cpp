// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/network_options.h"

#include "engine/base/byte_size.h"
#include "engine/base/error.h"
#include "engine/base/json.h"

#include <charconv>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace tessera {

void addNetworkOptions(CLI::App &command, NetworkOptions &options)
{
    command.add_option("--dtype", options.dtype, "Type the network computes in: f32 or bf16")->capture_default_str();
    command.add_option("--threads", options.threads, "0: as many as the machine has")->capture_default_str()->check(
        CLI::Range(0, 4096));
    addDeviceOption(command);
}

void addDeviceOption(CLI::App &command)
{
    const auto isDevice = [](const std::string &word) -> std::string {
        const std::string digits = word.starts_with("cuda:") ? word.substr(5) : "";
        const bool numbered = !digits.empty() && digits.size() < 4 && digits.find_first_not_of("0123456789") == digits.npos;
        return word == "auto" || word == "cpu" || word == "cuda" || numbered ? "" : "\"" + word + "\" is no device: use auto, cpu, cuda or cuda:1";
    };
    command
        .add_option_function<std::string>(
            "--device", [](const std::string &word) { ::setenv("TESSERA_DEVICE", word.c_str(), 1); },
            "Where networks run: auto (a GPU where there is one), cpu, cuda, cuda:1")
        ->check(CLI::Validator(isDevice, "DEVICE"));
    const auto isSize = [](const std::string &text) -> std::string {
        try {
            parseBytes(text);
            return "";
        } catch (const Error &error) {
            return error.what();
        }
    };
    command
        .add_option_function<std::string>(
            "--device-memory",
            [](const std::string &text) { ::setenv("TESSERA_DEVICE_MEMORY", std::to_string(parseBytes(text)).c_str(), 1); },
            "So much of its memory networks may take (24GiB): of larger parents the layers pass through it one by one. Default: what is "
            "free on a GPU, anything of main memory")
        ->check(CLI::Validator(isSize, "SIZE"));
}

RunSettings toSettings(const NetworkOptions &options, std::uint64_t seed)
{
    DType type = parseDType(options.dtype);
    if (type != DType::F32 && type != DType::BF16)
        throw badInput("--dtype " + options.dtype + ": networks run in f32 or bf16");
    return {type, options.threads, seed};
}

std::vector<std::int64_t> parseIntegers(const std::string &text, const std::string &name)
{
    std::vector<std::int64_t> numbers;
    std::string_view rest = text;
    while (true) {
        std::string_view piece = rest.substr(0, rest.find(','));
        std::int64_t number = 0;
        auto [end, code] = std::from_chars(piece.data(), piece.data() + piece.size(), number);
        if (code != std::errc() || end != piece.data() + piece.size())
            throw badInput(name + ": \"" + std::string(piece.substr(0, 40)) + "\" is no whole number; write numbers with commas, 1,2,3");
        numbers.push_back(number);
        if (piece.size() == rest.size())
            return numbers;
        rest.remove_prefix(piece.size() + 1);
    }
}

std::vector<std::int64_t> parseTokens(const std::string &text)
{
    if (!text.starts_with('@'))
        return parseIntegers(text, "--tokens");
    std::string path = text.substr(1);
    Json json = readJsonFile(path);
    if (!json.is_array())
        throw badInput(path + " holds no JSON array of token ids");
    std::vector<std::int64_t> tokens;
    for (const Json &token : json) {
        bool fits = token.is_number_integer()
            && (!token.is_number_unsigned() || token.get<std::uint64_t>() <= static_cast<std::uint64_t>(INT64_MAX));
        if (!fits)
            throw badInput(path + ": element " + std::to_string(tokens.size()) + " is no token id");
        tokens.push_back(token.get<std::int64_t>());
    }
    return tokens;
}

} // namespace tessera
