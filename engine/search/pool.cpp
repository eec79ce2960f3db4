// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/pool.h"

#include "engine/base/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <queue>
#include <utility>

namespace tessera {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

SolveOptions quiet(const SolveOptions &options)
{
    SolveOptions inner = options;
    inner.solver.start.clear();
    inner.solver.onProgress = nullptr;
    inner.explainInfeasible = false;
    return inner;
}

/// The selections that agree with another one in the first slots and avoid some options in the slot behind.
struct Subspace {
    std::shared_ptr<const Selection> like;
    std::size_t fixed = 0;
    std::vector<std::int32_t> avoided;
    double bound = -kInfinity;
    ProgramResult best; ///< Its best selection, once solved.
    bool solved = false;
};

/// The best selections one after the other: each subspace that is left when the best of one is taken out of it has its own
/// best (Lawler, Management Science 18, 1972). A subspace is solved only when its bound comes up.
class BestFirst {
public:
    BestFirst(const Program &program, const SolveOptions &options) : m_program(program), m_options(quiet(options))
    {
        push({nullptr, 0, {}, -kInfinity, {}, false});
    }

    /// The next selection, or an empty one at the end.
    ProgramResult next()
    {
        while (!m_queue.empty()) {
            m_options.solver.stop.throwIfRequested();
            Subspace subspace = pop();
            if (!subspace.solved) {
                solve(subspace);
                if (!subspace.best.selection.empty())
                    push(std::move(subspace));
                continue;
            }
            ProgramResult result = subspace.best;
            split(subspace);
            return result;
        }
        return {};
    }

private:
    struct Later {
        bool operator()(const std::pair<double, std::size_t> &a, const std::pair<double, std::size_t> &b) const { return a > b; }
    };

    void push(Subspace subspace)
    {
        const double key = subspace.solved ? subspace.best.objective : subspace.bound;
        m_queue.emplace(key, m_subspaces.size());
        m_subspaces.push_back(std::move(subspace));
    }

    Subspace pop()
    {
        const std::size_t index = m_queue.top().second;
        m_queue.pop();
        return std::move(m_subspaces[index]);
    }

    void solve(Subspace &subspace)
    {
        std::vector<char> keep(m_program.options(), 1);
        for (std::size_t slot = 0; slot < subspace.fixed; ++slot)
            for (std::int32_t option = m_program.begin[slot]; option < m_program.begin[slot + 1]; ++option)
                keep[static_cast<std::size_t>(option)] = option == (*subspace.like)[slot];
        for (std::int32_t option : subspace.avoided)
            keep[static_cast<std::size_t>(option)] = 0;
        auto part = restricted(m_program, keep);
        subspace.solved = true;
        if (!part)
            return;
        subspace.best = solveProgram(part->program, m_options);
        subspace.best.selection = part->inOriginal(subspace.best.selection);
        if (m_values.empty())
            priceOptions(subspace.best.prices);
    }

    /// Takes the best selection out of a subspace: the rest is one subspace for each slot in which it may first differ.
    void split(const Subspace &subspace)
    {
        auto best = std::make_shared<const Selection>(subspace.best.selection);
        for (std::size_t slot = subspace.fixed; slot < m_program.slots(); ++slot) {
            Subspace rest{best, slot, slot == subspace.fixed ? subspace.avoided : std::vector<std::int32_t>{}, 0, {}, false};
            rest.avoided.push_back((*best)[slot]);
            rest.bound = std::max(boundOf(rest), subspace.best.bound);
            if (rest.bound < kInfinity)
                push(std::move(rest));
        }
    }

    /// Score plus priced amounts of every option: with them any part of the program has a Lagrangian bound.
    void priceOptions(const std::vector<double> &prices)
    {
        m_values = m_program.scores;
        for (std::size_t row = 0; row < m_program.rows.size(); ++row) {
            if (prices[row] == 0)
                continue;
            const Program::Row &bounds = m_program.rows[row];
            m_constant -= prices[row] * static_cast<double>(prices[row] > 0 ? bounds.upper : bounds.lower);
            for (std::size_t option = 0; option < m_values.size(); ++option)
                m_values[option] += prices[row] * static_cast<double>(bounds.amounts[option]);
        }
        m_leastFrom.assign(m_program.slots() + 1, 0.0);
        for (std::size_t slot = m_program.slots(); slot-- > 0;) {
            auto first = m_values.begin() + m_program.begin[slot], last = m_values.begin() + m_program.begin[slot + 1];
            m_leastFrom[slot] = m_leastFrom[slot + 1] + *std::min_element(first, last);
            m_error += 1e-12 * (std::abs(*std::min_element(first, last)) + std::abs(*std::max_element(first, last)));
        }
        m_error += 1e-12 * std::abs(m_constant);
    }

    double boundOf(const Subspace &subspace) const
    {
        double bound = m_constant - m_error + m_leastFrom[subspace.fixed + 1], least = kInfinity;
        for (std::size_t slot = 0; slot < subspace.fixed; ++slot)
            bound += m_values[static_cast<std::size_t>((*subspace.like)[slot])];
        for (std::int32_t option = m_program.begin[subspace.fixed]; option < m_program.begin[subspace.fixed + 1]; ++option)
            if (std::find(subspace.avoided.begin(), subspace.avoided.end(), option) == subspace.avoided.end())
                least = std::min(least, m_values[static_cast<std::size_t>(option)]);
        return bound + least;
    }

