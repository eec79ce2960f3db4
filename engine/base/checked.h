// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace tessera {

/// a * b and a + b, or nothing where the result does not fit T.
template <typename T> std::optional<T> checkedMultiply(T a, T b)
{
    T result;
    return __builtin_mul_overflow(a, b, &result) ? std::nullopt : std::optional<T>(result);
}
template <typename T> std::optional<T> checkedAdd(T a, T b)
{
    T result;
    return __builtin_add_overflow(a, b, &result) ? std::nullopt : std::optional<T>(result);
}

/// The number of elements of a shape (1 for an empty one), or nothing where a dimension is negative or a product overflows.
inline std::optional<std::int64_t> checkedProduct(std::span<const std::int64_t> shape)
{
    std::int64_t product = 1;
    bool overflow = false;
    for (std::int64_t dimension : shape) {
        if (dimension < 0)
            return std::nullopt;
        overflow = __builtin_mul_overflow(product, dimension, &product) || overflow;
    }
    return overflow ? std::nullopt : std::optional<std::int64_t>(product);
}

} // namespace tessera
