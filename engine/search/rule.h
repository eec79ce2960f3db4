// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/cost/block_library.h"
#include "engine/cost/limit.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// A rule on the whole child beyond limits, pins and bans, as a value with a text of its own:
///   same=LAYERS[:PART]               the layers have the same variant (of both sub-blocks where PART is missing)
///   distinct=N[:PART]                at most N different variants in the whole child (of whole layers where PART is missing)
///   contiguous=PART                  the layers without this sub-block (none) form one unbroken run, or there are none
///   attention=N                      at least N layers with softmax attention
///   gap=G                            at most G layers in a row without softmax attention
///   balance=COST[@WORKLOAD]:S:P%     in S stages of consecutive layers, layer l of L in stage floor(l S / L), no stage costs
///                                    more than 1 + P/100 times the average stage; the fixed part is not counted
///   differ=D:CHOICES                 at least D layers differ from these choices
///   near=D:CHOICES                   at most D layers differ from these choices
/// PART is attention or ffn; LAYERS as in pins; CHOICES as choicesText() writes them.
struct Rule {
    enum class Kind { Same, Distinct, Contiguous, Attention, Gap, Balance, Differ, Near };
    Kind kind = Kind::Same;
    std::string layers;
    std::optional<Part> part;
    std::int64_t count = 0; ///< N, G, S or D.
    Decimal percent;
    std::string cost, workload; ///< An empty workload is the scenario's.
    std::vector<LayerChoice> choices;
    std::string text; ///< As it was written.

    bool operator==(const Rule &) const = default;
};
/// Throws Error (BadInput) naming the text.
Rule parseRule(std::string_view text);

/// "gqa:4+width:512*3,none+linear": attention and FFN of the layers in their order, runs with their length.
std::string choicesText(const std::vector<LayerChoice> &choices);
std::vector<LayerChoice> parseChoicesText(std::string_view text);

/// Whether a child keeps a rule, by the rule's own words: no program, no solver. workload is the library's number of the
/// workload that a balance without one means. False where a cost that the rule needs is unknown.
bool keeps(const Rule &rule, const BlockLibrary &library, const std::vector<LayerChoice> &choices, std::size_t workload = 0);

/// In how many layers two children differ.
std::int64_t distanceOf(const std::vector<LayerChoice> &a, const std::vector<LayerChoice> &b);

/// Stage of a layer under a balance.
inline std::int64_t stageOf(std::int64_t layer, std::int64_t layers, std::int64_t stages) { return layer * stages / layers; }

} // namespace tessera
