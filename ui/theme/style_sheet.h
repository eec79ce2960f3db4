// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace tessera::ui {

/// The application's style sheet in the colours that are shown now. Widgets opt into a role by the dynamic property "role":
/// "primary", "quiet" (buttons); "panel", "card" (frames); "muted", "caption", "heading", "title", "error" (labels).
QString styleSheet();

} // namespace tessera::ui
