// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/interop/puzzletron.h"

#include "engine/base/error.h"
#include "engine/checkpoint/hf_blocks.h"
#include "engine/checkpoint/hf_config.h"
#include "engine/cost/cost_names.h"
#include "engine/cost/score_summary.h"
#include "engine/cost/totals.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 30;
constexpr std::size_t kMostSolutions = 1'000'000;

const Json &arrayOf(const Json &json, const std::string &where)
{
    if (!json.is_array() || json.empty())
        throw badInput(where + " must be an array with at least one element");
    return json;
}

const Json &memberOf(const Json &object, const std::string &key, const std::string &where)
{
    if (!object.is_object() || !object.contains(key))
        throw badInput(where + " lacks \"" + key + "\"");
    return object[key];
}

// Replacements

struct Replacement {
    std::size_t layer = 0;
    LayerChoice choice;
};

Replacement readReplacement(const Json &json, const ModelConfig &config, const std::string &where)
{
    const Json &layers = arrayOf(memberOf(json, "parent_layer_indices", where), "\"parent_layer_indices\" of " + where);
    const Json &blocks = arrayOf(memberOf(json, "child_block_configs", where), "\"child_block_configs\" of " + where);
    if (layers.size() != 1 || blocks.size() != 1)
        throw badInput(where + " replaces several layers at once, which Tessera does not support");
    std::int64_t layer = layers[0].is_number_integer() ? layers[0].get<std::int64_t>() : -1;
    if (layer < 0 || layer >= config.layers)
        throw badInput("\"parent_layer_indices\" of " + where + " names no layer below " + std::to_string(config.layers));
    return {static_cast<std::size_t>(layer), parseBlockConfig(blocks[0], config, where)};
}

// Statistics

struct StatRow {
    const char *key;
    const std::string &cost;
    long double amountsPerUnit;
};
const std::array<StatRow, 6> kStats{StatRow{"num_params", kParameters, 1},
                                    StatRow{"memory_mib", kMemory, 1024.0L * 1024.0L},
                                    StatRow{"kv_cache_memory_mib", kKvBytes, 1024.0L * 1024.0L},
                                    StatRow{"runtime_ms", kRuntime, 1e6L},
                                    StatRow{"prefill_runtime_ms", kPrefill, 1e6L},
                                    StatRow{"decode_runtime_ms", kDecode, 1e6L}};

Costs costsOf(const Json &stats, const std::string &where)
{
    Costs costs;
    for (const StatRow &row : kStats) {
        auto member = stats.find(row.key);
        if (member == stats.end() || member->is_null())
            continue;
        double value = requireNumber(stats, row.key, where);
        long double amount = static_cast<long double>(value) * row.amountsPerUnit;
        if (!std::isfinite(value) || value < 0 || amount > 4e18L)
            throw badInput("\"" + std::string(row.key) + "\" of " + where + " must be a finite number that is not negative");
        costs[row.cost] = {static_cast<Amount>(std::llround(amount)), false};
    }
    return costs;
}

/// Statistics of one workload: those of one layer, or of all (layer -1).
using SubBlockCosts = std::map<std::pair<std::int64_t, Variant>, Costs>;

struct Statistics {
    Workload workload;
    Costs fixed;
    SubBlockCosts subBlocks;
};

/// A type as Puzzletron spells it: "torch.bfloat16", "nvfp4".
std::string typeWord(const Json &args, const char *key, const std::string &where)
{
    std::string word = stringOr(args, key, "bfloat16", where);
    return word.starts_with("torch.") ? word.substr(6) : word;
}

DType typeOf(const std::string &word, const std::string &where)
{
    static const std::map<std::string, DType> kTypes{{"bfloat16", DType::BF16}, {"float16", DType::F16}, {"float32", DType::F32},
                                                     {"float8_e4m3fn", DType::Fp8}, {"fp8", DType::Fp8}, {"int8", DType::Fp8},
                                                     {"nvfp4", DType::Fp8}};
    auto found = kTypes.find(word);
    if (found == kTypes.end())
        throw badInput(where + " has the number type \"" + word.substr(0, 80) + "\", which Tessera does not know");
    return found->second;
}

