// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/interop/cost_file.h"

#include "engine/base/error.h"
#include "engine/cost/cost_names.h"
#include "engine/cost/totals.h"
#include "engine/interop/block_text.h"
#include "engine/store/library_rows.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace tessera {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 30;
const std::set<std::string> kTimes{kPrefill, kDecode, kRuntime};

class CostFileReader {
public:
    CostFileReader(const Project &project, std::string where)
        : m_library(loadLibrary(project)), m_shapesKnown(project.settings().config.has_value()), m_where(std::move(where))
    {
    }

    CostFile read(const Json &json)
    {
        if (!json.is_object())
            throw badInput(m_where + " must be an object with \"variants\"");
        m_workload = workloadOf(json);
        if (json.contains("fixed") && !json["fixed"].is_null())
            addAll(json["fixed"], "fixed", -1, "\"fixed\" of " + m_where);
        auto variants = json.find("variants");
        if (variants == json.end() || !variants->is_array())
            throw badInput(m_where + " lacks \"variants\", the array of blocks with their costs");
        for (std::size_t i = 0; i < variants->size(); ++i)
            addVariant((*variants)[i], "\"variants\"[" + std::to_string(i) + "] of " + m_where);
        for (const auto &[key, record] : m_records)
            m_file.records.push_back(record);
        remarkWhatIsMissing();
        return std::move(m_file);
    }

private:
    std::size_t workloadOf(const Json &json) const
    {
        if (!json.contains("workload") || json["workload"].is_null())
            return 0;
        const Json &named = json["workload"];
        std::string name = named.is_object() ? requireString(named, "name", "\"workload\" of " + m_where)
                                             : requireString(json, "workload", m_where);
        auto found = std::ranges::find(m_library.workloads, name, &Workload::name);
        if (found == m_library.workloads.end())
            throw badInput("the workload \"" + name + "\" of " + m_where + " is not one of the project's");
        return static_cast<std::size_t>(found - m_library.workloads.begin());
    }

    std::vector<std::int64_t> layersOf(const Json &variant, const std::string &where) const
    {
        auto count = static_cast<std::int64_t>(m_library.layers.size());
        if (!variant.contains("layer") || variant["layer"].is_null())
            return parseLayers("all", count);
        if (variant["layer"].is_string())
            return parseLayers(requireString(variant, "layer", where), count);
        return parseLayers(std::to_string(requireInteger(variant, "layer", where)), count);
    }

    void addVariant(const Json &variant, const std::string &where)
    {
        if (!variant.is_object())
            throw badInput(where + " must be an object");
        if (boolOr(variant, "estimated", false, where)) {
            ++m_file.passedOver;
            return;
        }
        std::string text = requireString(variant, "block", where);
        std::vector<std::int64_t> layers = layersOf(variant, where);
        bool everywhere = layers.size() == m_library.layers.size();
        std::size_t known = 0;
        for (std::int64_t layer : layers) {
            const BlockLibrary::Layer &here = m_library.layers[static_cast<std::size_t>(layer)];
            auto [attention, ffn] = parseSubBlocks(text, &here.parent, where);
            const LibraryEntry *entry = attention && ffn ? findPair(here, {*attention, *ffn}) : findEntry(here, attention ? *attention : *ffn);
            // A shape that only some layers can have may still be named for all of them.
            if (!entry && !everywhere)
                throw badInput(where + ": layer " + std::to_string(layer) + " of the project has no " + text);
            if (!entry)
                continue;
            ++known;
            std::string subject = (attention ? toString(*attention) : "") + (attention && ffn ? "+" : "") + (ffn ? toString(*ffn) : "");
            addTimes(variant, subject, layer, where);
            if (variant.contains("costs") && !variant["costs"].is_null())
                addAll(variant["costs"], subject, layer, "\"costs\" of " + where);
        }
        if (known == 0)
            throw badInput(where + ": no layer of the project has " + text);
    }

    void addTimes(const Json &variant, const std::string &subject, std::int64_t layer, const std::string &where)
    {
        for (const std::string &name : kTimes)
            if (variant.contains(name))
                add(subject, layer, name, variant[name], where);
    }

    void addAll(const Json &costs, const std::string &subject, std::int64_t layer, const std::string &where)
    {
        if (!costs.is_object())
            throw badInput(where + " must be an object of costs by name");
        for (const auto &[name, value] : costs.items())
            add(subject, layer, name, value, where);
    }

    void add(const std::string &subject, std::int64_t layer, const std::string &name, const Json &value, const std::string &where)
    {
        if (m_shapesKnown && isKnownCost(name) && !kTimes.contains(name))
            return;
        std::optional<Amount> amount = amountFromJson(name, value, "the cost \"" + name + "\" in " + where);
        if (!amount)
            return;
        CostRecord record{subject, layer, m_workload, name, CostSource::Imported, *amount, {}, {}};
        if (!m_records.emplace(std::tuple(subject, layer, name), record).second)
            throw badInput("the cost \"" + name + "\" of " + subject + (layer < 0 ? "" : " in layer " + std::to_string(layer))
                           + " stands twice in " + m_where);
    }

    /// Totals are exact only where every part has a figure from the same place.
    void remarkWhatIsMissing()
    {
        std::set<std::string> names;
        for (const auto &[key, record] : m_records)
            names.insert(record.name);
        for (const std::string &name : names) {
            std::size_t missing = m_records.contains({"fixed", -1, name}) || !m_shapesKnown ? 0 : 1;
            for (std::size_t layer = 0; layer < m_library.layers.size(); ++layer)
                for (const LibraryEntry &entry : m_library.layers[layer].entries) {
                    std::string subject = (entry.attention ? toString(*entry.attention) : "") + (entry.isPair() ? "+" : "")
                                          + (entry.ffn ? toString(*entry.ffn) : "");
                    bool nothing = (entry.attention && entry.attention->kind == VariantKind::None)
                                || (entry.ffn && entry.ffn->kind == VariantKind::None);
                    missing += !nothing && !m_records.contains({subject, static_cast<std::int64_t>(layer), name});
                }
            if (missing > 0)
                m_file.remarks.push_back(std::to_string(missing) + " parts keep their earlier " + name
                                         + " or none: figures from two places are added up wherever they meet");
        }
    }

    BlockLibrary m_library;
    bool m_shapesKnown;
    std::string m_where;
    std::size_t m_workload = 0;
    std::map<std::tuple<std::string, std::int64_t, std::string>, CostRecord> m_records;
    CostFile m_file;
};

} // namespace

CostFile parseCostFile(const Json &json, const Project &project, const std::string &where)
{
    return CostFileReader(project, where).read(json);
}

CostFile readCostFile(const std::filesystem::path &file, const Project &project)
{
    return parseCostFile(readJsonFile(file, kMostBytes), project, file.filename().string());
}

} // namespace tessera
