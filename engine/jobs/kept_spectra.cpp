// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/kept_spectra.h"

#include "engine/base/error.h"
#include "engine/spectra/kernel.h"

#include <algorithm>
#include <utility>

namespace tessera {
namespace {

struct Kind {
    const char *word;
    const char *several;   ///< The member that lists several results; null: there is always one.
    const char *estimator; ///< Null: the result says.
};

constexpr Kind kKinds[] = {{"mercer", "spectra", "analytic"},
                           {"profile", "profiles", "analytic"},
                           {"gram", "spectra", nullptr},
                           {"descend", "descents", "all eigenvalues"},
                           {"matrix", nullptr, "all eigenvalues"},
                           {"regress", nullptr, "cross-validation"},
                           {"gallery", nullptr, "experiment"}};

const Kind &kindOf(const std::string &word)
{
    auto kind = std::ranges::find(kKinds, word, [](const Kind &known) { return std::string(known.word); });
    if (kind == std::end(kKinds))
        throw badInput("\"" + word + "\" is no kind of spectrum that a project keeps");
    return *kind;
}

} // namespace

SpectrumRecord spectrumRecordOf(const std::string &kind, Json result)
{
    const Kind &known = kindOf(kind);
    const std::string where = "a result of " + kind;
    Json parts = Json::array();
    if (known.several && result.is_object() && result.contains(known.several))
        parts = result.at(known.several);
    else
        parts.push_back(result);
    if (!parts.is_array() || parts.empty() || !std::ranges::all_of(parts, [](const Json &part) { return part.is_object(); }))
        throw badInput(where + " is no object, and no list of objects");
    SpectrumRecord record;
    record.kind = kind;
    record.estimator = known.estimator ? known.estimator : requireString(parts[0], "estimator", where);
    if (kind == "regress" || kind == "gallery")
        record.name = requireString(parts[0], kind == "regress" ? "data" : "name", where);
    else
        for (const Json &part : parts) {
            if (!part.contains("kernel"))
                throw badInput(where + " does not say of which kernel");
            record.name += (record.name.empty() ? "" : "; ") + toText(kernelFromJson(part.at("kernel"), where));
        }
    if (parts[0].contains("seed"))
        record.seeds.push_back(parts[0].at("seed"));
    record.result = std::move(result);
    return record;
}

} // namespace tessera
