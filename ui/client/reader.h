// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/library.h"

#include "engine/base/error.h"
#include "engine/base/json.h"

#include <QMap>
#include <QString>
#include <QStringList>

#include <string>

namespace tessera::ui {

/// An object of an answer, with typed members that say where they are missing.
class Reader {
public:
    Reader(const Json &json, const QString &where) : m_json(json), m_where(where.toStdString())
    {
        if (!json.is_object())
            throw badInput("the engine's answer to " + m_where + " is no object");
    }
    bool has(const char *key) const { return m_json.contains(key) && !m_json.at(key).is_null(); }
    const Json &at(const char *key) const
    {
        static const Json null;
        auto found = m_json.find(key);
        return found == m_json.end() ? null : *found;
    }
    QString text(const char *key) const
    {
        const Json &value = at(key);
        return value.is_string() ? QString::fromStdString(value.get_ref<const std::string &>()) : QString();
    }
    double number(const char *key) const { return toNumber(at(key)); }
    qint64 integer(const char *key, qint64 otherwise) const
    {
        const Json &value = at(key);
        return value.is_number_integer() ? value.get<qint64>() : otherwise;
    }
    QList<double> values(const char *key) const
    {
        QList<double> found;
        found.reserve(static_cast<qsizetype>(array(key).size()));
        for (const Json &value : array(key))
            found.append(toNumber(value));
        return found;
    }
    bool flag(const char *key) const { return at(key).is_boolean() && at(key).get<bool>(); }
    const Json &array(const char *key) const
    {
        static const Json empty = Json::array();
        const Json &value = at(key);
        if (value.is_null())
            return empty;
        if (!value.is_array())
            throw badInput("the engine's answer to " + m_where + ": " + key + " is no array");
        return value;
    }
    QStringList words(const char *key) const
    {
        QStringList found;
        for (const Json &word : array(key))
            if (word.is_string())
                found.append(QString::fromStdString(word.get<std::string>()));
        return found;
    }
    /// The numbers of an object; null and other types are left out.
    QMap<QString, double> numbers(const char *key) const
    {
        QMap<QString, double> found;
        if (at(key).is_object())
            for (const auto &[name, value] : at(key).items())
                if (value.is_number())
                    found.insert(QString::fromStdString(name), value.get<double>());
        return found;
    }
    QString where() const { return QString::fromStdString(m_where); }
    static double toNumber(const Json &value) { return value.is_number() ? value.get<double>() : kUnknown; }

private:
    const Json &m_json;
    std::string m_where;
};

} // namespace tessera::ui
