// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace tessera {

/// A library small enough to try every child: some layers with three attention and three FFN variants each, as a library file, two
/// workloads, costs memory and runtime of the first and memory of the second, scores kl_div with four samples each.
struct ToyLibrary {
    explicit ToyLibrary(int layers = 4);

    struct Variant {
        std::string block;
        double memory = 0, runtime = 0;
        std::vector<double> samples;
        double score() const;
    };
    std::vector<std::vector<Variant>> attention, ffn; ///< By layer, the parent's first.

    static constexpr double kFixedMemory = 5000, kFixedRuntime = 2.5;
    Json file() const;
    void write(const std::string &path) const;

    /// What a whole child adds up to.
    struct Child {
        double score = 0, memory = kFixedMemory, runtime = kFixedRuntime;
        std::vector<int> attention, ffn; ///< By layer: number of the variant.
    };
    void eachChild(const std::function<void(const Child &)> &visit) const;
    Json choicesOf(const Child &child) const;
};

} // namespace tessera
