// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/certificate.h"

#include <memory>
#include <string>

namespace tessera {

struct Verdict {
    bool valid = false;      ///< Everything that the certificate claims was confirmed.
    bool proved = false;     ///< The claim is that the choice is the best to a relative 1e-9, or that no child exists.
    bool infeasible = false; ///< The claim is that no child exists.
    double objective = 0, bound = 0;
    std::string reason; ///< What is wrong, or what the claim leaves open.
};

/// Checks a certificate against a library without any solver: totals and score are added up again from the library's rows,
/// limits and rules looked at, and the tree of the proof is followed in exact arithmetic. Throws Error (BadInput) for JSON
/// that is no certificate and for a scenario that the library does not know.
Verdict verify(const Json &certificate, const std::shared_ptr<const BlockLibrary> &library, const std::string &where);

/// {"valid","proved","objective","bound","reason"}
Json toJson(const Verdict &verdict);

} // namespace tessera
