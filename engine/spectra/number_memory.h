// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <new>
#include <utility>

namespace tessera {

namespace detail {
/// Bytes of memory, from large pages where the system gives them. Throws std::bad_alloc.
void *allocateNumbers(std::size_t bytes);
void releaseNumbers(void *memory);
} // namespace detail

/// For vectors whose elements are about to be written: resize leaves new ones unset, and the threads that fill them are the first to
/// touch their pages.
template <typename T> struct NumberMemory {
    using value_type = T;

    NumberMemory() = default;
    template <typename U> NumberMemory(const NumberMemory<U> &) noexcept {}
    T *allocate(std::size_t count)
    {
        if (count > static_cast<std::size_t>(-1) / sizeof(T))
            throw std::bad_alloc();
        return static_cast<T *>(detail::allocateNumbers(count * sizeof(T)));
    }
    void deallocate(T *memory, std::size_t) noexcept { detail::releaseNumbers(memory); }
    template <typename U> void construct(U *place) noexcept { ::new (static_cast<void *>(place)) U; }
    template <typename U, typename... Arguments> void construct(U *place, Arguments &&...arguments)
    {
        ::new (static_cast<void *>(place)) U(std::forward<Arguments>(arguments)...);
    }
    friend bool operator==(const NumberMemory &, const NumberMemory &) { return true; }
};

} // namespace tessera
