// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QString;
class QTableView;

namespace tessera::ui {

/// The width of a column's heading, in pixels, without the sign of sorting.
int headingWidth(const QTableView &table, int column);

/// What is cut in a table or in its heading is told by a tool tip, where the model has none.
void tellCutText(QTableView *table);

/// What is said in the middle of a table while it has no rows: why, and what to do.
void tellWhenEmpty(QTableView *table, const QString &text);

} // namespace tessera::ui
