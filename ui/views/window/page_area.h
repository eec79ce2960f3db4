// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollArea>

namespace tessera::ui {

/// The place of a page in the window. It scrolls sideways where it is narrower than the page needs (large type on a small screen, a
/// lesson beside it). Heights give way: strips and tables grow lower.
class PageArea : public QScrollArea {
public:
    explicit PageArea(QWidget *page);

protected:
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void fit();
};

} // namespace tessera::ui
