// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/number_memory.h"

#include <cstdlib>
#include <sys/mman.h>

namespace tessera::detail {

void *allocateNumbers(std::size_t bytes)
{
    // A column of a large matrix touches a page for every number: with small pages each costs a walk through the page tables.
    constexpr std::size_t kLargePage = std::size_t{2} << 20, kLine = 64;
    const std::size_t unit = bytes >= 2 * kLargePage ? kLargePage : kLine;
    if (bytes > static_cast<std::size_t>(-1) - unit)
        throw std::bad_alloc();
    const std::size_t whole = (bytes + unit - 1) / unit * unit;
    void *memory = std::aligned_alloc(unit, whole == 0 ? unit : whole);
    if (!memory)
        throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
    if (unit == kLargePage)
        ::madvise(memory, whole, MADV_HUGEPAGE); // A wish: without large pages everything works the same, slower.
#endif
    return memory;
}

void releaseNumbers(void *memory) { std::free(memory); }

} // namespace tessera::detail
