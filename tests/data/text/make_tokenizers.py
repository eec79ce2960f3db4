#!/usr/bin/env python3
# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""Makes the fixtures of the tokenizer's tests with Hugging Face's tokenizers library (0.21), the reference:

    make_tokenizers.py OUT [--gguf SmolLM2-135M-Instruct.Q4_1.gguf]

Writes strings.json, small tokenizers with the pre-tokenisation, normalisation, added tokens and post-processing of published models
(NAME.tokenizer.json), and for each what the reference gives (NAME.expected.json: ids without and with special tokens, ids with
special tokens as text, and decoded texts). With --gguf, smollm2.expected.json holds the same for the vocabulary in that
file, read here by a GGUF reader of a few lines that shares nothing with Tessera's.
"""
import argparse
import json
import pathlib
import struct

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

import strings

LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
O200K = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
         r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
         r"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def byte_level(use_regex, add_prefix_space=False):
    return pre_tokenizers.ByteLevel(add_prefix_space=add_prefix_space, use_regex=use_regex)


def begin_template(token, identity):
    return processors.TemplateProcessing(single=f"{token}:0 $A:0", pair=f"{token}:0 $A:0 {token}:1 $B:1",
                                         special_tokens=[(token, identity)])


def trained(pre_tokenizer, vocabulary, normalizer=None, ignore_merges=False, specials=(), texts=(), alphabet=True):
    tokenizer = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=vocabulary, special_tokens=list(specials), show_progress=False, min_frequency=1,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet() if alphabet else [])
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def make_all(texts):
    """The tokenizers by name."""
    result = {}
    gpt2 = trained(byte_level(True), 900, specials=["<|endoftext|>"], texts=texts)
    gpt2.post_processor = processors.ByteLevel(trim_offsets=False)
    result["gpt2"] = gpt2

    llama3 = trained(pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(LLAMA3), "isolated"), byte_level(False)]), 1000,
                     ignore_merges=True, texts=texts)
    llama3.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in
                               ["<|begin_of_text|>", "<|endoftext|>", "<|im_start|>", "<|im_end|>"]])
    llama3.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=True), begin_template(
        "<|begin_of_text|>", llama3.token_to_id("<|begin_of_text|>"))])
    result["llama3"] = llama3

    qwen2 = trained(pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(QWEN2), "isolated"), byte_level(False)]), 900,
                    normalizer=normalizers.NFC(), texts=texts)
    qwen2.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]])
    qwen2.add_tokens([AddedToken("<tool_call>", normalized=False)])
    qwen2.post_processor = processors.ByteLevel(trim_offsets=False)
    result["qwen2"] = qwen2

    result["smollm"] = trained(pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), byte_level(True)]), 900,
                               specials=["<|endoftext|>", "<|im_start|>", "<|im_end|>"], texts=texts)

    # Added tokens with every option, a normaliser that changes them, tokens on both sides.
    added = trained(byte_level(True, add_prefix_space=True), 600,
                    normalizer=normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()]), texts=texts)
    added.add_special_tokens([AddedToken("<|endoftext|>", special=True), AddedToken("<mask>", special=True, lstrip=True, normalized=False),
                              AddedToken("<|im_start|>", special=True, normalized=True)])
    added.add_tokens([AddedToken("<word>", single_word=True), AddedToken("[L]", lstrip=True), AddedToken("[R]", rstrip=True, normalized=False),
                      AddedToken("<é>", normalized=True), AddedToken("Straße", normalized=True), AddedToken("    ", normalized=False),
                      AddedToken("hello", single_word=True, lstrip=True, rstrip=True, normalized=True)])
    added.post_processor = processors.TemplateProcessing(
        single="<mask> <|endoftext|> $A <|endoftext|>", pair="$A $B",
        special_tokens=[("<mask>", added.token_to_id("<mask>")), ("<|endoftext|>", added.token_to_id("<|endoftext|>"))])
    result["added"] = added

    nfd = trained(pre_tokenizers.Sequence([
        pre_tokenizers.Split("e", "merged_with_previous"), pre_tokenizers.Split(Regex(r"[a-c]"), "merged_with_next"),
        pre_tokenizers.Split(Regex(r"\d"), "contiguous"), pre_tokenizers.Split(Regex(r"\W+"), "removed"), byte_level(False)]), 500,
        normalizer=normalizers.NFD(), texts=texts)
    result["behaviours"] = nfd

    inverted = trained(pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(r"[\s\p{P}]+"), "merged_with_next", invert=True), pre_tokenizers.Punctuation("merged_with_previous"),
        pre_tokenizers.Digits(individual_digits=False), byte_level(True)]), 500,
        normalizer=normalizers.Sequence([normalizers.Replace("a", "bb"), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Prepend("_"),
                                         normalizers.Strip(), normalizers.NFKD()]), texts=texts)
    inverted.post_processor = processors.RobertaProcessing(("z", inverted.token_to_id("z")), ("a", inverted.token_to_id("a")))
    result["inverted"] = inverted

    o200k = trained(pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(O200K), "removed", invert=True), byte_level(False)]), 900, texts=texts)
    result["o200k"] = o200k

    # A vocabulary without most bytes: what has no token is the unknown one, fused, or nothing.
    some = ["the quick brown fox jumps over the lazy dog 0123456789"]
    result["sparse"] = trained(byte_level(True), 80, texts=some, alphabet=False)
    unknown = trained(byte_level(True), 90, specials=["<unk>"], texts=some, alphabet=False)
    document = json.loads(unknown.to_str())
    document["model"].update(unk_token="<unk>", fuse_unk=True)
    result["unknown"] = Tokenizer.from_str(json.dumps(document))
    document["model"].update(fuse_unk=False, byte_fallback=True)
    for code in range(0x20, 0x100):
        document["model"]["vocab"].setdefault(f"<0x{code:02X}>", len(document["model"]["vocab"]))
    result["fallback"] = Tokenizer.from_str(json.dumps(document))
    return result


def read_gguf(path):
    """The metadata of a GGUF file."""
    scalars = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
    with open(path, "rb") as file:
        def scalar(form):
            return struct.unpack("<" + form, file.read(struct.calcsize("<" + form)))[0]

        def value(kind):
            if kind == 8:
                return file.read(scalar("Q")).decode("utf-8")
            if kind == 9:
                inner, count = scalar("I"), scalar("Q")
                return [value(inner) for _ in range(count)]
            return scalar(scalars[kind])

        assert file.read(4) == b"GGUF"
        scalar("I"), scalar("Q")
        metadata = {}
        for _ in range(scalar("Q")):
            key = value(8)
            metadata[key] = value(scalar("I"))
    return metadata


def smollm2(path):
    metadata = read_gguf(path)
    assert metadata["tokenizer.ggml.pre"] == "smollm"
    tokens = metadata["tokenizer.ggml.tokens"]
    tokenizer = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)},
                                     merges=[tuple(merge.split(" ")) for merge in metadata["tokenizer.ggml.merges"]]))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), byte_level(True)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token, kind in
                                  zip(tokens, metadata["tokenizer.ggml.token_type"]) if kind == 3])
    return tokenizer


def expected(tokenizer, texts):
    plain = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    special = [tokenizer.encode(text).ids for text in texts]
    tokenizer.encode_special_tokens = True
    as_text = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    tokenizer.encode_special_tokens = False
    decoded = [tokenizer.decode(ids, skip_special_tokens=False) for ids in special]
    skipped = [tokenizer.decode(ids, skip_special_tokens=True) for ids in special]
    # What equals the plain answer is left out, to keep the files small.
    return {"plain": plain, "special": [None if a == b else b for a, b in zip(plain, special)],
            "as_text": [None if a == b else b for a, b in zip(plain, as_text)],
            "decoded": [None if a == b else b for a, b in zip(texts, decoded)],
            "skipped": [None if a == b else b for a, b in zip(decoded, skipped)]}


def write(path, value):
    path.write_text(json.dumps(value, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--gguf", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    texts = strings.fixed_strings()
    write(arguments.out / "strings.json", texts)
    for name, tokenizer in make_all(texts).items():
        write(arguments.out / f"{name}.tokenizer.json", json.loads(tokenizer.to_str()))
        write(arguments.out / f"{name}.expected.json", expected(tokenizer, texts))
    if arguments.gguf:
        write(arguments.out / "smollm2.expected.json", expected(smollm2(arguments.gguf), texts))
    print(f"{len(texts)} strings")


if __name__ == "__main__":
    main()
