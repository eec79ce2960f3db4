// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/stage.h"

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/store/job_log.h"

#include <filesystem>
#include <utility>

namespace tessera {
namespace {

std::optional<double> optionalNumber(const Json &item, const char *key)
{
    auto value = item.find(key);
    return value == item.end() || !value->is_number() ? std::nullopt : std::optional(value->get<double>());
}

} // namespace

const TokenSplit &StageInput::split(const std::string &name) const
{
    for (const TokenSplit &found : splits)
        if (found.name == name) {
            if (!std::filesystem::exists(found.file) || hashFile(found.file) != found.hash)
                throw badInput(found.file + " is missing or was changed; restore it, or make the project again from its text");
            return found;
        }
    throw badInput(project.path().string() + " has no text: make the project anew, with one");
}

std::string StageInput::folder(const std::string &name) const
{
    std::filesystem::path path = project.blocksFolder() / name;
    std::error_code why;
    std::filesystem::create_directories(path, why);
    if (why)
        throw failed("cannot make the folder " + path.string() + ": " + why.message());
    return path.string();
}

RunSettings StageInput::run() const { return {settings.dtype, options.threads, settings.seed}; }

StageOptions::StageOptions(Project &project, std::string stage)
    : m_project(project), m_stage(std::move(stage)), m_saved(stageOptions(project, m_stage).value_or(Json::object()))
{
}

void StageOptions::save() { saveStageOptions(m_project, m_stage, m_saved); }

Error StageOptions::contradiction(const std::string &key, const std::string &saved) const
{
    return badInput("the stage " + m_stage + " of this project was begun with " + key + " " + saved
                    + "; leave the option out, or make another project for other values");
}

WeightsRecord weightsRecordOf(const Json &item, Origin origin, const std::string &folder)
{
    const std::string where = "an item of the worker";
    SubBlockSource source = parseSubBlockSource({{"layer", requireInteger(item, "layer", where)},
                                                 {"variant", requireString(item, "variant", where)},
                                                 {"origin", requireString(item, "origin", where)},
                                                 {"file", requireString(item, "file", where)},
                                                 {"hash", requireString(item, "hash", where)}},
                                                where);
    if (source.origin != origin || std::filesystem::path(source.file).parent_path() != folder
        || !std::filesystem::exists(source.file))
        throw failed("the worker says it wrote " + source.file + " (" + toString(source.origin) + "), which was not asked for");
    WeightsRecord record{source.layer, source.variant, origin, source.file, source.hash, {}, {}, {}, {}, {}, nullptr};
    record.lossBefore = optionalNumber(item, "loss_before");
    record.lossAfter = optionalNumber(item, "loss_after");
    record.incrementBefore = optionalNumber(item, "increment_before");
    record.incrementAfter = optionalNumber(item, "increment_after");
    if (item.contains("tokens"))
        record.tokens = requireInteger(item, "tokens", where);
    if (item.contains("curve"))
        record.curve = item["curve"];
    return record;
}

std::map<Candidate, WeightsRecord> presentWeights(const Project &project)
{
    std::map<Candidate, WeightsRecord> present;
    for (const WeightsRecord &record : weightsOf(project))
        if (std::filesystem::exists(record.file))
            present.insert({{{record.layer, record.variant}, record.origin}, record});
    return present;
}

std::optional<SubBlockSource> chosenSource(const VariantAt &at, const std::map<VariantAt, Origin> &chosen,
                                           const std::map<Candidate, WeightsRecord> &present)
{
    if (at.variant.kind == VariantKind::None)
        return SubBlockSource{at.layer, at.variant, Origin::Paper, "", ""};
    auto origin = chosen.find(at);
    auto found = origin == chosen.end() ? present.end() : present.find({at, origin->second});
    return found == present.end() ? std::nullopt : std::optional(found->second.source());
}

} // namespace tessera
