// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QAbstractItemModel;

namespace tessera::ui {

class HeatMapView;
class FrontView;
class Search;
class Session;
class SolutionStrip;

/// What a report is made of.
struct ReportSources {
    const Session &session;
    const Search &search;
    HeatMapView &map;
    SolutionStrip &strip;
    FrontView &front;
    const QAbstractItemModel *children = nullptr; ///< Those that were made, as a table; may be null.
};

/// The project as one page: what was asked, what was found and how sure it is, the pictures, every layer, and where all of it
/// comes from, and the children that were made. Pictures are inside the text, in light colours.
QString reportHtml(const ReportSources &sources);

/// By the ending of the path: .html or .pdf. Returns an empty string, or the sentence that says what went wrong.
QString writeReport(const ReportSources &sources, const QString &path);

} // namespace tessera::ui
