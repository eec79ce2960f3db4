// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/json.h"

#include <QList>
#include <QString>

namespace tessera::ui {

// What a project keeps of the answers about kernels; errors are those of answers.h.

/// A row of "spectra/list".
struct KeptRow {
    qint64 id = -1;
    QString kind, name, created;
    Json kernels = Json::array(); ///< As the engine writes them.
};
KeptRow readKeptRow(const Json &json, const QString &method);

/// One with its figures, of "spectra/get".
struct KeptSpectrum {
    KeptRow row;
    Json result;
    Json settings = Json::object(); ///< Of the window at that time; empty where it was made on the command line.
};
KeptSpectrum readKeptSpectrum(const Json &json);

} // namespace tessera::ui
