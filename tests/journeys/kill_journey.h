// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tessera {

/// Runs a toy project through all stages, solve and realize, once undisturbed and once with this many kill -9 of tessera or of
/// its worker at random moments, and expects the same bits in weights, scores, solution and child.
void expectTheSameBitsAfter(int kills, unsigned seed);

} // namespace tessera
