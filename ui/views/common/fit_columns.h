// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>

class QTableView;

namespace tessera::ui {

/// What a column asks for, in pixels.
struct ColumnWish {
    int usual; ///< Its longest cell and its heading, with room for the sign of sorting.
    int tight; ///< The same without that room.
    int least; ///< What must not be cut.
};
/// Widths for columns in this much room: as usual where that fits, and what is over goes to the column `stretched`; otherwise all
/// give way alike, first to what is tight, then to the least. Where even those do not fit, the table scrolls.
QList<int> widthsWithin(int room, const QList<ColumnWish> &wishes, int stretched);

/// Keeps the table's columns within its width, whenever that or the content changes. Headings and long texts give way, numbers
/// never do (see tellCutText). What is over goes to the column `stretched`, the last one where it is -1.
void fitColumns(QTableView *table, int stretched = -1);

} // namespace tessera::ui
