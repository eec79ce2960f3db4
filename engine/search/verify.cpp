// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/verify.h"

#include "engine/base/error.h"
#include "engine/cost/totals.h"
#include "engine/search/proof_state.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include <gmpxx.h>

namespace tessera {
namespace {

/// A finite double as mantissa * 2^exponent, the mantissa odd or 0.
std::pair<std::int64_t, int> split(double value)
{
    if (value == 0)
        return {0, 0};
    int exponent = 0;
    auto mantissa = static_cast<std::int64_t>(std::ldexp(std::frexp(value, &exponent), 53));
    exponent -= 53;
    while (mantissa % 2 == 0) {
        mantissa /= 2;
        ++exponent;
    }
    return {mantissa, exponent};
}

mpz_class whole(std::int64_t value)
{
    static_assert(sizeof(long) == sizeof(std::int64_t));
    return mpz_class(static_cast<long>(value));
}

/// The tree of a proof in whole numbers: scores, prices and the bound times one power of two that makes all of them whole.
class TreeChecker {
public:
    TreeChecker(const Problem &problem, const Certificate &certificate)
        : m_problem(problem), m_program(problem.program), m_certificate(certificate)
    {
        takeExponent(certificate.bound);
        for (double score : m_program.scores)
            takeExponent(score);
        for (const Certificate::Node &node : certificate.tree)
            for (double price : node.prices)
                takeExponent(price);
        for (double score : m_program.scores)
            m_scores.push_back(exact(score));
        m_bound = exact(certificate.bound);
    }

    /// An empty string, or why the tree proves nothing.
    std::string check()
    {
        std::vector<char> seen(m_certificate.tree.size(), 0);
        m_open.emplace_back(0, std::vector<char>(m_program.options(), 1));
        while (!m_open.empty()) {
            auto [number, keep] = std::move(m_open.back());
            m_open.pop_back();
            if (std::exchange(seen[static_cast<std::size_t>(number)], 1))
                return "node " + std::to_string(number) + " of the proof stands in two places";
            std::string why = follow(m_certificate.tree[static_cast<std::size_t>(number)], keep);
            if (!why.empty())
                return "node " + std::to_string(number) + " of the proof " + why;
        }
        return "";
    }

    /// Whether the bound exceeds every sum of scores.
    bool exceedsAllScores() const
    {
        mpz_class most = 0;
        for (std::size_t slot = 0; slot < m_program.slots(); ++slot)
            most += *std::max_element(m_scores.begin() + m_program.begin[slot], m_scores.begin() + m_program.begin[slot + 1]);
        return m_bound > most;
    }

private:
    void takeExponent(double value) { m_shift = std::max(m_shift, -split(value).second); }
    mpz_class exact(double value) const
    {
        auto [mantissa, exponent] = split(value);
        mpz_class result = whole(mantissa);
        result <<= static_cast<unsigned long>(exponent + m_shift);
        return result;
    }

    std::string follow(const Certificate::Node &node, std::vector<char> &keep)
    {
        if (!dropWhatCannotFit(m_program, keep))
            return "";
        if (!node.prices.empty()) {
            if (node.prices.size() != m_program.rows.size())
                return "has prices of another number of rows";
            for (std::size_t row = 0; row < node.prices.size(); ++row)
                if ((node.prices[row] > 0 && m_program.rows[row].upper == kNoUpperBound) ||
                    (node.prices[row] < 0 && m_program.rows[row].lower == kNoLowerBound))
                    return "prices a limit that is not there";
            if (boundReaches(node.prices, keep) || !dropWhatCannotFit(m_program, keep))
                return "";
        }
        return node.layer < 0 ? lastChildIsNoBetter(keep) : branch(node, keep);
    }

    /// Whether the prices' lower bound reaches the claim; drops the options that it rules out.
    bool boundReaches(const std::vector<double> &prices, std::vector<char> &keep)
    {
        mpz_class bound = 0;
        std::vector<mpz_class> exactPrices;
        for (std::size_t row = 0; row < prices.size(); ++row) {
            exactPrices.push_back(exact(prices[row]));
            if (prices[row] != 0)
                bound -= exactPrices.back() * whole(prices[row] > 0 ? m_program.rows[row].upper : m_program.rows[row].lower);
        }
        m_values.resize(m_program.options());
        std::vector<mpz_class> least(m_program.slots());
        for (std::size_t slot = 0; slot < m_program.slots(); ++slot) {
            bool any = false;
            for (std::int32_t option = m_program.begin[slot]; option < m_program.begin[slot + 1]; ++option) {
                const auto number = static_cast<std::size_t>(option);
                if (!keep[number])
                    continue;
                mpz_class &value = m_values[number];
                value = m_scores[number];
                for (std::size_t row = 0; row < prices.size(); ++row)
                    if (prices[row] != 0)
                        value += exactPrices[row] * whole(m_program.rows[row].amounts[number]);
                if (!any || value < least[slot])
                    least[slot] = value;
                any = true;
            }
            bound += least[slot];
        }
        if (bound >= m_bound)
            return true;
        const mpz_class room = m_bound - bound;
        for (std::size_t slot = 0; slot < m_program.slots(); ++slot)
            for (std::int32_t option = m_program.begin[slot]; option < m_program.begin[slot + 1]; ++option) {
                const auto number = static_cast<std::size_t>(option);
                if (keep[number] && m_values[number] - least[slot] >= room)
                    keep[number] = 0;
            }
        return false;
    }

