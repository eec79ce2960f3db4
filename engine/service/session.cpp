// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/session.h"

#include "engine/base/error.h"

#include <utility>

namespace tessera {

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
    throw badInput("no project is open: project/open opens one");
}

void Session::open(const std::filesystem::path &path)
{
    close();
    auto open = std::make_shared<OpenProject>(Project::open(path));
    const std::string opened = open->project.path().string();
    {
        std::lock_guard lock(m_mutex);
        m_project = std::move(open);
    }
    m_notify("project", {{"path", opened}});
}

void Session::close()
{
    {
        std::unique_lock lock(m_mutex);
        std::shared_ptr<OpenProject> open = std::exchange(m_project, nullptr);
        if (!open)
            return;
        for (const StopToken &user : m_users)
            user.request();
        m_released.wait(lock, [&] { return m_users.empty(); });
    }
    m_notify("project", {{"path", nullptr}});
}

void Session::refreshLibrary(OpenProject &open)
{
    auto view = viewOf(open.project);
    open.setLibrary(view);
    m_notify("library", {{"hash", view->hash}, {"variants", view->variants.size()}, {"scored", view->scored}});
}

} // namespace tessera