    const Program &m_program;
    SolveOptions m_options;
    std::vector<double> m_values, m_leastFrom; ///< By option; by slot, of it and all behind it.
    double m_constant = 0, m_error = 0;
    std::vector<Subspace> m_subspaces;
    std::priority_queue<std::pair<double, std::size_t>, std::vector<std::pair<double, std::size_t>>, Later> m_queue;
};

/// Forbids a selection to a program that has general rules anyway.
void forbid(Program &program, const Selection &selection)
{
    Program::Rule rule{{}, {}, kNoLowerBound, static_cast<std::int64_t>(selection.size()) - 1};
    for (std::int32_t option : selection)
        rule.options.push_back({option, 1});
    program.rules.push_back(std::move(rule));
}

class PoolFinder {
public:
    PoolFinder(const Problem &problem, const PoolRequest &request, const SolveOptions &options,
               const std::function<void(const Solution &)> &onSolution)
        : m_problem(problem), m_request(request), m_options(options), m_onSolution(onSolution)
    {
    }

    Pool find()
    {
        if (m_request.distance > 1)
            findDistant();
        else if (m_problem.program.rules.empty())
            findBest();
        else
            findByForbidding();
        m_pool.consensus = consensusOf(m_pool.solutions);
        return std::move(m_pool);
    }

private:
    bool full() const { return static_cast<int>(m_pool.solutions.size()) >= m_request.count; }

    /// Returns whether there was one.
    bool take(const Problem &problem, const ProgramResult &result)
    {
        m_options.solver.stop.throwIfRequested();
        if (result.selection.empty()) {
            m_pool.complete = result.status == SolveStatus::Infeasible;
            return false;
        }
        SolveOptions plain = quiet(m_options);
        m_pool.solutions.push_back(describeAnswer(problem, result, plain));
        if (m_onSolution)
            m_onSolution(m_pool.solutions.back());
        return true;
    }

    void findBest()
    {
        BestFirst best(m_problem.program, m_options);
        while (!full()) {
            ProgramResult result = best.next();
            if (result.selection.empty())
                result.status = SolveStatus::Infeasible;
            if (!take(m_problem, result))
                return;
        }
    }

    void findByForbidding()
    {
        Program program = m_problem.program;
        while (!full()) {
            ProgramResult result = solveProgram(program, quiet(m_options));
            if (!take(m_problem, result))
                return;
            forbid(program, result.selection);
        }
    }

    void findDistant()
    {
        Scenario scenario = m_problem.scenario;
        while (!full()) {
            Problem problem = makeProblem(m_problem.library, scenario);
            if (!take(problem, solveProgram(problem.program, quiet(m_options))))
                return;
            scenario.rules.push_back("differ=" + std::to_string(m_request.distance) + ":" +
                                     choicesText(m_pool.solutions.back().choices));
        }
    }

    const Problem &m_problem;
    const PoolRequest &m_request;
    const SolveOptions &m_options;
    const std::function<void(const Solution &)> &m_onSolution;
    Pool m_pool;
};

/// The most frequent value (the first of equals), and its share.
std::pair<Variant, double> mostFrequent(const std::map<Variant, std::size_t> &counts, std::size_t total)
{
    auto most = std::max_element(counts.begin(), counts.end(), [](const auto &a, const auto &b) { return a.second < b.second; });
    return {most->first, static_cast<double>(most->second) / static_cast<double>(total)};
}

} // namespace

Pool findPool(const Problem &problem, const PoolRequest &request, const SolveOptions &options,
              const std::function<void(const Solution &)> &onSolution)
{
    if (request.count < 1 || request.count > 10'000)
        throw badInput("a pool holds between 1 and 10000 children, not " + std::to_string(request.count));
    const auto layers = static_cast<std::int64_t>(problem.library->layers.size());
    if (request.distance < 1 || request.distance > layers)
        throw badInput("children can differ in 1 to " + std::to_string(layers) + " layers, not " + std::to_string(request.distance));
    return PoolFinder(problem, request, options, onSolution).find();
}

std::vector<Pool::Consensus> consensusOf(const std::vector<Solution> &solutions)
{
    std::vector<Pool::Consensus> consensus;
    for (std::size_t layer = 0; !solutions.empty() && layer < solutions.front().choices.size(); ++layer) {
        std::map<Variant, std::size_t> attentions, ffns;
        std::map<std::pair<Variant, Variant>, std::size_t> pairs;
        for (const Solution &solution : solutions) {
            const LayerChoice &choice = solution.choices[layer];
            ++attentions[choice.attention];
            ++ffns[choice.ffn];
            ++pairs[{choice.attention, choice.ffn}];
        }
        auto [attention, attentionShare] = mostFrequent(attentions, solutions.size());
        auto [ffn, ffnShare] = mostFrequent(ffns, solutions.size());
        consensus.push_back({{attention, ffn}, attentionShare, ffnShare, pairs.size()});
    }
    return consensus;
}

Json toJson(const Pool &pool)
{
    Json solutions = Json::array(), consensus = Json::array();
    for (const Solution &solution : pool.solutions)
        solutions.push_back(toJson(solution));
    for (std::size_t layer = 0; layer < pool.consensus.size(); ++layer) {
        const Pool::Consensus &agreed = pool.consensus[layer];
        consensus.push_back({{"layer", layer},
                             {"attention", shortName(agreed.choice.attention)},
                             {"ffn", shortName(agreed.choice.ffn)},
                             {"attention_share", agreed.attention},
                             {"ffn_share", agreed.ffn},
                             {"distinct", agreed.distinct}});
    }
    return {{"solutions", std::move(solutions)}, {"consensus", std::move(consensus)}, {"complete", pool.complete}};
}

} // namespace tessera