    std::string lastChildIsNoBetter(const std::vector<char> &keep) const
    {
        mpz_class score = 0;
        for (std::size_t slot = 0; slot < m_program.slots(); ++slot) {
            auto first = keep.begin() + m_program.begin[slot], last = keep.begin() + m_program.begin[slot + 1];
            if (std::count(first, last, 1) != 1)
                return "ends while several children are left";
            score += m_scores[static_cast<std::size_t>(std::find(first, last, 1) - keep.begin())];
        }
        return score >= m_bound ? "" : "ends with a child that scores less than the bound";
    }

    std::string branch(const Certificate::Node &node, const std::vector<char> &keep)
    {
        if (node.layer >= static_cast<std::int32_t>(m_problem.library->layers.size()))
            return "branches on a layer that is not there";
        const LayerBlock block = parseLayerBlock(std::to_string(node.layer) + ":" + node.block);
        const LayerChoice &parent = m_problem.library->layers[static_cast<std::size_t>(node.layer)].parent;
        auto same = [&](const std::optional<Variant> &variant, const std::optional<LayerBlock::Choice> &choice, Part part) {
            return variant && choice && *variant == choice->in(parent, part);
        };
        std::vector<char> with = keep, without = keep;
        int deciding = 0;
        for (std::size_t slot = 0; slot < m_program.slots(); ++slot) {
            const Problem::Option &first = m_problem.options[static_cast<std::size_t>(m_program.begin[slot])];
            // The block must name exactly what the slot decides: then "with" and "without" are all there is.
            if (first.layer != node.layer || first.attention.has_value() != block.attention.has_value() || first.ffn.has_value() != block.ffn.has_value())
                continue;
            ++deciding;
            for (std::int32_t number = m_program.begin[slot]; number < m_program.begin[slot + 1]; ++number) {
                const Problem::Option &option = m_problem.options[static_cast<std::size_t>(number)];
                const bool agrees = (!option.attention || same(option.attention, block.attention, Part::Attention)) &&
                                    (!option.ffn || same(option.ffn, block.ffn, Part::Ffn));
                (agrees ? without : with)[static_cast<std::size_t>(number)] = 0;
            }
        }
        if (deciding != 1)
            return "branches on a block that decides nothing";
        m_open.emplace_back(node.with, std::move(with));
        m_open.emplace_back(node.without, std::move(without));
        return "";
    }

    const Problem &m_problem;
    const Program &m_program;
    const Certificate &m_certificate;
    int m_shift = 0;
    std::vector<mpz_class> m_scores, m_values;
    mpz_class m_bound;
    std::vector<std::pair<std::int32_t, std::vector<char>>> m_open;
};

/// Why the choice is not what the certificate says, or an empty string.
std::string checkChoice(const Problem &problem, const Certificate &certificate)
{
    if (certificate.choices.size() != problem.library->layers.size())
        return "it has another number of layers than the library";
    std::optional<Selection> selection = selectionOf(problem, certificate.choices);
    if (!selection)
        return "it chooses a block that the scenario or the library does not allow";
    if (certificate.totals.size() != problem.limits.size())
        return "it has another number of totals than limits";
    for (std::size_t i = 0; i < problem.limits.size(); ++i) {
        const Problem::BoundLimit &limit = problem.limits[i];
        const CostAxis &axis = problem.rows[limit.row].axis;
        const std::string name = "the total of " + axis.cost + " under \"" + limit.limit.text + "\"";
        auto total = totalCost(*problem.library, certificate.choices, axis.cost, axis.workload);
        if (!total || total->amount != certificate.totals[i])
            return name + " is not what the library's rows add up to";
        if (limit.upper ? total->amount > limit.total : total->amount < limit.total)
            return name + " breaks the limit";
    }
    if (!holds(problem, *selection))
        return "the choice breaks a rule";
    if (scoreOf(problem.program, *selection) != certificate.objective)
        return "the objective is not what the library's scores add up to";
    if (certificate.bound > certificate.objective)
        return "the bound lies above the objective";
    return "";
}

} // namespace

Verdict verify(const Json &json, const std::shared_ptr<const BlockLibrary> &library, const std::string &where)
{
    bool damaged = false;
    const Certificate certificate = parseCertificate(json, where, damaged);
    Verdict verdict{false, false, certificate.choices.empty(), certificate.objective, certificate.bound, ""};
    if (damaged) {
        verdict.reason = "the certificate was changed after it was written: its hash is another one";
        return verdict;
    }
    const Problem problem = makeProblem(library, certificate.scenario);
    if (problem.objective != certificate.metric)
        verdict.reason = "its metric is not the scenario's";
    else if (!verdict.infeasible)
        verdict.reason = checkChoice(problem, certificate);
    if (!verdict.reason.empty())
        return verdict;
    TreeChecker checker(problem, certificate);
    verdict.reason = checker.check();
    verdict.valid = verdict.reason.empty();
    if (!verdict.valid)
        return verdict;
    if (verdict.infeasible) {
        verdict.proved = checker.exceedsAllScores();
    } else {
        const double allowed = std::max(1e-9 * std::abs(certificate.objective), 1e-14 * std::abs(largestScoreOf(problem.program)));
        verdict.proved = certificate.objective - certificate.bound <= allowed;
    }
    if (!verdict.proved)
        verdict.reason = problem.program.rules.empty()
                             ? "the proof leaves a gap between bound and objective"
                             : "the rules that only the general solver looked at are not part of the proof";
    return verdict;
}

Json toJson(const Verdict &verdict)
{
    return {{"valid", verdict.valid},
            {"proved", verdict.proved},
            {"infeasible", verdict.infeasible},
            {"objective", verdict.infeasible ? Json() : Json(verdict.objective)},
            {"bound", verdict.bound},
            {"reason", verdict.reason}};
}

} // namespace tessera
