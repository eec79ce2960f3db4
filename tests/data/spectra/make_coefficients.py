# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""Prints engine/spectra/half_angle_coefficients.h. Needs mpmath."""

from mpmath import asin, chebyfit, mp, mpf, pi, polyval, sqrt

mp.dps = 60
HALF = mpf(1) / 2


def angle(m):
    """theta / (pi sqrt m) for m = sin^2(theta / 2)."""
    return 2 / pi if m == 0 else 2 * asin(sqrt(m)) / (sqrt(m) * pi)


def gain(m):
    """(sin theta - theta cos theta) / (2 pi m^(3/2))."""
    if m < mpf(10) ** -20:
        return mpf(4) / (3 * pi)
    root = sqrt(m)
    theta = 2 * asin(root)
    return (2 * root * sqrt(1 - m) - theta * (1 - 2 * m)) / (2 * pi * root * m)


def table(name, function, count):
    coefficients = [mpf(float(c)) for c in reversed(chebyfit(function, [mpf(0), HALF], count))]
    highest_first = list(reversed(coefficients))
    worst = max(abs(polyval(highest_first, HALF * i / 2000) / function(HALF * i / 2000) - 1) for i in range(2001))
    lines = [f"/// Lowest power first; largest relative error {mp.nstr(worst, 2)}.",
             f"inline constexpr double {name}[] = {{"]
    lines += [f"    {float(c).hex()}," for c in coefficients]
    return "\n".join(lines + ["};"])


print("""// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Written by tests/data/spectra/make_coefficients.py: polynomials in m = sin^2(theta / 2) on [0, 1/2].
namespace tessera {
""")
print("/// theta / (pi sqrt m)")
print(table("kAngle", angle, 19))
print("/// (sin theta - theta cos theta) / (2 pi m^(3/2))")
print(table("kGain", gain, 18))
print("\n} // namespace tessera")
