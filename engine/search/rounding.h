// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/lagrangian.h"

#include <cstdint>
#include <vector>

namespace tessera {

/// Quick good selections from multipliers: what the preview shows, and where the proof starts. Selections hold options of
/// the relaxed program. Keeps its memory between calls.
class Rounding {
public:
    /// Both must outlive this and may change between calls.
    Rounding(const CompactProgram &program, const Relaxed &relaxed) : m_program(program), m_relaxed(relaxed) {}

    /// The minimiser at growing multiples of the multipliers until it keeps all constraints; failing that, repaired.
    /// Returns false where none is found.
    bool round(const std::vector<double> &multipliers, std::vector<std::int32_t> &selection);
    /// Makes a selection keep all constraints by the cheapest changes; false where it gets stuck.
    bool repair(const std::vector<double> &multipliers, std::vector<std::int32_t> &selection);
    /// Exchanges one option, or two at once, while that lowers the score and keeps all constraints.
    void improve(std::vector<std::int32_t> &selection);

    double score(const std::vector<std::int32_t> &selection) const;

private:
    struct Move {
        std::size_t slot = 0;
        std::int32_t option = 0;
        double gain = 0; ///< By how much the score changes.
    };
    Amount amount(std::size_t constraint, std::int32_t option) const
    {
        return m_program.amounts[m_relaxed.sides[constraint]][static_cast<std::size_t>(m_relaxed.option[static_cast<std::size_t>(option)])];
    }
    void computeSlack(const std::vector<std::int32_t> &selection);
    bool keepsAll() const;
    bool fits(const Move &move, std::int32_t current) const;
    void apply(std::vector<std::int32_t> &selection, std::size_t slot, std::int32_t option);
    bool improveByOne(std::vector<std::int32_t> &selection);
    bool improveByTwo(std::vector<std::int32_t> &selection);
    void collectMoves(const std::vector<std::int32_t> &selection);

    const CompactProgram &m_program;
    const Relaxed &m_relaxed;
    std::vector<Amount> m_slack; ///< By constraint; may be negative.
    std::vector<double> m_scaled, m_values;
    std::vector<Move> m_moves;
    std::vector<Amount> m_changes;
    std::vector<double> m_prices;
};

} // namespace tessera
