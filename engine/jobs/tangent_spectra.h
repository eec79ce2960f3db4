// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/protocol/requests.h"
#include "engine/protocol/work_context.h"
#include "engine/store/project.h"
#include "engine/store/spectra.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tessera {

/// How the tangent kernels of a project's networks are found.
struct TangentQuestion {
    std::vector<std::string> models;       ///< Checkpoints beside the parent: children that were built.
    std::vector<std::string> replacements; ///< LAYERS:BLOCK: the parent with these is one more network.
    std::string text;                      ///< A UTF-8 file to take the probes from; empty: the project's score split.
    std::int64_t probes = 32, window = 32;
    std::string functional = "random_logit";
    std::vector<std::uint64_t> seeds = {1, 2, 3, 4, 5};
    std::int64_t sketch = 0;
    std::int64_t modes = 8; ///< Eigenvalues whose shares by sub-block are told.
    bool parentToo = true;  ///< Whether the parent as it is is one of the networks: the one that others are compared with.
    std::string parent;     ///< Where the parent is now, if it was moved.
    RunSettings run;
    std::string workerCommand;
};

/// Spectra of the empirical neural tangent kernels of the parent, of the parent with the replacements, and of the models, on the
/// same probes with the same seeds: {"networks":[{"name","replaced","estimator","probe_hash","probes","window","seeds",
/// "sketch_spread","trace","normalised","effective_rank","stable_rank","log10_condition","blocks":[{"name","layer","part",
/// "variant","parameters","trace_share","mode_shares":[...]}]}],"comparisons":[{"a","b","similarity","rows":[...]}],"caption"}.
/// Numbers over seeds are {"mean","low","high"}; the comparisons are those of every other network with the parent, where it is
/// one of them. "replaced" lists what stands in the parent's place, [{"layer","block","origin"}] in order of layers: empty for
/// the parent itself, null for a model of its own; "origin" is null where a block has no weights. Throws Error (BadInput) where
/// no network is asked for.
Json tangentSpectra(Project &project, const TangentQuestion &question, const WorkContext &context);

/// Two networks' entries of the above set side by side: {"a","b","rows":[{"what","a","b","distinct"}]}. distinct says whether the
/// bands over seeds have nothing in common; null where there is one seed, and so no band. Throws Error (BadInput) where estimators
/// or probes differ: such numbers say nothing about each other.
Json compareTangent(const Json &a, const Json &b);

/// The same of two records. Throws Error (BadInput) for records of another kind too.
Json compareTangent(const SpectrumRecord &a, const SpectrumRecord &b);

/// Keeps a network's entry and returns its number. One of the same network with the same estimator, probes and seeds that was
/// kept before makes way for it.
std::int64_t keepTangent(Project &project, const Json &network);

/// What may and may not be concluded, for a person.
extern const char *const kTangentCaption;

} // namespace tessera
