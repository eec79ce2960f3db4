// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/byte_size.h"

#include "engine/base/error.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace tessera {

const std::vector<std::pair<std::string_view, std::int64_t>> &byteUnits()
{
    constexpr std::int64_t kKi = 1024;
    static const std::vector<std::pair<std::string_view, std::int64_t>> kUnits{{"", 1},
                                                                               {"B", 1},
                                                                               {"kB", 1'000},
                                                                               {"KB", 1'000},
                                                                               {"MB", 1'000'000},
                                                                               {"GB", 1'000'000'000},
                                                                               {"TB", 1'000'000'000'000},
                                                                               {"KiB", kKi},
                                                                               {"MiB", kKi * kKi},
                                                                               {"GiB", kKi * kKi * kKi},
                                                                               {"TiB", kKi * kKi * kKi * kKi}};
    return kUnits;
}

std::int64_t parseBytes(const std::string &text)
{
    double number = 0;
    const char *end = text.data() + text.size();
    auto [stop, code] = std::from_chars(text.data(), end, number);
    while (stop != end && *stop == ' ')
        ++stop;
    const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
    const auto known = std::find_if(byteUnits().begin(), byteUnits().end(), [&](const auto &entry) { return entry.first == unit; });
    const bool read = code == std::errc() && known != byteUnits().end();
    const double bytes = read ? number * static_cast<double>(known->second) : 0;
    if (!(bytes >= 1 && bytes <= 0x1p53))
        throw badInput("\"" + text.substr(0, 40) + "\" is no size: write 24GiB, 80GB or a number of bytes");
    return static_cast<std::int64_t>(bytes);
}

std::string bytesText(std::int64_t bytes)
{
    constexpr std::array<const char *, 6> kSuffixes{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    double value = static_cast<double>(bytes);
    std::size_t step = 0;
    for (; std::abs(value) >= 1024 && step + 1 < kSuffixes.size(); ++step)
        value /= 1024;
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), step == 0 ? "%.0f %s" : "%.4g %s", value, kSuffixes[step]);
    return text.data();
}

} // namespace tessera
