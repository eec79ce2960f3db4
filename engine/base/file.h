// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace tessera {

/// A file mapped read-only and privately; nothing is copied. The bytes stay valid as long as the object lives. A file that
/// another program truncates while it is mapped ends this program (SIGBUS): Tessera never truncates files in place.
class MappedFile {
public:
    /// Throws Error (BadInput) when the path is no regular file or cannot be read.
    explicit MappedFile(const std::filesystem::path &path);
    ~MappedFile();
    MappedFile(MappedFile &&other) noexcept;
    MappedFile &operator=(MappedFile &&other) noexcept;
    MappedFile(const MappedFile &) = delete;
    MappedFile &operator=(const MappedFile &) = delete;

    std::span<const std::byte> bytes() const { return {m_data, m_size}; }
    const std::filesystem::path &path() const { return m_path; }

private:
    std::filesystem::path m_path;
    const std::byte *m_data = nullptr;
    std::size_t m_size = 0;
};

/// The whole content of a text file of at most maxBytes. Throws Error (BadInput) when it is larger or cannot be read.
std::string readTextFile(const std::filesystem::path &path, std::uint64_t maxBytes);

/// Writes a file so that its name holds the old or the new content at every instant: a temporary file in the same folder,
/// synced, renamed over path, and the folder synced. write is called once with a sink for bytes. Throws Error (Failed) and
/// leaves no temporary file when anything fails, the disk being full included.
void writeFileAtomically(const std::filesystem::path &path,
                         const std::function<void(const std::function<void(std::span<const std::byte>)> &)> &write);
void writeTextFileAtomically(const std::filesystem::path &path, std::string_view text);

/// Makes a finished rename or unlink inside a folder durable.
void syncFolder(const std::filesystem::path &folder);

/// Temporary names end in this and a number; a left-over of a killed process can be deleted by it.
inline constexpr std::string_view kTemporarySuffix = ".tessera-tmp";

} // namespace tessera
