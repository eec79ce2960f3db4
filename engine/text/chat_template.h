// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace tessera {

/// How other programs put a conversation into text for a model (a Jinja template), as its publisher wrote it: tokenizer.chat_template of a
/// GGUF file; of a folder chat_template.jinja, or else "chat_template" of tokenizer_config.json (the one named default, where there are
/// several). Empty where a model has none. Tessera runs no templates: children and exports carry them. Throws Error (BadInput)
/// for a file that cannot be read or a template of more than 1 MiB.
std::string chatTemplateOf(const std::filesystem::path &model);

} // namespace tessera
