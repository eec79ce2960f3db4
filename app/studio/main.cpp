// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/client/engine_client.h"
#include "ui/state/search.h"
#include "ui/state/session.h"
#include "ui/theme/application_icon.h"
#include "ui/theme/theme.h"
#include "ui/views/window/main_window.h"
#include "ui/views/window/screenshot.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QLibraryInfo>
#include <QLocale>
#include <QSettings>
#include <QTranslator>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <optional>
#include <string_view>

using namespace tessera::ui;

namespace {

struct Arguments {
    QString project, engine, language;
    std::optional<ThemeChoice> theme;
    std::optional<ScreenshotRequest> screenshot;
};

int refuse(const QString &sentence)
{
    std::fprintf(stderr, "tessera-studio: %s (see --help)\n", qPrintable(sentence));
    return 2;
}

/// Pictures, help and version come without a display.
bool opensNoWindow(int argc, char **argv)
{
    constexpr std::string_view kWords[] = {"-h", "--help", "--help-all", "-v", "--version"};
    return std::any_of(argv + 1, argv + argc, [&](std::string_view word) {
        return word.starts_with("--screenshot") || std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
    });
}

/// Qt would abort.
bool lacksDisplay()
{
    return qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM") && qEnvironmentVariableIsEmpty("DISPLAY") && qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY");
}

/// Fills arguments; an empty sentence, or what is wrong with them.
QString read(const QCommandLineParser &parser, Arguments *arguments)
{
    QStringList places = parser.positionalArguments();
    QString theme = parser.value("theme");
    if (parser.isSet("theme") && theme != "light" && theme != "dark" && theme != "system")
        return "--theme is light, dark or system, not " + theme;
    if (parser.isSet("theme"))
        arguments->theme = parseThemeChoice(theme);
    arguments->engine = parser.value("engine");
    arguments->language = parser.value("language");
    QList<LimitDraft> limits;
    for (bool atLeast : {false, true})
        for (const QString &text : parser.values(atLeast ? "min" : "max")) {
            auto limit = parseLimitText(text, atLeast);
            if (!limit)
                return "a limit is written COST=V, not " + text;
            limits.append(*limit);
        }
    if (parser.isSet("screenshot")) {
        ScreenshotRequest request;
        request.view = parser.value("screenshot");
        if (Screenshot::placeOf(request.view) < 0)
            return "--screenshot takes welcome, library, search, compare, pool, children, jobs, spectra, profile, training, data, gallery "
                   "or models, not " + request.view;
        if (places.isEmpty())
            return "--screenshot needs a file to write";
        request.file = places.takeLast();
        if (places.isEmpty() && MainWindow::needsProject(Screenshot::placeOf(request.view)))
            return "--screenshot " + request.view + " needs a project";
        if (parser.isSet("size")) {
            QStringList size = parser.value("size").split('x');
            if (size.size() != 2 || size[0].toInt() < 640 || size[1].toInt() < 480 || size[0].toInt() > 8192
                || size[1].toInt() > 8192)
                return "--size is WIDTHxHEIGHT between 640x480 and 8192x8192, not " + parser.value("size");
            request.size = {size[0].toInt(), size[1].toInt()};
        }
        request.select = parser.value("select");
        if (places.isEmpty() && (!request.select.isEmpty() || !limits.isEmpty()))
            return "--select, --max and --min need a project";
        request.limits = limits;
        arguments->screenshot = request;
    } else if (!limits.isEmpty() || parser.isSet("select") || parser.isSet("size")) {
        return "--max, --min, --select and --size are for --screenshot";
    }
    if (places.size() > 1)
        return "one project at a time";
    if (!places.isEmpty())
        arguments->project = places.first();
    return {};
}

} // namespace

int main(int argc, char **argv)
{
    if (opensNoWindow(argc, argv) && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    if (lacksDisplay())
        return refuse("there is no display: set DISPLAY or WAYLAND_DISPLAY, or take a picture with --screenshot");
    QApplication application(argc, argv);
    QApplication::setOrganizationName("tessera");
    QApplication::setApplicationName("tessera-studio");
    QApplication::setApplicationVersion(TESSERA_VERSION);
    QApplication::setDesktopFileName("tessera-studio");
    QApplication::setWindowIcon(applicationIcon());

    QCommandLineParser parser;
    parser.setApplicationDescription(
        "Explore a model's cheaper children: drag a limit, see the proven best child.\n\n"
        "Example: tessera-studio my.tessera --screenshot search picture.png --max runtime=70% --theme dark");
    parser.addPositionalArgument("PROJECT", "A project file (*.tessera), or a checkpoint to make one from",
                                 "[PROJECT]");
    parser.addOptions(
        {{"screenshot",
          "Write a picture of VIEW (welcome, library, search, compare, pool, children, jobs; spectra, profile, training, data, "
          "gallery, models) to FILE, the last "
          "argument, and end",
          "VIEW"},
         {"size", "Of the picture (default: 1280x800)", "WxH"},
         {"max", "Upper limit for the picture, as tessera solve takes it; may be repeated", "LIMIT"},
         {"min", "Lower limit for the picture", "LIMIT"},
         {"select", "Variant to be selected in the picture", "L:BLOCK"},
         {"theme", "light, dark or system", "NAME"},
         {"language", "Of the interface, for example de (default: the system's)", "CODE"},
         {"engine", "The program tessera to start (default: beside this one, then on the path)", "PROGRAM"}});
    parser.addHelpOption();
    parser.addVersionOption();
    if (!parser.parse(QApplication::arguments()))
        return refuse(parser.errorText());
    if (parser.isSet("help"))
        parser.showHelp(0);
    if (parser.isSet("version"))
        parser.showVersion();
    Arguments arguments;
    QString wrong = read(parser, &arguments);
    if (!wrong.isEmpty())
        return refuse(wrong);

    QLocale locale = arguments.language.isEmpty() ? QLocale() : QLocale(arguments.language);
    QLocale::setDefault(locale);
    QTranslator own, qts;
    if (own.load(locale, "tessera", "_", ":/i18n") || own.load(":/i18n/tessera_en"))
        QApplication::installTranslator(&own);
    if (qts.load(locale, "qtbase", "_", QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        QApplication::installTranslator(&qts);
    applyTheme(arguments.theme.value_or(
        arguments.screenshot ? ThemeChoice::Light : parseThemeChoice(QSettings().value("theme").toString())));

    Session session;
    Search search(session);
    MainWindow window(session, search);
    window.setRemembers(!arguments.screenshot || arguments.screenshot->view == "welcome");
    std::optional<Screenshot> screenshot;
    if (arguments.screenshot) {
        session.setKeepsSteps(false);
        window.resize(arguments.screenshot->size);
        screenshot.emplace(*arguments.screenshot, window, session, search, !arguments.project.isEmpty());
    }
    if (!arguments.project.isEmpty())
        window.openPath(arguments.project);
    window.show();
    session.start(arguments.engine.isEmpty() ? EngineClient::defaultProgram() : arguments.engine);
    int code = QApplication::exec();
    session.engine().stop();
    return code;
}
