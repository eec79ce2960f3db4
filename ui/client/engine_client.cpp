// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/client/engine_client.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QStandardPaths>

namespace tessera::ui {

EngineClient::EngineClient(QObject *parent) : QObject(parent) {}

EngineClient::~EngineClient() { stop(); }

QString EngineClient::defaultProgram()
{
    QString named = qEnvironmentVariable("TESSERA_ENGINE");
    if (!named.isEmpty())
        return named;
    QString beside = QCoreApplication::applicationDirPath() + "/tessera";
    if (QFileInfo(beside).isExecutable())
        return beside;
    return QStandardPaths::findExecutable("tessera");
}

void EngineClient::start(const QString &program)
{
    stop();
    m_lines = LineSplitter();
    m_lastWords.clear();
    m_stopping = false;
    if (program.isEmpty()) {
        QMetaObject::invokeMethod(
            this, [this] { Q_EMIT died(tr("The program tessera was not found beside this one or on the path")); },
            Qt::QueuedConnection);
        return;
    }
    m_process = new QProcess(this);
    connect(m_process, &QProcess::readyReadStandardOutput, this, &EngineClient::read);
    connect(m_process, &QProcess::readyReadStandardError, this, [this] {
        QString words = QString::fromUtf8(m_process->readAllStandardError()).trimmed();
        if (!words.isEmpty())
            m_lastWords = words.section('\n', -1);
    });
    connect(m_process, &QProcess::finished, this, &EngineClient::finished);
    connect(m_process, &QProcess::errorOccurred, this, [this, program](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            fail(tr("%1 could not be started: %2").arg(program, m_process->errorString()));
    });
    m_process->start(program, {"serve"});
    hello();
}

void EngineClient::hello()
{
    std::string name =
        QCoreApplication::applicationName().toStdString() + " " + QCoreApplication::applicationVersion().toStdString();
    call("hello", {{"protocol", kProtocolVersion}, {"program", name}}, this, [this](const Reply &reply) {
        if (!reply.ok()) {
            if (m_process && !m_stopping)
                fail(reply.sentence());
            return;
        }
        m_methods.clear();
        for (const Json &method : reply.result.value("methods", Json::array()))
            if (method.is_string())
                m_methods.insert(method.get<std::string>());
        m_version = QString::fromStdString(reply.result.value("version", std::string()));
        m_connected = true;
        Q_EMIT connected();
    });
}

void EngineClient::stop(int milliseconds)
{
    if (!m_process)
        return;
    m_stopping = true;
    m_connected = false;
    QProcess *process = m_process;
    m_process = nullptr;
    m_calls.clear();
    process->disconnect(this);
    process->closeWriteChannel();
    if (process->state() != QProcess::NotRunning && !process->waitForFinished(milliseconds)) {
        process->kill();
        process->waitForFinished(1000);
    }
    process->deleteLater();
}

std::int64_t EngineClient::call(const char *method, Json params, QObject *context, Done done, Item onItem)
{
    std::int64_t id = m_nextId++;
    if (!m_process) {
        QPointer<QObject> alive(context);
        QMetaObject::invokeMethod(
            this,
            [alive, done] {
                if (alive && done)
                    done({Json(), RpcError{-32001, tr("The engine is not running").toStdString()}});
            },
            Qt::QueuedConnection);
        return id;
    }
    m_calls.emplace(id, Call{context, std::move(done), std::move(onItem)});
    std::string line = toLine(makeRequest(id, method, std::move(params)));
    m_process->write(line.data(), static_cast<qint64>(line.size()));
    Q_EMIT pendingChanged();
    return id;
}

void EngineClient::cancel(std::int64_t id)
{
    if (!m_process || !m_calls.contains(id))
        return;
    std::string line = toLine(makeNotification("cancel", {{"id", id}}));
    m_process->write(line.data(), static_cast<qint64>(line.size()));
}

void EngineClient::read()
{
    QPointer<QProcess> reading(m_process);
    try {
        QByteArray bytes = m_process->readAllStandardOutput();
        m_lines.feed({bytes.constData(), static_cast<std::size_t>(bytes.size())});
        while (auto line = m_lines.next()) {
            take(parseMessage(*line, "tessera serve"));
            if (!reading || reading != m_process)
                return;
        }
    } catch (const std::exception &error) {
        fail(tr("The engine said something that is no message: %1").arg(QString::fromUtf8(error.what())));
    }
}

void EngineClient::take(const Message &message)
{
    if (message.isNotification()) {
        if (message.method == "item") {
            auto call = m_calls.find(message.params.value("id", std::int64_t(-1)));
            if (call != m_calls.end() && call->second.context && call->second.onItem) {
                Item onItem = call->second.onItem;
                onItem(message.params.value("item", Json()));
            }
            return;
        }
        Q_EMIT notified(QString::fromStdString(message.method), message.params);
        return;
    }
    if (!message.id)
        return;
    auto found = m_calls.find(*message.id);
    if (found == m_calls.end())
        return;
    Call call = std::move(found->second);
    m_calls.erase(found);
    if (call.context && call.done)
        call.done({message.result.value_or(Json()), message.error});
    Q_EMIT pendingChanged();
}

void EngineClient::finished(int code, QProcess::ExitStatus status)
{
    QString how = status == QProcess::CrashExit ? tr("The engine was killed or crashed (signal %1)").arg(code)
                                                : tr("The engine ended with code %1").arg(code);
    fail(m_lastWords.isEmpty() ? how : how + ": " + m_lastWords);
}

void EngineClient::fail(const QString &reason)
{
    if (!m_process)
        return;
    QProcess *process = m_process;
    m_process = nullptr;
    m_connected = false;
    process->disconnect(this);
    if (process->state() != QProcess::NotRunning)
        process->kill();
    process->deleteLater();
    auto calls = std::move(m_calls);
    m_calls.clear();
    for (auto &[id, call] : calls)
        if (call.context && call.context != this && call.done)
            call.done({Json(), RpcError{-32001, reason.toStdString()}});
    Q_EMIT pendingChanged();
    Q_EMIT died(reason);
}

} // namespace tessera::ui
