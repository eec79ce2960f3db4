// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/style_sheet.h"

#include "ui/theme/tokens.h"

#include <QHash>

namespace tessera::ui {
namespace {

const char *const kSheet = R"(
QWidget { outline: none; }
QMainWindow, QDialog { background: @Window; }
QToolTip { background: @Raised; color: @Text; border: 1px solid @LineStrong; padding: 4px 8px; }

QFrame[role="panel"] { background: @Surface; border: 1px solid @Line; border-radius: 6px; }
QFrame[role="card"] { background: @Surface; border: 1px solid @Line; border-radius: 6px; }
QFrame[role="card"]:hover { border-color: @LineStrong; }
QFrame[role="notice"] { background: @BadSoft; border: 1px solid @Bad; border-radius: 6px; }
QFrame[role="line"] { background: @Line; border: none; }

QLabel[role="muted"] { color: @TextMuted; }
QLabel[role="caption"] { color: @TextMuted; }
QLabel[role="faint"] { color: @TextFaint; }
QLabel[role="error"] { color: @Bad; }
QLabel[role="good"] { color: @Good; }

QPushButton, QToolButton[role="button"] {
    background: @Raised; color: @Text; border: 1px solid @LineStrong; border-radius: 4px; padding: 0 12px; min-height: 26px; }
QPushButton:hover, QToolButton[role="button"]:hover { background: @Sunken; }
QPushButton:pressed { background: @Line; }
QPushButton:focus, QToolButton[role="button"]:focus { border: 2px solid @Accent; padding: 0 11px; min-height: 24px; }
QPushButton:disabled { color: @TextFaint; border-color: @Line; background: @Window; }
QPushButton[opens="menu"] { padding-right: 28px; }
QPushButton[opens="menu"]:focus { padding-right: 27px; }
QPushButton::menu-indicator { image: url(:/tessera/@arrow); width: 10px; height: 10px; subcontrol-origin: padding;
    subcontrol-position: center right; right: 10px; }
QToolButton::menu-indicator { image: none; }
QPushButton[role="primary"] { background: @Accent; color: @OnAccent; border: 1px solid @Accent; }
QPushButton[role="primary"]:hover { border-color: @Text; }
QPushButton[role="primary"]:focus { border: 2px solid @Text; }
QPushButton[role="primary"]:disabled { background: @Sunken; color: @TextFaint; border-color: @Line; }
QPushButton[role="quiet"], QToolButton[role="quiet"] {
    background: transparent; border: 1px solid transparent; border-radius: 4px; color: @TextMuted; padding: 0 6px; }
QPushButton[role="quiet"]:hover, QToolButton[role="quiet"]:hover { background: @Sunken; color: @Text; }
QPushButton[role="quiet"]:focus, QToolButton[role="quiet"]:focus { border-color: @Accent; }
QPushButton[role="link"] { background: transparent; border: 1px solid transparent; color: @Accent; padding: 0 4px 0 0; text-align: left; }
QPushButton[role="link"]:hover { background: @Sunken; }
QPushButton[role="link"]:focus { border-color: @Accent; }
QToolButton[role="quiet"] { min-height: 22px; min-width: 22px; padding: 0 2px; }
QToolButton[role="toggle"] { background: @Raised; color: @Text; border: 1px solid @Line; padding: 0 7px; min-height: 26px; }
QToolButton[role="toggle"]:hover { background: @Sunken; }
QToolButton[role="toggle"]:focus, QToolButton[role="toggle"]:checked { border-color: @Accent; }
QToolButton[role="toggle"]:checked { background: @AccentSoft; }
QPushButton[role="segment"] { border-radius: 0; border-color: @Line; padding: 0 10px; }
QPushButton[role="segment"]:checked { background: @AccentSoft; border-color: @Accent; color: @Text; }

QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit, QTextBrowser {
    background: @Raised; border: 1px solid @LineStrong; border-radius: 4px; padding: 0 8px; min-height: 26px;
    selection-background-color: @Accent; selection-color: @OnAccent; }
QPlainTextEdit { padding: 4px; }
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus, QPlainTextEdit:focus { border: 2px solid @Accent; padding: 0 7px;
    min-height: 24px; }
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled { color: @TextFaint; border-color: @Line; background: @Window; }
QLineEdit[invalid="true"] { border: 2px solid @Bad; padding: 0 7px; min-height: 24px; }
QComboBox { padding-right: 20px; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url(:/tessera/@arrow); width: 10px; height: 10px; }
QComboBox QAbstractItemView { background: @Raised; border: 1px solid @LineStrong; padding: 4px; selection-background-color: @AccentSoft;
    selection-color: @Text; }

QCheckBox, QRadioButton { spacing: 8px; color: @Text; }
QCheckBox:focus { color: @Accent; }
QCheckBox:disabled { color: @TextFaint; }
QCheckBox::indicator { width: 13px; height: 13px; border: 1px solid @LineStrong; border-radius: 3px; background: @Raised; }
QCheckBox::indicator:focus { border-color: @Accent; }
QCheckBox::indicator:checked { background: @Accent; border-color: @Accent; image: url(:/tessera/@check); }
QCheckBox::indicator:disabled { background: @Window; border-color: @Line; }
QCheckBox::indicator:checked:disabled { background: @LineStrong; border-color: @LineStrong; }

QTableView, QTreeView, QListView { background: @Surface; border: none; gridline-color: @Line; selection-background-color: @AccentSoft;
    selection-color: @Text; alternate-background-color: @Window; }
QTableView { padding: 0 8px; }
QTableView::item, QTreeView::item { padding: 0 5px; border: none; }
QTableView::item:focus { border: 1px solid @Accent; }
QHeaderView { background: @Surface; border: none; }
QHeaderView::section { background: @Surface; color: @TextMuted; border: none; border-bottom: 1px solid @LineStrong; padding: 4px 8px; }
QHeaderView::section:hover { color: @Text; }
QTableCornerButton::section { background: @Surface; border: none; border-bottom: 1px solid @LineStrong; }

QTabBar::tab { background: transparent; color: @TextMuted; padding: 6px 12px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: @Text; }
QTabBar::tab:selected { color: @Text; border-bottom: 2px solid @Accent; }
QTabBar::tab:focus { color: @Accent; }
QTabWidget::pane { border: none; border-top: 1px solid @Line; }

QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: @Line; }
QScrollArea { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: @Line; border-radius: 3px; margin: 2px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: @LineStrong; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QMenuBar { background: @Sunken; color: @Text; }
QMenuBar::item { padding: 4px 8px; background: transparent; }
QMenuBar::item:selected { background: @Line; border-radius: 4px; }
QMenu { background: @Raised; color: @Text; border: 1px solid @LineStrong; padding: 4px; }
QMenu::item { padding: 4px 24px 4px 12px; border-radius: 4px; }
QMenu::item:selected { background: @AccentSoft; }
QMenu::item:disabled { color: @TextFaint; }
QMenu::separator { height: 1px; background: @Line; margin: 4px 8px; }

QStatusBar { background: @Sunken; color: @TextMuted; border-top: 1px solid @Line; }
QStatusBar::item { border: none; }
QProgressBar { background: @Sunken; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; }
QProgressBar::chunk { background: @Accent; border-radius: 3px; }
QDockWidget { color: @Text; }
QFrame[role="dockTitle"] { background: @Surface; border: 1px solid @Line; border-bottom: none; border-top-left-radius: 6px;
    border-top-right-radius: 6px; }
QFrame[role="dockBody"] { background: @Surface; border: 1px solid @Line; border-top: none; border-bottom-left-radius: 6px;
    border-bottom-right-radius: 6px; }
QMainWindow::separator { background: @Window; width: 16px; height: 16px; }
QMainWindow::separator:hover { background: @Line; }
QToolButton[role="button"]:checked, QToolButton[role="quiet"]:checked { background: @AccentSoft; border-color: @Accent; color: @Text; }
)";

const QHash<QString, Colour> &names()
{
    static const QHash<QString, Colour> all{{QStringLiteral("Window"), Colour::Window},
                                            {QStringLiteral("Surface"), Colour::Surface},
                                            {QStringLiteral("Raised"), Colour::Raised},
                                            {QStringLiteral("Sunken"), Colour::Sunken},
                                            {QStringLiteral("LineStrong"), Colour::LineStrong},
                                            {QStringLiteral("Line"), Colour::Line},
                                            {QStringLiteral("Text"), Colour::Text},
                                            {QStringLiteral("TextMuted"), Colour::TextMuted},
                                            {QStringLiteral("TextFaint"), Colour::TextFaint},
                                            {QStringLiteral("Accent"), Colour::Accent},
                                            {QStringLiteral("AccentSoft"), Colour::AccentSoft},
                                            {QStringLiteral("OnAccent"), Colour::OnAccent},
                                            {QStringLiteral("Good"), Colour::Good},
                                            {QStringLiteral("Bad"), Colour::Bad},
                                            {QStringLiteral("BadSoft"), Colour::BadSoft}};
    return all;
}

} // namespace

QString styleSheet()
{
    QString sheet;
    const QString text = QString::fromLatin1(kSheet);
    for (qsizetype at = 0; at < text.size();) {
        if (text[at] != QLatin1Char('@')) {
            sheet += text[at++];
            continue;
        }
        qsizetype end = ++at;
        while (end < text.size() && text[end].isLetter())
            ++end;
        QString word = text.mid(at, end - at);
        auto role = names().constFind(word);
        if (role != names().constEnd())
            sheet += colour(*role).name();
        else
            sheet += word + (colour(Colour::Surface).lightnessF() > 0.5F ? QStringLiteral("-light.svg") : QStringLiteral("-dark.svg"));
        at = end;
    }
    return sheet;
}

} // namespace tessera::ui