Workload workloadOf(const Json &args, const std::string &where)
{
    std::string weights = typeWord(args, "weights_dtype", where), activations = typeWord(args, "activations_dtype", where),
                kv = typeWord(args, "kv_cache_dtype", where);
    std::int64_t batch = requireInteger(args, "batch_size", where), input = integerOr(args, "prefill_seq_len", 0, where),
                 output = integerOr(args, "generation_seq_len", 0, where);
    std::string name = "batch" + std::to_string(batch) + "-" + std::to_string(input) + "-" + std::to_string(output) + "-" + weights;
    if (kv != weights)
        name += "-kv-" + kv;
    Json json{{"name", name},
              {"batch", batch},
              {"input", input},
              {"output", output},
              {"weights", toString(typeOf(weights, where))},
              {"activations", toString(typeOf(activations, where))},
              {"kv", toString(typeOf(kv, where))},
              {"device", stringOr(args, "gpu", "unknown", where)}};
    return parseWorkload(json, where);
}

Variant variantOf(const Json &stats, const ModelConfig &config, const std::string &where)
{
    std::string kind = requireString(stats, "subblock_config_class", where);
    const Json &block = memberOf(stats, "subblock_config", where);
    if (kind.ends_with("AttentionConfig"))
        return parseAttentionConfig(block, config, "\"subblock_config\" of " + where);
    if (kind.ends_with("FFNConfig"))
        return parseFfnConfig(block, config, "\"subblock_config\" of " + where);
    throw badInput("\"subblock_config_class\" of " + where + " is \"" + kind.substr(0, 80) + "\", which Tessera does not know");
}

Statistics readStatistics(const Json &json, const ModelConfig &config, const std::string &where)
{
    Statistics statistics;
    statistics.workload = workloadOf(memberOf(json, "args", where), "\"args\" of " + where);
    if (auto fixed = json.find("non_block"); fixed != json.end() && !fixed->is_null())
        statistics.fixed = costsOf(*fixed, "\"non_block\" of " + where);
    statistics.fixed[kAttentionLayers] = {0, false};
    std::size_t number = 0;
    for (const Json &stats : arrayOf(memberOf(json, "subblocks", where), "\"subblocks\" of " + where)) {
        std::string here = "sub-block " + std::to_string(number++) + " of " + where;
        Variant variant = variantOf(stats, config, here);
        std::int64_t layer = integerOr(stats, "parent_layer_index", -1, here);
        if (layer < -1 || layer >= config.layers)
            throw badInput("\"parent_layer_index\" of " + here + " is no layer below " + std::to_string(config.layers));
        if (!statistics.subBlocks.insert({{layer, variant}, costsOf(stats, here)}).second)
            throw badInput(here + " is the same sub-block as another one of its layer");
    }
    return statistics;
}

Costs costsOf(const Statistics &statistics, std::size_t layer, const LayerChoice &choice)
{
    Costs sum;
    bool first = true;
    for (Part part : {Part::Attention, Part::Ffn}) {
        const Variant &variant = choice.of(part);
        auto found = statistics.subBlocks.find({static_cast<std::int64_t>(layer), variant});
        if (found == statistics.subBlocks.end())
            found = statistics.subBlocks.find({-1, variant});
        Costs costs;
        if (found != statistics.subBlocks.end())
            costs = found->second;
        else if (variant.kind == VariantKind::None)
            for (const StatRow &row : kStats)
                costs[row.cost] = {0, false};
        sum = std::exchange(first, false) ? costs : addCosts(sum, costs);
    }
    sum[kAttentionLayers] = {choice.attention.kind == VariantKind::Gqa ? 1 : 0, false};
    return sum;
}

// Scores

