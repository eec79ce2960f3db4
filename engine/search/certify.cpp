// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/certificate.h"

#include "engine/base/error.h"
#include "engine/search/lagrangian.h"
#include "engine/search/proof_state.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace tessera {
namespace {

class TreeBuilder {
public:
    /// target: every node's bound is to reach it; a little above what the certificate claims.
    TreeBuilder(const Problem &problem, double target, const CertifyOptions &options)
        : m_problem(problem), m_program(problem.program), m_target(target), m_options(options)
    {
        m_program.rules.clear();
        m_program.auxiliaryScores.clear();
    }

    /// Returns whether the whole tree was closed; m_tree is it.
    bool build()
    {
        m_tree.emplace_back();
        std::vector<std::pair<std::int32_t, std::vector<char>>> open;
        open.emplace_back(0, std::vector<char>(m_program.options(), 1));
        while (!open.empty()) {
            m_options.stop.throwIfRequested();
            auto [node, keep] = std::move(open.back());
            open.pop_back();
            const std::int32_t branch = close(node, keep);
            if (branch == kClosed)
                continue;
            if (branch == kBetter || m_tree.size() + 2 > m_options.nodes)
                return false;
            std::vector<char> without = keep;
            const std::size_t slot = slotOf(branch);
            for (std::int32_t option = m_program.begin[slot]; option < m_program.begin[slot + 1]; ++option)
                keep[static_cast<std::size_t>(option)] = option == branch;
            without[static_cast<std::size_t>(branch)] = 0;
            const auto next = static_cast<std::int32_t>(m_tree.size());
            Certificate::Node &parent = m_tree[static_cast<std::size_t>(node)];
            const Problem::Option &option = m_problem.options[static_cast<std::size_t>(branch)];
            parent.layer = static_cast<std::int32_t>(option.layer);
            parent.block = blockOf(option);
            parent.with = next;
            parent.without = next + 1;
            m_tree.resize(m_tree.size() + 2);
            open.emplace_back(next, std::move(keep));
            open.emplace_back(next + 1, std::move(without));
        }
        return true;
    }

    std::vector<Certificate::Node> takeTree() { return std::move(m_tree); }
    long double rootBound() const { return m_rootBound; }

private:
    std::size_t slotOf(std::int32_t option) const
    {
        return static_cast<std::size_t>(std::upper_bound(m_program.begin.begin(), m_program.begin.end(), option) - m_program.begin.begin()) - 1;
    }

    static std::string blockOf(const Problem::Option &option)
    {
        std::string block = option.attention ? toString(*option.attention) : "";
        if (option.ffn)
            block += (block.empty() ? "" : "+") + toString(*option.ffn);
        return block;
    }

    static constexpr std::int32_t kClosed = -1;
    static constexpr std::int32_t kBetter = -2; ///< One selection is left, and it scores less: only a rule can forbid it.

    /// Closes a node or names the option to branch on; keep loses what cannot be part of a better child.
    std::int32_t close(std::int32_t node, std::vector<char> &keep)
    {
        if (!dropWhatCannotFit(m_program, keep))
            return kClosed;
        std::vector<double> prices = pricesFor(keep);
        long double bound = evaluate(prices, keep);
        for (int stretch = 0; m_dualInfeasible && bound < m_target && stretch < 40; ++stretch) {
            for (double &price : prices)
                price *= 4;
            bound = evaluate(prices, keep);
        }
        if (node == 0)
            m_rootBound = bound;
        m_tree[static_cast<std::size_t>(node)].prices = prices;
        if (bound >= m_target)
            return kClosed;
        for (std::size_t slot = 0; slot < m_program.slots(); ++slot)
            for (std::int32_t option = m_program.begin[slot]; option < m_program.begin[slot + 1]; ++option)
                if (bound + (m_values[static_cast<std::size_t>(option)] - m_least[slot]) >= m_target)
                    keep[static_cast<std::size_t>(option)] = 0;
        if (!dropWhatCannotFit(m_program, keep))
            return kClosed;
        return chooseBranch(keep);
    }

    /// The prices of the linear relaxation of what is kept.
    std::vector<double> pricesFor(const std::vector<char> &keep)
    {
        RestrictedProgram part = *restricted(m_program, keep);
        CompactProgram compacted = compact(part.program);
        m_capacities.clear();
        for (std::size_t side = 0; side < compacted.sides.size(); ++side)
            m_capacities.push_back(compacted.capacity(part.program, side));
        relax(compacted, m_capacities, m_relaxed);
        m_dual.clear();
        m_dual.optimise(compacted, m_relaxed);
        m_dualInfeasible = m_dual.infeasible();
        std::vector<double> prices(m_program.rows.size(), 0.0);
        if (m_relaxed.infeasible)
            return prices;
        for (std::size_t i = 0; i < m_relaxed.constraints(); ++i) {
            CompactProgram::Side side = compacted.sides[m_relaxed.sides[i]];
            prices[side.row] += (side.upper ? 1 : -1) * m_dual.multipliers()[i] * m_relaxed.scale[i];
        }
        return prices;
    }

