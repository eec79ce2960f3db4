// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
// What a project keeps of the answers about kernels and networks.
#include "engine/service/kept_spectra_methods.h"

#include "engine/base/error.h"
#include "engine/jobs/kept_spectra.h"
#include "engine/jobs/tangent_spectra.h"
#include "engine/service/bulk.h"
#include "engine/service/methods.h"
#include "engine/service/recent_answers.h"
#include "engine/store/spectra.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tessera {
namespace {

constexpr std::size_t kLongestName = 400, kLargestSettings = 64 << 10;

struct Keepable {
    const char *method, *kind;
};

constexpr Keepable kKeepable[] = {{"spectra/mercer", "mercer"}, {"spectra/profile", "profile"}, {"spectra/gram", "gram"},
                                  {"spectra/descend", "descend"}, {"spectra/matrix", "matrix"}, {"spectra/regress", "regress"},
                                  {"spectra/experiment", "gallery"}};

Json rowOf(const SpectrumRecord &record)
{
    return {{"id", record.id},
            {"kind", record.kind},
            {"name", record.name},
            {"estimator", record.estimator},
            {"probe_hash", record.probeHash ? Json(*record.probeHash) : Json()},
            {"seeds", record.seeds},
            {"created", record.created}};
}

std::string nameAsked(const std::string &name)
{
    if (name.empty() || name.size() > kLongestName)
        throw badInput("a name has 1 to " + std::to_string(kLongestName) + " bytes, not " + std::to_string(name.size()));
    return name;
}

/// Null where there are none.
Json settingsAsked(const Params &params)
{
    if (!params.has("settings"))
        return nullptr;
    const Json &settings = params.json("settings");
    if (!settings.is_object())
        throw InvalidParams("\"settings\" must be an object");
    if (settings.dump().size() > kLargestSettings)
        throw badInput("the settings of a spectrum have at most " + std::to_string(kLargestSettings >> 10) + " KiB");
    return settings;
}

/// What the question was answered, or is answered now.
Json answerTo(Call &call, const Method &method, Json params)
{
    if (std::optional<Json> known = recentAnswers().find(method.name, params))
        return *std::move(known);
    params.erase("revision");
    Call asked{Params(std::move(params), method.name), call.session, call.stop, std::nullopt, call.progress, call.item, call.log};
    asked.params.refuseOthers(method.members);
    Json answer = method.run(asked);
    answer.erase("revision");
    return answer;
}

} // namespace

namespace methods {

Json keepSpectrum(Call &call)
{
    const std::string name = call.params.text("method");
    auto keepable = std::ranges::find(kKeepable, name, [](const Keepable &known) { return std::string(known.method); });
    if (keepable == std::end(kKeepable))
        throw badInput("what \"" + name + "\" answers is nothing that a project keeps: ask for " + kKeepable[0].method + ", "
                       + kKeepable[1].method + ", gram, descend, matrix, regress or experiment");
    if (!call.params.has("params") || !call.params.json("params").is_object())
        throw InvalidParams("\"params\" must be an object: what " + name + " is asked");
    const std::string title = call.params.has("name") ? nameAsked(call.params.text("name")) : std::string();
    const Json settings = settingsAsked(call.params);
    auto open = call.session.project(call.stop);
    if (!open->project.writable())
        throw failed(open->project.whyReadOnly() + " (a spectrum is kept)");
    SpectrumRecord record = spectrumRecordOf(keepable->kind, answerTo(call, *findMethod(name), call.params.json("params")));
    if (!title.empty())
        record.name = title;
    if (!settings.is_null())
        record.result["settings"] = settings;
    return rowOf(loadSpectrum(open->project, saveSpectrum(open->project, record)));
}

Json listSpectra(Call &call)
{
    auto open = call.session.project(call.stop);
    const std::vector<SpectrumHead> all = spectrumHeads(open->project, call.params.textOr("kind", ""));
    return rowsJson(rangeOf(call.params, all.size(), 1), [&](std::size_t row) {
        Json json = rowOf(all[row].record);
        json["kernels"] = all[row].kernels;
        return json;
    });
}

Json getSpectrum(Call &call)
{
    auto open = call.session.project(call.stop);
    SpectrumRecord record = loadSpectrum(open->project, call.params.integer("id", 1, INT64_MAX));
    Json json = rowOf(record);
    json["result"] = std::move(record.result);
    return json;
}

Json compareSpectra(Call &call)
{
    auto open = call.session.project(call.stop);
    return compareTangent(loadSpectrum(open->project, call.params.integer("a", 1, INT64_MAX)),
                          loadSpectrum(open->project, call.params.integer("b", 1, INT64_MAX)));
}

Json renameSpectrum(Call &call)
{
    const std::int64_t id = call.params.integer("id", 1, INT64_MAX);
    const std::string name = nameAsked(call.params.text("name"));
    auto open = call.session.project(call.stop);
    nameSpectrum(open->project, id, name);
    return Json::object();
}

Json removeSpectrum(Call &call)
{
    auto open = call.session.project(call.stop);
    forgetSpectrum(open->project, call.params.integer("id", 1, INT64_MAX));
    return Json::object();
}

} // namespace methods
} // namespace tessera
