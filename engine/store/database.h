// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/error.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>

namespace tessera {

inline constexpr std::int32_t kApplicationId = 0x54455353; // "TESS"
inline constexpr int kSchemaVersion = 4;
/// The text of schema.sql.
extern const char *const kSchema;

/// A project's SQLite connection. Several threads may use it: a statement, a transaction or a snapshot of one keeps the others
/// waiting. Every failure of SQLite becomes one sentence for the user.
class Database {
public:
    enum class Access { Read, Write };

    /// Makes a new database with the current schema under a temporary name. publish() gives it its own: so nobody ever sees
    /// half of it, and an object that ends before leaves nothing. Throws Error when path exists or cannot be written.
    static Database create(const std::filesystem::path &path);
    void publish();
    ~Database();
    Database(Database &&) = default;
    Database &operator=(Database &&) = delete;

    /// Opens an existing one. Before any row is read: it is a sound SQLite file of ours, its schema is exactly the one we know;
    /// an older one is migrated when opened for writing (a copy of the file is kept), a newer one refused.
    static Database open(const std::filesystem::path &path, Access access);

    /// Runs one statement that gives no rows.
    template <typename... Values> void run(const char *sql, const Values &...values)
    {
        guarded([&] {
            SQLite::Statement statement(*m_connection, sql);
            bindAll(statement, values...);
            while (statement.executeStep()) {
            }
        });
    }

    /// Hands every row of a query to onRow.
    template <typename... Values>
    void each(const char *sql, const std::function<void(SQLite::Statement &row)> &onRow, const Values &...values) const
    {
        guarded([&] {
            SQLite::Statement statement(*m_connection, sql);
            bindAll(statement, values...);
            while (statement.executeStep())
                onRow(statement);
        });
    }

    /// Rows that the last statement changed.
    std::int64_t changes() const { return m_connection->getChanges(); }
    std::int64_t lastInsertId() const { return m_connection->getLastInsertRowid(); }
    const std::filesystem::path &path() const { return m_path; }

    /// Does everything in action or nothing of it, durable when it returns; an exception undoes it. Inside another it is a part of that one.
    void transaction(const std::function<void()> &action);
    /// The same for reading: everything in action sees one state of the file.
    void snapshot(const std::function<void()> &action) const;

private:
    Database(const std::filesystem::path &path, const std::filesystem::path &file, int flags);

    template <typename... Values> static void bindAll(SQLite::Statement &statement, const Values &...values)
    {
        int index = 0;
        (bindOne(statement, ++index, values), ...);
    }
    static void bindOne(SQLite::Statement &s, int i, std::int64_t value) { s.bind(i, value); }
    static void bindOne(SQLite::Statement &s, int i, int value) { s.bind(i, value); }
    static void bindOne(SQLite::Statement &s, int i, bool value) { s.bind(i, value ? 1 : 0); }
    static void bindOne(SQLite::Statement &s, int i, double value) { s.bind(i, value); }
    static void bindOne(SQLite::Statement &s, int i, const std::string &value) { s.bind(i, value); }
    static void bindOne(SQLite::Statement &s, int i, const char *value) { s.bind(i, value); }
    template <typename T> static void bindOne(SQLite::Statement &s, int i, const std::optional<T> &value)
    {
        if (value)
            bindOne(s, i, *value);
        else
            s.bind(i);
    }

    void guarded(const std::function<void()> &action) const;
    void settle(Access access);
    void checkIdentity() const;
    void checkSchema() const;

    std::filesystem::path m_path;
    std::filesystem::path m_temporary; ///< Where it lies until it is published; empty afterwards.
    std::unique_ptr<SQLite::Database> m_connection;
};

/// The sentence for a failure of SQLite.
Error databaseError(const std::filesystem::path &path, const SQLite::Exception &e);

// Values of a row that may be NULL.
std::optional<double> optionalDouble(const SQLite::Column &column);
std::optional<std::int64_t> optionalInteger(const SQLite::Column &column);
std::optional<std::string> optionalText(const SQLite::Column &column);

/// Now, in UTC, ISO 8601 with seconds.
std::string utcNow();

} // namespace tessera