    long double evaluate(const std::vector<double> &prices, const std::vector<char> &keep)
    {
        m_values.assign(m_program.options(), 0.0L);
        m_least.assign(m_program.slots(), 0.0L);
        long double bound = 0;
        for (std::size_t row = 0; row < prices.size(); ++row)
            if (prices[row] != 0)
                bound -= static_cast<long double>(prices[row]) *
                         static_cast<long double>(prices[row] > 0 ? m_program.rows[row].upper : m_program.rows[row].lower);
        for (std::size_t slot = 0; slot < m_program.slots(); ++slot) {
            long double least = std::numeric_limits<long double>::infinity();
            for (std::int32_t number = m_program.begin[slot]; number < m_program.begin[slot + 1]; ++number) {
                const auto option = static_cast<std::size_t>(number);
                if (!keep[option])
                    continue;
                long double value = m_program.scores[option];
                for (std::size_t row = 0; row < prices.size(); ++row)
                    if (prices[row] != 0)
                        value += static_cast<long double>(prices[row]) * static_cast<long double>(m_program.rows[row].amounts[option]);
                m_values[option] = value;
                least = std::min(least, value);
            }
            m_least[slot] = least;
            bound += least;
        }
        return bound;
    }

    /// Of the slots that are most torn between two options the one where most is at stake.
    std::int32_t chooseBranch(const std::vector<char> &keep) const
    {
        std::int32_t best = -1;
        long double bestKey = std::numeric_limits<long double>::infinity(), onlyScore = 0;
        for (std::size_t slot = 0; slot < m_program.slots(); ++slot) {
            std::int32_t first = -1, second = -1;
            for (std::int32_t option = m_program.begin[slot]; option < m_program.begin[slot + 1]; ++option) {
                if (!keep[static_cast<std::size_t>(option)])
                    continue;
                if (first < 0 || valueOf(option) < valueOf(first))
                    second = std::exchange(first, option);
                else if (second < 0 || valueOf(option) < valueOf(second))
                    second = option;
            }
            onlyScore += m_program.scores[static_cast<std::size_t>(first)];
            if (second < 0)
                continue;
            const long double stake = std::abs(m_program.scores[static_cast<std::size_t>(first)] - m_program.scores[static_cast<std::size_t>(second)]);
            const long double key = (valueOf(second) - valueOf(first)) / (stake + 1e-30L) - stake * 1e-12L;
            if (key < bestKey) {
                bestKey = key;
                best = first;
            }
        }
        if (best < 0)
            return onlyScore >= m_target ? kClosed : kBetter;
        return best;
    }
    long double valueOf(std::int32_t option) const { return m_values[static_cast<std::size_t>(option)]; }

    const Problem &m_problem;
    Program m_program;
    long double m_target;
    const CertifyOptions &m_options;
    std::vector<Certificate::Node> m_tree;
    Relaxed m_relaxed;
    Lagrangian m_dual;
    bool m_dualInfeasible = false;
    std::vector<Amount> m_capacities;
    std::vector<long double> m_values, m_least;
    long double m_rootBound = 0;
};

} // namespace

Certificate certify(const Problem &problem, const ProgramResult &result, const CertifyOptions &options)
{
    if (result.status == SolveStatus::Unknown)
        throw failed("there is nothing to certify: the search stopped before it found a child");
    Certificate certificate;
    certificate.scenario = problem.scenario;
    certificate.metric = problem.objective;
    const double largest = largestScoreOf(problem.program), scale = std::max(std::abs(largest), 1e-300);
    double target = 0;
    if (result.selection.empty()) {
        certificate.bound = largest + 1e-9 * scale;
        target = certificate.bound + 1e-9 * scale;
    } else {
        certificate.choices = choicesOf(problem, result.selection);
        certificate.objective = result.objective;
        for (const Problem::BoundLimit &limit : problem.limits)
            certificate.totals.push_back(amountOf(problem.program.rows[limit.row], result.selection) + problem.rows[limit.row].fixed);
        // Half of what may be lost is left to the rounding of this construction; the checker has none.
        const double tolerance = std::max(4e-10 * std::abs(result.objective), 1e-15 * scale);
        certificate.bound = std::min(result.bound, result.objective) - tolerance;
        target = certificate.bound + tolerance / 2;
    }
    TreeBuilder builder(problem, target, options);
    if (builder.build()) {
        certificate.tree = builder.takeTree();
        return certificate;
    }
    if (result.selection.empty())
        throw failed("the proof that no child exists is larger than " + std::to_string(options.nodes) + " nodes and was given up");
    certificate.bound = static_cast<double>(builder.rootBound()) - 1e-12 * scale;
    certificate.tree.assign(1, builder.takeTree().front());
    certificate.tree.front().layer = -1;
    certificate.tree.front().block.clear();
    certificate.tree.front().with = certificate.tree.front().without = -1;
    return certificate;
}

} // namespace tessera
