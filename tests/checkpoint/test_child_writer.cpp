// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/child_writer.h"

#include "engine/base/file.h"
#include "engine/checkpoint/checkpoint.h"
#include "tests/base/temporary_folder.h"
#include "tests/checkpoint/any_child.h"
#include "tests/checkpoint/models.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace tessera {
namespace {

using test::TemporaryFolder;

using test::anyChild;

void produce(const TensorSpec &spec, const FloatSink &sink) { test::produceRows(spec, sink); }

std::size_t entriesIn(const std::filesystem::path &folder)
{
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator()));
}

RC_GTEST_PROP(ChildWriter, AnyChildIsReadBackWithEveryWeight, ())
{
    TemporaryFolder folder;
    ModelArchitecture model = anyChild();
    StoredType type = *rc::gen::element(StoredType::F32, StoredType::F16, StoredType::BF16);
    writeChild(folder / "child", model, type, produce, R"({"version":"1.0"})");
    Checkpoint checkpoint = Checkpoint::open(folder / "child");
    RC_ASSERT(checkpoint.architecture().layers == model.layers);
    RC_ASSERT(checkpoint.config().tiedEmbeddings == model.config.tiedEmbeddings);
    RC_ASSERT(parametersOf(checkpoint.architecture()) == parametersOf(model));
    RC_ASSERT(checkpoint.tensors().size() == tensorsOf(model).size());
    for (const TensorSpec &spec : tensorsOf(model)) {
        std::vector<float> expected = test::weightsOf(spec), stored(expected.size());
        decodeFloats(type, encodeFloats(expected, type), stored);
        RC_ASSERT(checkpoint.readFloats(spec.name) == stored);
    }
    RC_ASSERT(readTextFile(folder / "child" / "tokenizer.json", 100) == R"({"version":"1.0"})");
    RC_ASSERT(entriesIn(folder.path()) == 1u);
    RC_ASSERT(entriesIn(folder / "child") == 3u);
}

TEST(ChildWriter, AnEmptyFolderIsFilledAndAnotherOneLeftAlone)
{
    TemporaryFolder folder;
    ModelArchitecture model = parentArchitecture(test::tinyConfig());
    std::filesystem::create_directory(folder / "empty");
    writeChild(folder / "empty/", model, StoredType::BF16, produce, "");
    EXPECT_EQ(Checkpoint::open(folder / "empty").architecture(), model);
    EXPECT_EQ(entriesIn(folder / "empty"), 2u);
    std::string sentence = test::refusal([&] { writeChild(folder / "empty", model, StoredType::BF16, produce, ""); });
    EXPECT_NE(sentence.find("exists and is not empty"), std::string::npos) << sentence;
    test::put(folder / "file", "x");
    sentence = test::refusal([&] { writeChild(folder / "file", model, StoredType::BF16, produce, ""); });
    EXPECT_NE(sentence.find("exists and is no folder"), std::string::npos) << sentence;
    EXPECT_EQ(entriesIn(folder.path()), 2u);
}

TEST(ChildWriter, AFolderInsideNewFoldersIsMade)
{
    TemporaryFolder folder;
    writeChild(folder / "a/b/c", parentArchitecture(test::tinyConfig()), StoredType::F32, produce, "");
    EXPECT_TRUE(std::filesystem::exists(folder / "a/b/c/config.json"));
}

TEST(ChildWriter, NothingIsLeftWhenTheWeightsFail)
{
    TemporaryFolder folder;
    ModelArchitecture model = parentArchitecture(test::tinyConfig());
    int calls = 0;
    auto stops = [&](const TensorSpec &spec, const FloatSink &sink) {
        if (++calls == 5)
            throw interrupted("stopped");
        produce(spec, sink);
    };
    auto tooFew = [](const TensorSpec &, const FloatSink &sink) { sink(std::vector<float>(1)); };
    auto tooMany = [](const TensorSpec &spec, const FloatSink &sink) {
        produce(spec, sink);
        produce(spec, sink);
    };
    EXPECT_THROW(writeChild(folder / "c", model, StoredType::F32, stops, ""), Error);
    EXPECT_THROW(writeChild(folder / "c", model, StoredType::F32, tooFew, ""), Error);
    EXPECT_THROW(writeChild(folder / "c", model, StoredType::F32, tooMany, ""), Error);
    EXPECT_THROW(writeChild(folder / "c", model, StoredType::Q8_0, produce, ""), Error);
    EXPECT_THROW(writeChild("/proc/no/such/place", model, StoredType::F32, produce, ""), Error);
    EXPECT_EQ(entriesIn(folder.path()), 0u);
}

} // namespace
} // namespace tessera
