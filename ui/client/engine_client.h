// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/json.h"
#include "engine/protocol/message.h"

#include <QElapsedTimer>
#include <QObject>
#include <QPointer>
#include <QProcess>
#include <QString>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace tessera::ui {

/// How a request ended: with a result, or with an error of the protocol (message.h lists the codes).
struct Reply {
    Json result;
    std::optional<RpcError> error;
    bool ok() const { return !error; }
    /// Replaced by a newer request; nothing to tell the user.
    bool superseded() const { return error && error->code == -32004; }
    bool interrupted() const { return error && error->code == -32130; }
    QString sentence() const { return error ? QString::fromStdString(error->message) : QString(); }
};

/// The engine as a child process: "tessera serve" and its pipe (engine/service/PROTOCOL.md). Nothing here waits: requests
/// return at once, replies come through the event loop.
class EngineClient : public QObject {
    Q_OBJECT
public:
    explicit EngineClient(QObject *parent = nullptr);
    ~EngineClient() override;

    /// Starts the program and shakes hands; connected() or died() follows. A running one is ended first.
    void start(const QString &program);
    /// Asks it to end, and kills what has not ended after the given time.
    void stop(int milliseconds = 2000);
    bool isConnected() const { return m_connected; }
    bool knows(const QString &method) const { return m_methods.contains(method.toStdString()); }
    QString version() const { return m_version; }
    qint64 pid() const { return m_process ? m_process->processId() : 0; }

    using Done = std::function<void(const Reply &)>;
    using Item = std::function<void(const Json &)>;
    /// Sends a request and returns its id. done and onItem are dropped when context is destroyed; when the process dies, done
    /// is told with an error.
    std::int64_t call(const char *method, Json params, QObject *context, Done done, Item onItem = {});
    void cancel(std::int64_t id);
    /// Number of requests without an answer.
    int pending() const { return static_cast<int>(m_calls.size()); }

    /// The engine that belongs to this program: TESSERA_ENGINE, or beside it, or on the path.
    static QString defaultProgram();

Q_SIGNALS:
    void connected();
    /// It ended without being asked to. reason is a sentence.
    void died(const QString &reason);
    /// progress, log, job, project, library; id is -1 where the notification has none.
    void notified(const QString &method, const tessera::Json &params);
    void pendingChanged();

private:
    struct Call {
        QPointer<QObject> context;
        Done done;
        Item onItem;
    };
    void read();
    void take(const Message &message);
    void finished(int code, QProcess::ExitStatus status);
    void fail(const QString &reason);
    void hello();

    QProcess *m_process = nullptr;
    LineSplitter m_lines;
    std::map<std::int64_t, Call> m_calls;
    std::set<std::string> m_methods;
    std::int64_t m_nextId = 1;
    bool m_connected = false, m_stopping = false;
    QString m_version, m_lastWords;
};

} // namespace tessera::ui