struct Metric {
    double mean = 0;
    std::vector<double> samples;
};
using Metrics = std::map<std::string, Metric>;

Metrics readMetrics(const Json &json, const std::string &where)
{
    Metrics metrics;
    if (!json.is_object())
        throw badInput(where + " must be an object");
    for (const auto &[name, value] : json.items()) {
        if (!value.is_object() || !value.contains("avg") || !value["avg"].is_number())
            continue;
        Metric metric{value["avg"].get<double>(), {}};
        if (auto samples = value.find("per_sample"); samples != value.end() && samples->is_array())
            for (const Json &sample : *samples)
                metric.samples.push_back(sample.is_number() ? sample.get<double>() : std::nan(""));
        auto finite = [](double number) { return std::isfinite(number); };
        if (!finite(metric.mean))
            continue;
        if (!std::all_of(metric.samples.begin(), metric.samples.end(), finite))
            metric.samples.clear();
        metrics[name] = std::move(metric);
    }
    return metrics;
}

struct ScoreName {
    std::string name;
    double sign; ///< -1 where more is better.
};
ScoreName scoreNameOf(const std::string &metric)
{
    if (metric == "cosine_embedding_loss_hidden_states")
        return {"hidden_cosine", 1};
    if (metric == "token_accuracy_top_1")
        return {"accuracy_loss", -1};
    bool share = metric.starts_with("token_accuracy_") || metric.starts_with("greedy_teacher_prediction_in_student_");
    return share ? ScoreName{"one_minus_" + metric, -1} : ScoreName{metric, 1};
}

std::map<std::string, Score> scoresOf(const Metrics &child, const Metrics &teacher)
{
    std::map<std::string, Score> scores;
    for (const auto &[name, metric] : child) {
        auto base = teacher.find(name);
        bool known = base != teacher.end(); // a metric that the teacher has not is 0 there
        auto [score, sign] = scoreNameOf(name);
        std::vector<double> samples;
        if (!metric.samples.empty() && (!known || base->second.samples.size() == metric.samples.size()))
            for (std::size_t i = 0; i < metric.samples.size(); ++i)
                samples.push_back(sign * (metric.samples[i] - (known ? base->second.samples[i] : 0)));
        double mean = sign * (metric.mean - (known ? base->second.mean : 0));
        scores[score] = samples.empty() ? Score{mean, std::nullopt, {}} : summariseScore(std::move(samples));
    }
    return scores;
}

/// Files solution_N.json in order of N.
std::vector<fs::path> solutionFiles(const fs::path &folder)
{
    std::map<std::uint64_t, fs::path> files;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        std::string name = it->path().stem().string();
        constexpr std::string_view kPrefix = "solution_";
        bool fits = it->path().extension() == ".json" && name.starts_with(kPrefix) && name.size() > kPrefix.size() && name.size() < kPrefix.size() + 10
            && name.find_first_not_of("0123456789", kPrefix.size()) == std::string::npos;
        if (fits)
            files[std::stoull(name.substr(kPrefix.size()))] = it->path();
        if (files.size() > kMostSolutions)
            throw badInput(folder.string() + " holds more than " + std::to_string(kMostSolutions) + " solutions");
    }
    std::vector<fs::path> sorted;
    for (const auto &[number, file] : files)
        sorted.push_back(file);
    return sorted;
}

/// Scores of replaced blocks by layer and choice.
class Scores {
public:
    Scores(const PuzzletronRun &run, const ModelConfig &config)
    {
        if (!run.teacher.is_null())
            m_teacher = readMetrics(run.teacher, "teacher.json");
        for (const auto &[where, json] : run.solutions) {
            const Json &solution = memberOf(memberOf(json, "puzzle_solution", where), "single_sequence_replacement", "\"puzzle_solution\" of " + where);
            Replacement replacement = readReplacement(solution, config, where);
            m_metrics[{replacement.layer, replacement.choice.attention, replacement.choice.ffn}] = readMetrics(json, where);
        }
    }

