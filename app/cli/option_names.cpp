// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/option_names.h"

#include <string_view>

namespace tessera {
namespace {

struct Remedy {
    std::string_view words, option;
};

constexpr Remedy kRemedies[] = {{"name the place where it is now", "--parent"},
                                {"choose another place", "--out"},
                                {"build the child without refitting", "--no-refit"},
                                {"the stage fit makes them", "tessera run PROJECT --stages fit"},
                                {"to take probes from: name one", "--text"},
                                {"make the project anew, with one", "tessera new PROJECT --text FILE"},
                                {"without its tokenizer", "--no-tokenizer"},
                                {"in the format hf", "--format hf"},
                                {"try another solver", "--solver"},
                                {"is no loss", "--loss"},
                                {"names nothing to train", "--train"}};

} // namespace

std::string withOptionNames(std::string sentence)
{
    for (const Remedy &remedy : kRemedies)
        if (const auto at = sentence.find(remedy.words); at != std::string::npos)
            sentence.insert(at + remedy.words.size(), " (" + std::string(remedy.option) + ")");
    return sentence;
}

} // namespace tessera
