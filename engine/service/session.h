// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/base/stop_token.h"
#include "engine/service/history.h"
#include "engine/service/library_view.h"
#include "engine/store/project.h"

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>

namespace tessera {

/// What the service is told when it starts.
struct ServiceOptions {
    std::filesystem::path resources; ///< Device profiles, the demo parent and its texts.
    std::string workerCommand;       ///< As WorkerOptions::command.
};

/// A project that is open, what the user decided in it, and its library as it was last read. Several threads may use it.
class OpenProject {
public:
    explicit OpenProject(Project opened) : project(std::move(opened)), history(project), m_library(viewOf(project)) {}

    std::shared_ptr<const LibraryView> library() const
    {
        std::lock_guard lock(m_mutex);
        return m_library;
    }
    void setLibrary(std::shared_ptr<const LibraryView> library)
    {
        std::lock_guard lock(m_mutex);
        m_library = std::move(library);
    }

    Project project;
    History history;

private:
    mutable std::mutex m_mutex; ///< Guards m_library.
    std::shared_ptr<const LibraryView> m_library;
};

/// What all requests share: the one project that is open. Several threads may use it; whoever works with the project keeps it
/// open until he lets go of it, and is asked to stop when it is to be closed.
class Session {
public:
    using Notify = std::function<void(const std::string &method, Json params)>;
    Session(ServiceOptions options, Notify notify) : m_options(std::move(options)), m_notify(std::move(notify)) {}

    const ServiceOptions &options() const { return m_options; }

    /// The open project, for work that ends soon after stop is requested; null where none is open.
    std::shared_ptr<OpenProject> projectIfOpen(const StopToken &stop);
    /// The same. Throws Error (BadInput) when no project is open.
    std::shared_ptr<OpenProject> project(const StopToken &stop);

    /// Both are called on one thread, and not by someone who holds the project. open() closes what is open first.
    void open(const std::filesystem::path &path);
    void close();

    /// Reads the library of a project again and tells the client.
    void refreshLibrary(OpenProject &open);

private:
    struct Hold;

    ServiceOptions m_options;
    Notify m_notify;
    std::mutex m_mutex; ///< Guards everything below.
    std::shared_ptr<OpenProject> m_project;
    std::list<StopToken> m_users; ///< Of those who work with a project.
    std::condition_variable m_released;
};

} // namespace tessera
