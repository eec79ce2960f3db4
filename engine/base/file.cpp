// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/file.h"

#include "engine/base/error.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tessera {
namespace {

std::string reason() { return std::strerror(errno); }

class Descriptor {
public:
    explicit Descriptor(int descriptor) : m_descriptor(descriptor) {}
    ~Descriptor() { close(); }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    int get() const { return m_descriptor; }
    bool close()
    {
        int descriptor = std::exchange(m_descriptor, -1);
        return descriptor < 0 || ::close(descriptor) == 0;
    }

private:
    int m_descriptor;
};

/// Does not wait for a writer when the path names a pipe: checkedStat refuses that one afterwards.
int openForReading(const std::filesystem::path &path)
{
    int descriptor = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0)
        throw badInput("cannot open " + path.string() + ": " + reason());
    return descriptor;
}

struct stat checkedStat(int descriptor, const std::filesystem::path &path)
{
    struct stat status {};
    if (::fstat(descriptor, &status) != 0)
        throw badInput("cannot read " + path.string() + ": " + reason());
    if (!S_ISREG(status.st_mode))
        throw badInput(path.string() + " is not a regular file");
    return status;
}

void writeAll(int descriptor, std::span<const std::byte> bytes, const std::filesystem::path &path)
{
    while (!bytes.empty()) {
        ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            throw failed("cannot write " + path.string() + ": " + reason());
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

} // namespace

MappedFile::MappedFile(const std::filesystem::path &path) : m_path(path)
{
    Descriptor descriptor(openForReading(path));
    m_size = static_cast<std::size_t>(checkedStat(descriptor.get(), path).st_size);
    if (m_size == 0)
        return;
    void *data = ::mmap(nullptr, m_size, PROT_READ, MAP_PRIVATE, descriptor.get(), 0);
    if (data == MAP_FAILED)
        throw failed("cannot map " + path.string() + ": " + reason());
    m_data = static_cast<const std::byte *>(data);
}

MappedFile::~MappedFile()
{
    if (m_data)
        ::munmap(const_cast<std::byte *>(m_data), m_size);
}

MappedFile::MappedFile(MappedFile &&other) noexcept
    : m_path(std::move(other.m_path)), m_data(std::exchange(other.m_data, nullptr)), m_size(std::exchange(other.m_size, 0))
{
}

MappedFile &MappedFile::operator=(MappedFile &&other) noexcept
{
    std::swap(m_path, other.m_path);
    std::swap(m_data, other.m_data);
    std::swap(m_size, other.m_size);
    return *this;
}

std::string readTextFile(const std::filesystem::path &path, std::uint64_t maxBytes)
{
    Descriptor descriptor(openForReading(path));
    auto size = static_cast<std::uint64_t>(checkedStat(descriptor.get(), path).st_size);
    if (size > maxBytes)
        throw badInput(path.string() + " has " + std::to_string(size) + " bytes; at most " + std::to_string(maxBytes)
                       + " are accepted here");
    std::string text(size, '\0');
    std::size_t filled = 0;
    while (filled < text.size()) {
        ssize_t got = ::read(descriptor.get(), text.data() + filled, text.size() - filled);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            throw failed("cannot read " + path.string() + ": " + reason());
        if (got == 0)
            break;
        filled += static_cast<std::size_t>(got);
    }
    text.resize(filled);
    return text;
}

void syncFolder(const std::filesystem::path &folder)
{
    Descriptor descriptor(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (descriptor.get() >= 0)
        ::fsync(descriptor.get());
}

void writeFileAtomically(const std::filesystem::path &path,
                         const std::function<void(const std::function<void(std::span<const std::byte>)> &)> &write)
{
    std::filesystem::path temporary = path;
    temporary += std::string(kTemporarySuffix) + std::to_string(::getpid());
    Descriptor descriptor(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (descriptor.get() < 0)
        throw failed("cannot write " + path.string() + ": " + reason());
    try {
        write([&](std::span<const std::byte> bytes) { writeAll(descriptor.get(), bytes, path); });
        if (::fsync(descriptor.get()) != 0 || !descriptor.close())
            throw failed("cannot write " + path.string() + ": " + reason());
        if (::rename(temporary.c_str(), path.c_str()) != 0)
            throw failed("cannot write " + path.string() + ": " + reason());
    } catch (...) {
        ::unlink(temporary.c_str());
        throw;
    }
    syncFolder(path.parent_path());
}

void writeTextFileAtomically(const std::filesystem::path &path, std::string_view text)
{
    writeFileAtomically(path, [&](const auto &sink) { sink(std::as_bytes(std::span(text))); });
}

} // namespace tessera
