// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/network_model.h"

#include "engine/base/error.h"

#include <cstdlib>
#include <system_error>

namespace tessera {
namespace fs = std::filesystem;

std::string modelPath(const std::string &path)
{
    std::error_code code;
    if (path.empty() || !fs::exists(path, code))
        throw badInput("there is no model at \"" + path + "\": give a checkpoint folder or a .gguf file");
    return fs::absolute(path).lexically_normal().string();
}

std::optional<Tokenizer> tokenizerOf(const std::string &model)
{
    std::error_code code;
    if (fs::is_directory(model, code) && !fs::exists(fs::path(model) / "tokenizer.json", code))
        return std::nullopt;
    return Tokenizer::open(model);
}

TemporaryFolder::TemporaryFolder()
{
    std::error_code code;
    std::string name = (fs::temp_directory_path(code) / "tessera-XXXXXX").string();
    if (code || !::mkdtemp(name.data()))
        throw failed("no temporary folder can be made: set TMPDIR to a folder that can be written");
    m_path = name;
}

TemporaryFolder::~TemporaryFolder()
{
    std::error_code code;
    fs::remove_all(m_path, code);
}

} // namespace tessera
