// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/session.h"

#include "engine/base/error.h"

#include <utility>

namespace tessera {
namespace {

constexpr const char *kNoProject = "no project is open: project/open opens one";

} // namespace

/// Somebody's share in the open project.
struct Session::Hold {
    Hold(Session &of, const StopToken &stop) : session(of), open(of.m_project), user(of.m_users.insert(of.m_users.end(), stop)) {}
    ~Hold()
    {
        open.reset();
        std::lock_guard lock(session.m_mutex);
        session.m_users.erase(user);
        session.m_released.notify_all();
    }
    Hold(const Hold &) = delete;
    Hold &operator=(const Hold &) = delete;

    Session &session;
    std::shared_ptr<OpenProject> open;
    std::list<StopToken>::iterator user;
};

std::shared_ptr<OpenProject> Session::projectIfOpen(const StopToken &stop)
{
    std::lock_guard lock(m_mutex);
    if (!m_project)
        return nullptr;
    auto hold = std::make_shared<Hold>(*this, stop);
    OpenProject *open = hold->open.get();
    return {std::move(hold), open};
}

std::shared_ptr<OpenProject> Session::project(const StopToken &stop)
{
    if (auto open = projectIfOpen(stop))
        return open;
    throw badInput(kNoProject);
}

std::shared_ptr<const LibraryView> Session::library() const
{
    std::lock_guard lock(m_mutex);
    if (!m_library)
        throw badInput(kNoProject);
    return m_library;
}

void Session::open(const std::filesystem::path &path)
{
    close();
    auto open = std::make_shared<OpenProject>(Project::open(path));
    auto view = viewOf(open->project);
    {
        std::lock_guard lock(m_mutex);
        m_project = open;
        m_library = std::move(view);
    }
    m_notify("project", {{"path", open->project.path().string()}});
}

void Session::close()
{
    {
        std::unique_lock lock(m_mutex);
        std::shared_ptr<OpenProject> open = std::exchange(m_project, nullptr);
        m_library = nullptr;
        if (!open)
            return;
        for (const StopToken &user : m_users)
            user.request();
        m_released.wait(lock, [&] { return m_users.empty(); });
    }
    m_notify("project", {{"path", nullptr}});
}

void Session::refreshLibrary(const OpenProject &open)
{
    auto view = viewOf(open.project);
    Json news{{"hash", view->hash}, {"variants", view->variants.size()}, {"scored", view->scored}};
    {
        std::lock_guard lock(m_mutex);
        if (m_project.get() != &open)
            return;
        m_library = std::move(view);
    }
    m_notify("library", std::move(news));
}

} // namespace tessera
