// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Written by tests/data/spectra/make_coefficients.py: polynomials in m = sin^2(theta / 2) on [0, 1/2].
namespace tessera {

/// theta / (pi sqrt m)
/// Lowest power first; largest relative error 6.5e-17.
inline constexpr double kAngle[] = {
    0x1.45f306dc9c883p-1,
    0x1.b2995e7b7b301p-4,
    0x1.8723a1d5e2a43p-5,
    0x1.d1a452af7a0cdp-6,
    0x1.3ce5372e8df73p-6,
    0x1.d2b02d078e4f9p-7,
    0x1.6a3b67a77aa30p-7,
    0x1.1ff3489870092p-7,
    0x1.132c9e9dbe059p-7,
    -0x1.b2290efaa8201p-10,
    0x1.9a84f8eeb1ad5p-5,
    -0x1.830f1b52abd16p-3,
    0x1.489f66081223dp-1,
    -0x1.95f351346f060p+0,
    0x1.7a4511f367120p+1,
    -0x1.fb9be8bbf3060p+1,
    0x1.d53300b63888fp+1,
    -0x1.0b3106ddc4608p+1,
    0x1.21dd15f3cab5ap-1,
};
/// (sin theta - theta cos theta) / (2 pi m^(3/2))
/// Lowest power first; largest relative error 7.2e-17.
inline constexpr double kGain[] = {
    0x1.b2995e7b7b603p-2,
    0x1.5bade52f95fbbp-5,
    0x1.bf0426aa9e706p-7,
    0x1.9de7665b65eb5p-8,
    0x1.ccf02d1314c26p-9,
    0x1.1f34f3c52e5d7p-9,
    0x1.81e2603f6b752p-10,
    0x1.1528f031366a4p-10,
    0x1.60a6878ea7426p-11,
    0x1.4a3d12fc9a973p-10,
    -0x1.71558cd3e55f4p-9,
    0x1.98df75b92293cp-7,
    -0x1.0f1d636d55c73p-5,
    0x1.17ba625e6319fp-4,
    -0x1.972b2ea0563cfp-4,
    0x1.98bd37f13ffd6p-4,
    -0x1.f5d2470d7515cp-5,
    0x1.2861f5e4fce8cp-6,
};

} // namespace tessera
