// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/cost/score_summary.h"

#include "engine/base/error.h"

#include <cmath>
#include <utility>

namespace tessera {

Score summariseScore(std::vector<double> samples)
{
    if (samples.empty())
        throw badInput("a score without samples has no mean");
    const auto count = static_cast<double>(samples.size());
    double offsets = 0;
    for (double sample : samples) {
        if (!std::isfinite(sample))
            throw badInput("a score has a sample that is no finite number: the replacement makes the network overflow");
        offsets += sample - samples.front();
    }
    Score score;
    score.mean = samples.front() + offsets / count;
    if (samples.size() > 1) {
        double squares = 0;
        for (double sample : samples)
            squares += (sample - score.mean) * (sample - score.mean);
        score.standardError = std::sqrt(squares / (count - 1) / count);
    }
    score.samples = std::move(samples);
    return score;
}

} // namespace tessera
