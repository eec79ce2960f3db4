// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/json.h"

#include <QList>
#include <QString>

namespace tessera::ui {

/// What the engine was asked about kernels, and what a person calls the answer.
struct SpectraQuestion {
    QString method; ///< "spectra/mercer", ...
    Json params;
    QString name;

    /// The same for the same question.
    QString key() const { return method + QString::fromStdString(params.dump()); }
};
using SpectraQuestions = QList<SpectraQuestion>;

} // namespace tessera::ui
