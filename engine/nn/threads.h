// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tessera::nn {

/// Makes LibTorch use this many threads; 0: as many as this process may run on. To be called before any tensor work:
/// LibTorch 1.13 starts with one. Returns the number in use.
int useThreads(int threads);

} // namespace tessera::nn
