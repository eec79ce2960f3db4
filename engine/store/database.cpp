// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/store/database.h"

#include "engine/base/file.h"
#include "engine/store/migrations.h"

#include <chrono>
#include <ctime>
#include <fstream>
#include <map>
#include <utility>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

namespace tessera {
namespace {

constexpr int kBusyMilliseconds = 10000;
constexpr int kLargestValue = 256 << 20;

void configure(SQLite::Database &connection)
{
    sqlite3_extended_result_codes(connection.getHandle(), 1);
    sqlite3_limit(connection.getHandle(), SQLITE_LIMIT_LENGTH, kLargestValue);
    connection.setBusyTimeout(kBusyMilliseconds);
    connection.exec("PRAGMA trusted_schema = OFF");
    connection.exec("PRAGMA cell_size_check = ON");
    connection.exec("PRAGMA foreign_keys = ON");
    connection.exec("PRAGMA synchronous = FULL");
}

/// Every object of a schema with its text.
std::map<std::string, std::string> schemaOf(SQLite::Database &connection)
{
    std::map<std::string, std::string> objects;
    SQLite::Statement query(connection, "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_master");
    while (query.executeStep())
        objects.emplace(query.getColumn(0).getString(), query.getColumn(1).getString());
    return objects;
}

const std::map<std::string, std::string> &expectedSchema()
{
    static const std::map<std::string, std::string> schema = [] {
        SQLite::Database memory(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        memory.exec(kSchema);
        return schemaOf(memory);
    }();
    return schema;
}

/// Keeps other threads from a connection, by the recursive mutex that SQLite itself has for it.
class Alone {
public:
    explicit Alone(SQLite::Database *connection) : m_mutex(connection ? sqlite3_db_mutex(connection->getHandle()) : nullptr)
    {
        sqlite3_mutex_enter(m_mutex);
    }
    ~Alone() { sqlite3_mutex_leave(m_mutex); }
    Alone(const Alone &) = delete;
    Alone &operator=(const Alone &) = delete;

private:
    sqlite3_mutex *m_mutex;
};

/// Undone alone where action throws.
void asPart(SQLite::Database &connection, const std::function<void()> &action)
{
    connection.exec("SAVEPOINT part");
    try {
        action();
    } catch (...) {
        // Where the failure has ended the whole transaction, there is nothing left to undo.
        if (sqlite3_get_autocommit(connection.getHandle()) == 0)
            connection.exec("ROLLBACK TO part; RELEASE part");
        throw;
    }
    connection.exec("RELEASE part");
}

void checkIsSqlite(const std::filesystem::path &path)
{
    std::error_code why;
    if (!std::filesystem::exists(path, why))
        throw badInput("there is no project " + path.string() + "; tessera new or tessera import makes one");
    if (!std::filesystem::is_regular_file(path, why))
        throw badInput(path.string() + " is not a regular file");
    std::ifstream file(path, std::ios::binary);
    std::string start(16, '\0');
    if (!file || !file.read(start.data(), 16) || start != std::string("SQLite format 3\0", 16))
        throw badInput(path.string() + " is no Tessera project (or cannot be read): it is no SQLite database");
}

} // namespace

Error databaseError(const std::filesystem::path &path, const SQLite::Exception &e)
{
    std::string file = path.string();
    switch (e.getErrorCode() & 0xff) {
    case SQLITE_FULL:
        return failed("the disk is full: " + file + " keeps what it held before; make room and run the same command again");
    case SQLITE_IOERR:
        return failed("the disk failed or is full while " + file + " was read or written (" + e.what()
                      + "); it keeps what it held before");
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return failed(file + " cannot be written: the file or its folder is read-only");
    case SQLITE_CANTOPEN:
        return failed(file + " cannot be opened: check that its folder exists and may be written (" + e.what() + ")");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return failed(file + " is in use by another program; try again when it is done");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return badInput(file + " is damaged (" + e.what() + "); restore it from a copy, nothing was changed");
    case SQLITE_CONSTRAINT:
        return failed(file + " refused a contradictory row: " + e.what());
    default:
        return failed(file + ": " + e.what());
    }
}

std::optional<double> optionalDouble(const SQLite::Column &column)
{
    return column.isNull() ? std::nullopt : std::optional(column.getDouble());
}
std::optional<std::int64_t> optionalInteger(const SQLite::Column &column)
{
    return column.isNull() ? std::nullopt : std::optional(column.getInt64());
}
std::optional<std::string> optionalText(const SQLite::Column &column)
{
    return column.isNull() ? std::nullopt : std::optional(column.getString());
}

std::string utcNow()
{
    std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

Database::Database(const std::filesystem::path &path, const std::filesystem::path &file, int flags) : m_path(path)
{
    guarded([&] {
        m_connection = std::make_unique<SQLite::Database>(file.string(), flags | SQLite::OPEN_FULLMUTEX);
        configure(*m_connection);
    });
}

Database::~Database()
{
    if (!m_connection || m_temporary.empty())
        return;
    m_connection.reset();
    std::error_code ignored;
    std::filesystem::remove(m_temporary, ignored);
}

void Database::guarded(const std::function<void()> &action) const
{
    Alone alone(m_connection.get());
    try {
        action();
    } catch (const SQLite::Exception &e) {
        throw databaseError(m_path, e);
    }
}

Database Database::create(const std::filesystem::path &path)
{
    std::error_code why;
    if (std::filesystem::exists(path, why))
        throw badInput(path.string() + " exists; choose another name or delete it first");
    std::filesystem::path temporary = path;
    temporary += std::string(kTemporarySuffix);
    std::filesystem::remove(temporary, why); // Of a killed process.
    Database made(path, temporary, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    made.m_temporary = temporary;
    made.guarded([&] {
        made.m_connection->exec("PRAGMA application_id = " + std::to_string(kApplicationId));
        SQLite::Transaction transaction(*made.m_connection);
        made.m_connection->exec(kSchema);
        made.m_connection->exec("PRAGMA user_version = " + std::to_string(kSchemaVersion));
        transaction.commit();
    });
    return made;
}

void Database::publish()
{
    m_connection.reset();
    std::filesystem::path temporary = std::exchange(m_temporary, {});
    std::error_code why;
    std::filesystem::rename(temporary, m_path, why);
    if (why) {
        std::string sentence = "cannot write " + m_path.string() + ": " + why.message();
        std::filesystem::remove(temporary, why);
        throw failed(sentence);
    }
    syncFolder(m_path.parent_path());
    m_connection = std::move(open(m_path, Access::Write).m_connection);
}

Database Database::open(const std::filesystem::path &path, Access access)
{
    checkIsSqlite(path);
    // Readers open for writing too where they may: only so can SQLite undo what a killed writer left half done.
    int flags = SQLite::OPEN_READWRITE;
    if (access == Access::Read && ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) != 0)
        flags = SQLite::OPEN_READONLY;
    Database database(path, path, flags);
    database.checkIdentity();
    database.settle(access);
    database.checkSchema();
    return database;
}

void Database::checkIdentity() const
{
    int version = 0;
    guarded([&] {
        if (m_connection->execAndGet("PRAGMA application_id").getInt() != kApplicationId)
            throw badInput(m_path.string() + " is a database of another program");
        version = m_connection->execAndGet("PRAGMA user_version").getInt();
    });
    if (version > kSchemaVersion)
        throw badInput(m_path.string() + " was made by a newer Tessera (file version " + std::to_string(version)
                       + ", this program knows " + std::to_string(kSchemaVersion) + "); update Tessera to open it");
    if (version < 1)
        throw badInput(m_path.string() + " is damaged: it has no file version");
}

void Database::settle(Access access)
{
    guarded([&] {
        int version = m_connection->execAndGet("PRAGMA user_version").getInt();
        if (access == Access::Read) {
            if (version < kSchemaVersion)
                throw badInput(m_path.string() + " is of an older Tessera; any command that writes to it brings it up to date");
            m_connection->exec("PRAGMA query_only = ON");
            return;
        }
        if (std::string mode = m_connection->execAndGet("PRAGMA journal_mode = DELETE").getString(); mode != "delete")
            throw failed(m_path.string() + " cannot be used with a rollback journal (" + mode + ")");
        std::string health = m_connection->execAndGet("PRAGMA quick_check(1)").getString();
        if (health != "ok")
            throw badInput(m_path.string() + " is damaged (" + health + "); restore it from a copy, nothing was changed");
        if (version < kSchemaVersion) {
            m_connection->backup((m_path.string() + ".v" + std::to_string(version)).c_str(), SQLite::Database::BackupType::Save);
            migrate(*m_connection, allMigrations(), kSchemaVersion);
        }
    });
}

void Database::checkSchema() const
{
    guarded([&] {
        if (schemaOf(*m_connection) != expectedSchema())
            throw badInput(m_path.string() + " has other tables than a Tessera project; restore it from a copy");
    });
}

void Database::transaction(const std::function<void()> &action)
{
    guarded([&] {
        // Whoever began one has the connection for himself until it ends: it is this thread's.
        if (sqlite3_get_autocommit(m_connection->getHandle()) == 0)
            return asPart(*m_connection, action);
        SQLite::Transaction transaction(*m_connection, SQLite::TransactionBehavior::IMMEDIATE);
        action();
        transaction.commit();
    });
}

void Database::snapshot(const std::function<void()> &action) const
{
    guarded([&] {
        if (sqlite3_get_autocommit(m_connection->getHandle()) == 0)
            return action();
        SQLite::Transaction transaction(*m_connection, SQLite::TransactionBehavior::DEFERRED);
        action();
    });
}

} // namespace tessera
