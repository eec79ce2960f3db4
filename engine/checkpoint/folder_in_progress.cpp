// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/folder_in_progress.h"

#include "engine/base/error.h"
#include "engine/base/file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <system_error>

#include <unistd.h>

namespace tessera {
namespace {

namespace fs = std::filesystem;

void refuseOccupied(const fs::path &folder)
{
    std::error_code error;
    fs::file_status status = fs::status(folder, error);
    if (!fs::exists(status))
        return;
    if (!fs::is_directory(status))
        throw badInput(folder.string() + " exists and is no folder; give another name for the model");
    if (!fs::is_empty(folder, error))
        throw badInput(folder.string() + " exists and is not empty; give another name for the model, or remove it first");
}

} // namespace

FolderInProgress::FolderInProgress(const fs::path &destination)
    // A trailing slash would make the temporary folder a child of the final one.
    : m_destination(destination.has_filename() ? destination : destination.parent_path()),
      m_path(m_destination.string() + std::string(kTemporarySuffix) + std::to_string(::getpid()))
{
    refuseOccupied(m_destination);
    std::error_code error;
    fs::remove_all(m_path, error);
    if (!m_destination.parent_path().empty())
        fs::create_directories(m_destination.parent_path(), error);
    fs::create_directory(m_path, error);
    if (error || !fs::is_directory(m_path, error))
        throw failed("cannot write " + m_destination.string() + ": " + std::strerror(error ? error.value() : ENOTDIR));
}

FolderInProgress::~FolderInProgress()
{
    std::error_code ignored;
    if (!m_path.empty())
        fs::remove_all(m_path, ignored);
}

void FolderInProgress::commit()
{
    syncFolder(m_path);
    if (std::rename(m_path.c_str(), m_destination.c_str()) != 0) {
        int reason = errno;
        refuseOccupied(m_destination);
        throw failed("cannot write " + m_destination.string() + ": " + std::strerror(reason));
    }
    m_path.clear();
    syncFolder(m_destination.parent_path());
}

} // namespace tessera
