// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spectra/spectra_memory.h"

#include "ui/state/session.h"
#include "ui/views/spectra/spectra_page.h"

#include <QCryptographicHash>
#include <QSettings>

namespace tessera::ui {
namespace {

constexpr int kPause = 300; ///< ms without a change after which it is written.

QString keyOf(const QString &project)
{
    return "spectra/" + QString::fromLatin1(QCryptographicHash::hash(project.toUtf8(), QCryptographicHash::Md5).toHex());
}

} // namespace

SpectraMemory::SpectraMemory(Session &session, SpectraPage &page) : QObject(&page), m_session(session), m_page(page)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(kPause);
    connect(&m_timer, &QTimer::timeout, this, &SpectraMemory::flush);
    connect(&page, &SpectraPage::settingsChanged, this, [this] {
        if (!m_project.isEmpty())
            m_timer.start();
    });
    connect(&session, &Session::projectChanged, this, &SpectraMemory::projectChanged);
}

void SpectraMemory::flush()
{
    if (m_remembers && !m_project.isEmpty())
        QSettings().setValue(keyOf(m_project), QByteArray::fromStdString(m_page.settings().dump()));
    m_timer.stop();
}

void SpectraMemory::projectChanged()
{
    const QString path = m_session.project().path;
    if (path == m_project)
        return;
    if (m_timer.isActive())
        flush();
    m_project = path;
    if (!m_remembers || path.isEmpty())
        return;
    const QByteArray kept = QSettings().value(keyOf(path)).toByteArray();
    m_page.restore(Json::parse(kept.toStdString(), nullptr, false));
}

} // namespace tessera::ui
