// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/chat_template.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/checkpoint/gguf.h"
#include "engine/text/utf8.h"

#include <cstdint>
#include <string_view>
#include <system_error>

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 20;
constexpr std::uint64_t kMostSettings = std::uint64_t{64} << 20; ///< Of a tokenizer_config.json; some list every token.

/// "chat_template" of a tokenizer_config.json: a text, or several with names.
std::string templateIn(const Json &settings, const std::string &where)
{
    const auto member = settings.is_object() ? settings.find("chat_template") : settings.end();
    if (member == settings.end() || member->is_null())
        return {};
    if (member->is_string())
        return member->get<std::string>();
    if (!member->is_array())
        throw badInput("\"chat_template\" in " + where + " must be a text or a list of named ones");
    std::string first;
    for (const Json &one : *member) {
        const std::string name = requireString(one, "name", "\"chat_template\" in " + where);
        const std::string text = requireString(one, "template", "\"chat_template\" in " + where);
        if (name == "default")
            return text;
        if (first.empty())
            first = text;
    }
    return first;
}

std::string templateBeside(const fs::path &folder)
{
    std::error_code error;
    const fs::path own = folder / "chat_template.jinja", settings = folder / "tokenizer_config.json";
    if (fs::exists(own, error))
        return readTextFile(own, kMostBytes);
    if (fs::exists(settings, error))
        return templateIn(readJsonFile(settings, kMostSettings), settings.string());
    return {};
}

} // namespace

std::string chatTemplateOf(const fs::path &model)
{
    std::error_code error;
    std::string text = fs::is_directory(model, error)
        ? templateBeside(model)
        : std::string(GgufFile::open(model).string("tokenizer.chat_template").value_or(std::string_view()));
    if (text.size() > kMostBytes)
        throw badInput("the chat template of " + model.string() + " is longer than 1 MiB");
    if (!isValidUtf8(text))
        throw badInput("the chat template of " + model.string() + " is no UTF-8");
    return text;
}

} // namespace tessera
