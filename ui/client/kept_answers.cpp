// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/client/kept_answers.h"

#include "ui/client/reader.h"

namespace tessera::ui {

KeptRow readKeptRow(const Json &json, const QString &method)
{
    Reader reader(json, method);
    KeptRow row{reader.integer("id", -1), reader.text("kind"), reader.text("name"), reader.text("created"), reader.array("kernels")};
    if (row.id < 0)
        throw badInput("the engine's answer to " + method.toStdString() + " has a spectrum without a number");
    return row;
}

KeptSpectrum readKeptSpectrum(const Json &json)
{
    const QString method = QStringLiteral("spectra/get");
    KeptSpectrum kept;
    kept.row = readKeptRow(json, method);
    kept.result = Reader(json, method).at("result");
    Reader result(kept.result, method);
    if (result.at("settings").is_object())
        kept.settings = result.at("settings");
    return kept;
}

} // namespace tessera::ui
