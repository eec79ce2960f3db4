// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QChart;

namespace tessera::ui {

/// Axes count in the reader's language, without marks between thousands. Their label formats need a precision ("%.6g"):
/// without one Qt Charts leaves such labels empty.
void localizeNumbers(QChart &chart);

} // namespace tessera::ui