    std::map<std::string, Score> of(std::size_t layer, const LayerChoice &choice, const LayerChoice &parent) const
    {
        std::map<std::string, Score> scores;
        if (choice == parent) {
            for (const auto &[place, metrics] : m_metrics)
                for (const auto &[name, metric] : metrics)
                    scores[scoreNameOf(name).name] = {};
            return scores;
        }
        auto found = m_metrics.find({layer, choice.attention, choice.ffn});
        return found == m_metrics.end() ? scores : scoresOf(found->second, m_teacher);
    }

    bool has(const std::string &metric) const
    {
        return std::any_of(m_metrics.begin(), m_metrics.end(), [&](const auto &entry) {
            return std::any_of(entry.second.begin(), entry.second.end(), [&](const auto &named) { return scoreNameOf(named.first).name == metric; });
        });
    }

private:
    Metrics m_teacher;
    std::map<std::tuple<std::size_t, Variant, Variant>, Metrics> m_metrics;
};

} // namespace

BlockLibrary parsePuzzletron(const PuzzletronRun &run)
{
    ModelArchitecture parent = parseHfConfig(run.config, "ckpts/teacher/config.json");
    BlockLibrary library;
    library.name = run.name;
    std::vector<Statistics> statistics;
    std::set<std::string> names;
    for (const Json &entry : arrayOf(run.statistics, "subblock_stats.json")) {
        statistics.push_back(readStatistics(entry, parent.config, "entry " + std::to_string(statistics.size()) + " of subblock_stats.json"));
        std::string base = statistics.back().workload.name, name = base;
        for (int next = 2; !names.insert(name).second; ++next)
            name = base + "-" + std::to_string(next);
        statistics.back().workload.name = name;
        library.workloads.push_back(statistics.back().workload);
        library.fixed.push_back(statistics.back().fixed);
    }
    Scores scores(run, parent.config);
    for (const char *metric : {"hidden_cosine", "lm_loss", "kl_div"})
        if (scores.has(metric))
            library.objectiveDefault = metric;
    for (const LayerChoice &choice : parent.layers)
        library.layers.push_back({choice, {}});
    auto add = [&](std::size_t layer, const LayerChoice &choice) {
        LibraryEntry entry{choice.attention, choice.ffn, {}, scores.of(layer, choice, parent.layers[layer])};
        for (const Statistics &one : statistics)
            entry.costs.push_back(costsOf(one, layer, choice));
        library.layers[layer].entries.push_back(std::move(entry));
    };
    for (std::size_t layer = 0; layer < parent.layers.size(); ++layer)
        add(layer, parent.layers[layer]);
    std::size_t number = 0;
    for (const Json &json : arrayOf(run.replacements, "replacement_library.json")) {
        Replacement replacement =
            readReplacement(json, parent.config, "replacement " + std::to_string(number++) + " of replacement_library.json");
        if (!findPair(library.layers[replacement.layer], replacement.choice))
            add(replacement.layer, replacement.choice);
    }
    return library;
}

BlockLibrary readPuzzletron(const fs::path &folder)
{
    PuzzletronRun run;
    fs::path named = fs::absolute(folder).lexically_normal();
    run.name = (named.filename().empty() ? named.parent_path() : named).filename().string();
    run.config = readJsonFile(folder / "ckpts" / "teacher" / "config.json", kMostBytes);
    run.statistics = readJsonFile(folder / "subblock_stats.json", kMostBytes);
    run.replacements = readJsonFile(folder / "replacement_library.json", kMostBytes);
    const fs::path scores = folder / "single_sequence_replacement_solutions--validation";
    std::error_code error;
    if (fs::exists(scores / "teacher.json", error)) {
        run.teacher = readJsonFile(scores / "teacher.json", kMostBytes);
        for (const fs::path &file : solutionFiles(scores))
            run.solutions.emplace_back(file.filename().string(), readJsonFile(file, kMostBytes));
    }
    return parsePuzzletron(run);
}

} // namespace tessera
