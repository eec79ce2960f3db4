// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/store/project.h"

#include "engine/protocol/requests.h"

#include <set>
#include <utility>
#include <variant>

#include <fcntl.h>
#include <unistd.h>

namespace tessera {
namespace {

namespace fs = std::filesystem;

fs::path blocksFolderOf(const fs::path &project)
{
    fs::path folder = project;
    return folder.replace_extension(".blocks");
}

ProjectLock lock(const fs::path &path)
{
    auto result = ProjectLock::tryLock(path);
    if (auto *holder = std::get_if<LockHolder>(&result))
        throw failed(path.string() + " is being written by " + describe(*holder) + "; try again when it is done");
    return std::get<ProjectLock>(std::move(result));
}

std::optional<std::string> textOrNull(const std::string &text)
{
    return text.empty() ? std::nullopt : std::optional(text);
}

bool mayBeWritten(const fs::path &path) { return ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0; }

void makeFolder(const fs::path &folder)
{
    std::error_code why;
    fs::create_directories(folder, why);
    if (why)
        throw failed("cannot make the folder " + folder.string() + ": " + why.message());
}

void insertSettings(Database &database, const ProjectSettings &settings)
{
    bool hasParent = settings.config.has_value();
    auto ifParent = [hasParent](std::string text) { return hasParent ? std::optional(std::move(text)) : std::nullopt; };
    database.run("INSERT INTO project (id, name, created, made_by, objective, parent_path, parent_fingerprint, config, space, "
                 "dtype, seed) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 settings.name, utcNow(), "tessera " TESSERA_VERSION, settings.objective, textOrNull(settings.parentPath),
                 textOrNull(settings.parentFingerprint), hasParent ? ifParent(toJson(*settings.config).dump()) : std::nullopt,
                 ifParent(toJson(settings.space).dump()), ifParent(toString(settings.dtype)),
                 hasParent ? std::optional(static_cast<std::int64_t>(settings.seed)) : std::nullopt);
}

void insertLayers(Database &database, const ProjectSettings &settings, const std::vector<LayerChoice> &parent)
{
    for (std::size_t i = 0; i < parent.size(); ++i) {
        auto layer = static_cast<std::int64_t>(i);
        database.run("INSERT INTO layer (id, attention, ffn) VALUES (?, ?, ?)", layer, shortName(parent[i].attention),
                     shortName(parent[i].ffn));
        if (!settings.config)
            continue;
        for (const Variant &variant : variantsOf(settings.space, *settings.config, layer)) {
            bool attention = variant.part == Part::Attention;
            database.run("INSERT INTO entry (layer, attention, ffn) VALUES (?, ?, ?)", layer,
                         attention ? shortName(variant) : std::string(), attention ? std::string() : shortName(variant));
        }
    }
}

} // namespace

Project::Project(Database database, std::optional<ProjectLock> lock) : m_database(std::move(database)), m_lock(std::move(lock)) {}

Project Project::create(const fs::path &path, const ProjectSettings &settings, const std::vector<Workload> &workloads,
                        const std::vector<LayerChoice> &parent, const std::function<void(Project &)> &fill)
{
    if (path.extension() != ".tessera")
        throw badInput("a project file is named NAME.tessera, not " + path.filename().string());
    ProjectLock held = lock(path);
    Project project(Database::create(path), std::move(held));
    project.m_database.transaction([&] {
        insertSettings(project.m_database, settings);
        for (std::size_t i = 0; i < workloads.size(); ++i)
            project.m_database.run("INSERT INTO workload (id, name, json) VALUES (?, ?, ?)", static_cast<std::int64_t>(i),
                                   workloads[i].name, toJson(workloads[i]).dump());
        insertLayers(project.m_database, settings, parent);
    });
    if (settings.config)
        for (const char *folder : {"weights", "tokens", "scratch"})
            makeFolder(project.blocksFolder() / folder);
    fill(project);
    project.m_database.publish();
    return project;
}

Project Project::openForReading(const fs::path &path) { return {Database::open(path, Database::Access::Read), std::nullopt}; }

Project Project::openForWriting(const fs::path &path)
{
    std::error_code ignored;
    if (!fs::exists(path, ignored))
        return openForReading(path); // Throws the sentence for a missing file, and leaves no lock behind.
    ProjectLock held = lock(path);
    return {Database::open(path, Database::Access::Write), std::move(held)};
}

Project Project::open(const fs::path &path)
{
    std::error_code ignored;
    if (fs::exists(path, ignored) && !(mayBeWritten(path) && mayBeWritten(fs::absolute(path, ignored).parent_path()))) {
        Project project = openForReading(path);
        project.m_whyReadOnly = path.string() + " is read-only";
        return project;
    }
    if (!fs::exists(path, ignored))
        return openForReading(path);
    auto result = ProjectLock::tryLock(path);
    if (auto *held = std::get_if<ProjectLock>(&result))
        return {Database::open(path, Database::Access::Write), std::move(*held)};
    Project project = openForReading(path);
    project.m_whyReadOnly = path.string() + " is being written by " + describe(std::get<LockHolder>(result));
    return project;
}

fs::path Project::blocksFolder() const { return blocksFolderOf(fs::absolute(path())); }

std::string Project::absolute(const std::string &file) const
{
    return file.empty() || fs::path(file).is_absolute() ? file : (blocksFolder() / file).string();
}

std::string Project::relative(const std::string &file) const
{
    std::string folder = blocksFolder().string() + "/";
    return file.starts_with(folder) ? file.substr(folder.size()) : file;
}

ProjectSettings Project::settings() const
{
    ProjectSettings settings;
    std::string where = path().string();
    bool found = false;
    m_database.each("SELECT name, objective, parent_path, parent_fingerprint, config, space, dtype, seed FROM project",
                    [&](SQLite::Statement &row) {
                        found = true;
                        settings.name = row.getColumn(0).getString();
                        settings.objective = row.getColumn(1).getString();
                        settings.parentPath = optionalText(row.getColumn(2)).value_or("");
                        settings.parentFingerprint = optionalText(row.getColumn(3)).value_or("");
                        if (auto config = optionalText(row.getColumn(4)))
                            settings.config = parseModelConfig(parseJson(*config, where), "the configuration in " + where);
                        if (auto space = optionalText(row.getColumn(5)))
                            settings.space = parseVariantSpace(parseJson(*space, where), "the space in " + where);
                        if (auto dtype = optionalText(row.getColumn(6)))
                            settings.dtype = parseDType(*dtype);
                        settings.seed = static_cast<std::uint64_t>(optionalInteger(row.getColumn(7)).value_or(0));
                    });
    if (!found)
        throw badInput(where + " is damaged: it says nothing about its project");
    return settings;
}

ModelConfig Project::config() const
{
    if (auto config = settings().config)
        return *config;
    throw badInput(path().string() + " is an imported library: it has costs and scores, and no parent that could be run");
}

std::vector<Workload> Project::workloads() const
{
    std::vector<Workload> workloads;
    m_database.each("SELECT json FROM workload ORDER BY id", [&](SQLite::Statement &row) {
        std::string where = "a workload in " + path().string();
        workloads.push_back(parseWorkload(parseJson(row.getColumn(0).getString(), where), where));
    });
    return workloads;
}

std::vector<LayerChoice> Project::parentLayers() const
{
    std::vector<LayerChoice> layers;
    m_database.each("SELECT id, attention, ffn FROM layer ORDER BY id", [&](SQLite::Statement &row) {
        if (row.getColumn(0).getInt64() != static_cast<std::int64_t>(layers.size()))
            throw badInput(path().string() + " is damaged: layer " + std::to_string(layers.size()) + " is missing");
        layers.push_back({parseVariant(Part::Attention, row.getColumn(1).getString()),
                          parseVariant(Part::Ffn, row.getColumn(2).getString())});
    });
    return layers;
}

std::vector<TokenSplit> Project::tokenSplits() const
{
    std::vector<TokenSplit> splits;
    m_database.each("SELECT name, file, hash, tokens FROM token_split ORDER BY name", [&](SQLite::Statement &row) {
        splits.push_back({row.getColumn(0).getString(), absolute(row.getColumn(1).getString()), row.getColumn(2).getString(),
                          row.getColumn(3).getInt64()});
    });
    return splits;
}

void Project::setParentPath(const std::string &path) { m_database.run("UPDATE project SET parent_path = ?", path); }

void Project::saveTokenSplit(const TokenSplit &split)
{
    m_database.run("INSERT OR REPLACE INTO token_split (name, file, hash, tokens) VALUES (?, ?, ?, ?)", split.name,
                   relative(split.file), split.hash, split.tokens);
}

std::int64_t Project::beginAttempt()
{
    std::int64_t attempt = 0;
    m_database.transaction([&] {
        m_database.run("UPDATE project SET attempt = attempt + 1");
        m_database.each("SELECT attempt FROM project", [&](SQLite::Statement &row) { attempt = row.getColumn(0).getInt64(); });
    });
    return attempt;
}

void Project::deleteFilesWithoutRow()
{
    std::set<std::string> named;
    m_database.each("SELECT file FROM weights UNION SELECT file FROM pair_weights UNION SELECT file FROM token_split",
                    [&](SQLite::Statement &row) { named.insert(absolute(row.getColumn(0).getString())); });
    for (const char *folder : {"weights", "tokens"}) {
        std::error_code why;
        for (const fs::directory_entry &file : fs::directory_iterator(blocksFolder() / folder, why))
            if (file.is_regular_file(why) && !named.contains(file.path().string()))
                fs::remove(file.path(), why);
    }
}

} // namespace tessera
