// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/stop_token.h"
#include "engine/search/problem.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tessera {

/// A solution together with a proof that somebody else can check without a solver (verify.h). The proof is a tree: each node
/// stands for the children that agree with the branches above it. A node may carry a price for every row of the program (at
/// least 0 on the upper side, at most 0 on the lower); at any prices
///   L = sum over slots of min over options (score + prices . amounts)  -  prices . bounds
/// is a lower bound of the node's scores, and an option whose own value exceeds the slot's least by bound - L or more cannot
/// be part of a child that scores below bound. A node is closed when L reaches the bound, when what is left cannot keep a
/// row, or when one child alone is left and is no better.
struct Certificate {
    struct Node {
        std::vector<double> prices; ///< By row of the program; may be empty.
        std::int32_t layer = -1;    ///< -1: a leaf. Otherwise children that have the block here, and those that do not.
        std::string block;
        std::int32_t with = -1, without = -1; ///< Nodes, behind this one.
    };
    Scenario scenario;
    std::string metric;
    std::vector<LayerChoice> choices; ///< Empty where the claim is that no child exists.
    double objective = 0;
    double bound = 0;                 ///< The claim: no child within the scenario scores less.
    std::vector<Amount> totals;       ///< By limit of the scenario: what the choice adds up to, fixed part included.
    std::vector<Node> tree;
};

struct CertifyOptions {
    StopToken stop;
    std::size_t nodes = 300'000; ///< A larger tree is given up: the certificate then claims the root's bound alone.
};

/// Proves a result of the problem again, as a tree. Rules that are no rows are left out of the proof, which makes its bound
/// too low, never too high. Throws Error (Failed) for a result that is Unknown, and where the proof that no child exists
/// outgrows the nodes.
Certificate certify(const Problem &problem, const ProgramResult &result, const CertifyOptions &options = {});

/// With a hash over everything else, so that a damaged file is told from a wrong claim.
Json toJson(const Certificate &certificate);
/// Throws Error (BadInput) naming where for what is malformed; damaged says whether the hash is another one.
Certificate parseCertificate(const Json &json, const std::string &where, bool &damaged);

/// The largest sum of scores that any selection can have, a little more than it may be off by.
double largestScoreOf(const Program &program);

} // namespace tessera
