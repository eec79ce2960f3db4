// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/journey.h"

#include "ui/views/children/distill_dialog.h"
#include "ui/views/children/export_dialog.h"
#include "ui/views/lessons/lesson.h"

#include <QAbstractButton>
#include <QAction>
#include <QFile>
#include <QLabel>
#include <QRegularExpression>
#include <QSet>
#include <QTest>
#include <QTranslator>
#include <QXmlStreamReader>

using namespace tessera::ui;

namespace {

/// Every text in brackets and 40 % longer: what comes without them is not translated, what is cut is too narrow.
class Pseudo : public QTranslator {
public:
    bool isEmpty() const override { return false; }
    QString translate(const char *context, const char *source, const char *, int) const override
    {
        if (!QByteArray(context).startsWith("tessera::"))
            return {};
        QString text = QString::fromUtf8(source);
        return QChar(0x27e6) + text + QString(text.size() * 2 / 5, u'~') + QChar(0x27e7);
    }
};

/// A catalogue that remembers what it was asked for in vain.
class Strict : public QTranslator {
public:
    QString translate(const char *context, const char *source, const char *comment, int n) const override
    {
        QString text = QTranslator::translate(context, source, comment, n);
        if (text.isEmpty() && QByteArray(context).startsWith("tessera::"))
            missing.insert(QString::fromUtf8(context) + ": " + QString::fromUtf8(source));
        return text;
    }
    mutable QSet<QString> missing;
};

struct Installed {
    explicit Installed(QTranslator &what) : translator(what) { QCoreApplication::installTranslator(&translator); }
    ~Installed() { QCoreApplication::removeTranslator(&translator); }
    QTranslator &translator;
};

/// Members are built in their order, so the translator is there before the window.
template <typename Translator> struct InLanguage {
    Translator translator;
    Installed installed{translator};
};

class PseudoWindow : InLanguage<Pseudo>, public Journey {};

class GermanCatalogue : public Strict {
public:
    GermanCatalogue() { loaded = load(QString::fromLatin1(TESSERA_CATALOGUES) + "/tessera_de.qm"); }
    bool loaded = false;
};

class GermanWindow : public InLanguage<GermanCatalogue>, public Journey {};

bool saysWords(const QString &text)
{
    static const QRegularExpression word(QStringLiteral("\\p{L}{4,}"));
    return text.contains(word);
}

} // namespace

TEST_F(PseudoWindow, EveryWordOfTheWindowCanBeTranslatedAndFits)
{
    panel().addLimit("memory");
    settle();
    // Names of the project and of its blocks, and of the product.
    const QStringList data{"toy", "chat", "Tessera", "memory", "attention=", "ffn=", "kl_div", "KiB"};
    auto foreign = [&](const QString &text) {
        if (!saysWords(text) || text.contains(QChar(0x27e6)))
            return false;
        for (const QString &word : data)
            if (text.contains(word))
                return false;
        return true;
    };
    for (int place = 0; place < MainWindow::kPlaces; ++place) {
        m_window.showPlace(place);
        QTest::qWait(20);
        for (QAbstractButton *button : m_window.findChildren<QAbstractButton *>()) {
            EXPECT_FALSE(foreign(button->text())) << button->text().toStdString();
            EXPECT_FALSE(foreign(button->toolTip())) << button->toolTip().toStdString();
            if (button->isVisible() && button->inherits("QPushButton")) {
                EXPECT_GE(button->width(), button->minimumSizeHint().width())
                    << "cut off: " << button->text().toStdString() << " in place " << place;
            }
        }
        for (QLabel *label : m_window.findChildren<QLabel *>())
            EXPECT_FALSE(foreign(label->text())) << label->text().toStdString();
        for (QWidget *widget : m_window.findChildren<QWidget *>()) {
            bool own = !widget->inherits("QDockWidgetTitleButton"); // Those have Qt's own words.
            EXPECT_FALSE(own && foreign(widget->accessibleName())) << widget->accessibleName().toStdString();
        }
    }
    for (QAction *action : m_window.findChildren<QAction *>())
        EXPECT_FALSE(foreign(action->text())) << action->text().toStdString();
}

TEST_F(GermanWindow, GermanIsComplete)
{
    ASSERT_TRUE(translator.loaded) << "no catalogue in " << TESSERA_CATALOGUES;
    panel().setLimit("memory", "1%", false);
    settle();
    panel().setLimit("memory", "50%", false);
    settle();
    for (int place = 0; place < MainWindow::kPlaces; ++place)
        m_window.showPlace(place);
    allLessons();
    m_window.showPlace(MainWindow::kLibrary);
    m_session.setCurrentVariant(1);
    QTest::qWait(60); // The inspector waits for a cursor that stands.
    settle();
    ExportDialog dialog(m_session, TESSERA_RESOURCES "/demo");
    dialog.show();
    DistillDialog distil(m_session, TESSERA_RESOURCES "/demo");
    distil.show();
    settle();
    QStringList missing(translator.missing.begin(), translator.missing.end());
    EXPECT_EQ(missing.join("\n").toStdString(), "");
}

TEST(Catalogues, TranslationsKeepThePlacesOfNumbersAndNames)
{
    QFile file(QString::fromLatin1(TESSERA_TRANSLATIONS) + "/tessera_de.ts");
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    QXmlStreamReader xml(&file);
    static const QRegularExpression place(QStringLiteral("%L?(\\d|n)"));
    auto placesOf = [](const QString &text) {
        QStringList found;
        auto matches = place.globalMatch(text);
        while (matches.hasNext())
            found.append(matches.next().captured());
        found.sort();
        return found.join(' ').toStdString();
    };
    QString source;
    int count = 0;
    while (!xml.atEnd()) {
        xml.readNext();
        if (!xml.isStartElement())
            continue;
        if (xml.name() == QLatin1String("source"))
            source = xml.readElementText();
        else if (xml.name() == QLatin1String("translation")) {
            EXPECT_NE(xml.attributes().value("type").toString().toStdString(), "unfinished") << source.toStdString();
            QString text = xml.readElementText(QXmlStreamReader::IncludeChildElements).trimmed();
            ++count;
            if (!source.contains("%n")) {
                EXPECT_EQ(placesOf(text), placesOf(source)) << source.toStdString();
            }
        }
    }
    EXPECT_GT(count, 300);
}
