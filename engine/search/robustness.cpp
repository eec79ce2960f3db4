// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/robustness.h"

#include "engine/base/error.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace tessera {
namespace {

/// Of (0, 1], the same on every platform.
double uniform(std::mt19937_64 &random) { return (static_cast<double>(random() >> 11) + 1) * 0x1.0p-53; }

double normal(std::mt19937_64 &random)
{
    const double radius = std::sqrt(-2 * std::log(uniform(random)));
    return radius * std::cos(6.283185307179586 * uniform(random));
}

std::vector<std::size_t> drawWindows(std::size_t count, std::mt19937_64 &random)
{
    std::vector<std::size_t> windows(count);
    for (std::size_t &window : windows)
        window = static_cast<std::size_t>(random() % count);
    return windows;
}

bool isUncertain(const Problem::Option &option) { return option.samples.size() > 1 || option.standardError > 0; }

std::string blockOf(const Problem::Option &option)
{
    std::string block = option.attention ? toString(*option.attention) : "";
    if (option.ffn)
        block += (block.empty() ? "" : "+") + toString(*option.ffn);
    return block;
}

class Bootstrap {
public:
    Bootstrap(const Problem &problem, const Selection &shown, const SolveOptions &options)
        : m_problem(problem), m_shown(shown), m_options(options), m_program(problem.program), m_chosen(problem.options.size(), 0),
          m_kept(problem.library->layers.size())
    {
        m_options.solver.start = shown;
        m_options.solver.onProgress = nullptr;
        m_shownChoices = choicesOf(problem, shown);
    }

    void draw(std::mt19937_64 &random)
    {
        m_options.solver.stop.throwIfRequested();
        m_program.scores = drawScores(m_problem, random);
        ProgramResult best = solveProgram(m_program, m_options);
        m_options.solver.stop.throwIfRequested();
        m_proved = m_proved && best.status == SolveStatus::Optimal;
        m_regrets.push_back(std::max(0.0, scoreOf(m_program, m_shown) - best.objective));
        for (std::int32_t option : best.selection)
            ++m_chosen[static_cast<std::size_t>(option)];
        const std::vector<LayerChoice> choices = choicesOf(m_problem, best.selection);
        for (std::size_t layer = 0; layer < choices.size(); ++layer) {
            m_kept[layer].first += choices[layer].attention == m_shownChoices[layer].attention;
            m_kept[layer].second += choices[layer].ffn == m_shownChoices[layer].ffn;
        }
    }

    Robustness result()
    {
        Robustness robustness;
        robustness.draws = static_cast<int>(m_regrets.size());
        robustness.proved = m_proved;
        const auto draws = static_cast<double>(m_regrets.size());
        for (auto [attention, ffn] : m_kept)
            robustness.layers.push_back({attention / draws, ffn / draws});
        for (double regret : m_regrets)
            robustness.regretMean += regret / draws;
        std::sort(m_regrets.begin(), m_regrets.end());
        robustness.regretP95 = m_regrets[static_cast<std::size_t>(std::ceil(0.95 * draws)) - 1];
        for (std::size_t number = 0; number < m_chosen.size(); ++number) {
            const Problem::Option &option = m_problem.options[number];
            const double share = m_chosen[number] / draws, worth = option.standardError * 4 * share * (1 - share);
            if (worth > 0)
                robustness.needs.push_back({option.layer, blockOf(option), option.standardError, share, worth});
        }
        std::stable_sort(robustness.needs.begin(), robustness.needs.end(),
                         [](const Robustness::Need &a, const Robustness::Need &b) { return a.worth > b.worth; });
        return robustness;
    }

private:
    const Problem &m_problem;
    const Selection &m_shown;
    SolveOptions m_options;
    Program m_program;
    std::vector<LayerChoice> m_shownChoices;
    std::vector<int> m_chosen;                 ///< By option: in how many draws.
    std::vector<std::pair<int, int>> m_kept;   ///< By layer: draws that keep the shown attention and FFN.
    std::vector<double> m_regrets;
    bool m_proved = true;
};

} // namespace

std::vector<double> drawScores(const Problem &problem, std::mt19937_64 &random)
{
    std::map<std::size_t, std::vector<std::size_t>> windows;
    std::vector<double> scores = problem.program.scores;
    for (std::size_t number = 0; number < scores.size(); ++number) {
        const Problem::Option &option = problem.options[number];
        const std::size_t count = option.samples.size();
        if (count < 2) {
            if (option.standardError > 0)
                scores[number] += option.standardError * normal(random);
            continue;
        }
        auto [drawn, isNew] = windows.try_emplace(count);
        if (isNew)
            drawn->second = drawWindows(count, random);
        double difference = 0, mean = 0;
        for (double sample : option.samples)
            mean += sample / static_cast<double>(count);
        for (std::size_t window : drawn->second)
            difference += (option.samples[window] - mean) / static_cast<double>(count);
        scores[number] += difference;
    }
    return scores;
}

Robustness bootstrap(const Problem &problem, const Selection &shown, const BootstrapRequest &request, const SolveOptions &options)
{
    if (request.draws < 1 || request.draws > 100'000)
        throw badInput("a bootstrap needs between 1 and 100000 draws, not " + std::to_string(request.draws));
    if (std::none_of(problem.options.begin(), problem.options.end(), isUncertain))
        throw badInput("the scores \"" + problem.objective + "\" have neither samples nor standard errors: nothing can be said of how sure they are");
    std::mt19937_64 random(request.seed);
    Bootstrap draws(problem, shown, options);
    for (int draw = 0; draw < request.draws; ++draw)
        draws.draw(random);
    return draws.result();
}

Json toJson(const Robustness &robustness)
{
    Json survival = Json::array(), needs = Json::array();
    for (std::size_t layer = 0; layer < robustness.layers.size(); ++layer)
        survival.push_back({{"layer", layer}, {"attention", robustness.layers[layer].attention}, {"ffn", robustness.layers[layer].ffn}});
    for (const Robustness::Need &need : robustness.needs)
        needs.push_back({{"layer", need.layer}, {"block", need.block}, {"standard_error", need.standardError}, {"share", need.share}, {"worth", need.worth}});
    return {{"draws", robustness.draws},
            {"regret_mean", robustness.regretMean},
            {"regret_p95", robustness.regretP95},
            {"survival", std::move(survival)},
            {"measure_next", std::move(needs)},
            {"proved", robustness.proved}};
}

} // namespace tessera
