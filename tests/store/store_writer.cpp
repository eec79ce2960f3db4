// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
// Writes pairs of scores to a project for ever and says the number of each pair once it is committed; made to be killed.
#include "engine/store/scores.h"

#include <cstdio>
#include <cstdlib>

using namespace tessera;

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    Project project = Project::openForWriting(argv[1]);
    for (long number = std::atol(argv[2]);; ++number) {
        auto value = static_cast<double>(number);
        // Two rows that belong together: one without the other is a torn write.
        saveScores(project, {{0, gqa(1)}, Origin::Closed}, number, {{"kl_div", {value}}, {"lm_loss", {-value}}});
        std::printf("%ld\n", number);
        std::fflush(stdout);
    }
}
