// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/cost/block_library.h"
#include "engine/cost/limit.h"
#include "engine/search/scenario.h"

#include <functional>
#include <string>
#include <vector>

namespace tessera::instances {

/// Every child of a small library with its sum of scores, found with the public functions of engine/cost alone: no program,
/// no slots. Children with an unknown score, or an unknown cost under a limit, are not there.
struct Child {
    std::vector<LayerChoice> choices;
    double score = 0;
};
std::vector<Child> childrenWithin(const BlockLibrary &library, const std::string &metric, const std::vector<Limit> &limits,
                                  const std::function<bool(std::size_t layer, const LayerChoice &)> &allowed = {});

/// The best of them; null where there is none.
const Child *bestOf(const std::vector<Child> &children);

/// A scenario of limits, pins and bans.
Scenario scenarioWith(std::vector<std::string> most, std::vector<std::string> least = {}, std::vector<std::string> pins = {},
                      std::vector<std::string> bans = {}, std::vector<std::string> rules = {});

} // namespace tessera::instances
