#!/usr/bin/env python3
# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""Trains a small SentencePiece model of Llama's kind (BPE, bytes as a fall-back, no normalisation) on the strings and on this
project's own texts, and writes sentencepiece.model, sentencepiece.gguf with the same vocabulary, and sentencepiece.expected.json: what
the sentencepiece library makes of the strings, and what becomes of its tokens (null where that is the string itself).

Made with sentencepiece 0.2.3 and gguf 0.19: python3 make_sentencepiece.py
"""
import io
import json
import pathlib

import gguf
import sentencepiece

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent.parent
strings = json.loads((HERE / "strings.json").read_text())
lines = [line for text in strings for line in text.split("\n") if line.strip()]
for name in ("README.md", "LICENSES/Apache-2.0.txt"):
    lines += [line for line in (ROOT / name).read_text().splitlines() if line.strip()]

model = io.BytesIO()
sentencepiece.SentencePieceTrainer.train(
    sentence_iterator=iter(lines), model_writer=model, model_type="bpe", vocab_size=900, byte_fallback=True, character_coverage=0.98,
    normalization_rule_name="identity", remove_extra_whitespaces=False, add_dummy_prefix=True, split_digits=True, num_threads=1,
    max_sentence_length=100000, allow_whitespace_only_pieces=True, minloglevel=2)
(HERE / "sentencepiece.model").write_bytes(model.getvalue())
processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
tokens = [processor.encode(text) for text in strings]
decoded = [processor.decode(ids) for ids in tokens]
expected = {"tokens": tokens, "decoded": [None if back == text else back for text, back in zip(strings, decoded)]}
(HERE / "sentencepiece.expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")

writer = gguf.GGUFWriter(HERE / "sentencepiece.gguf", "llama")
count = processor.get_piece_size()
types = [2 if processor.is_unknown(i) else 3 if processor.is_control(i) else 6 if processor.is_byte(i) else 1 for i in range(count)]
writer.add_tokenizer_model("llama")
writer.add_token_list([processor.id_to_piece(i) for i in range(count)])
writer.add_token_scores([processor.get_score(i) for i in range(count)])
writer.add_token_types(types)
writer.add_bos_token_id(1)
writer.add_eos_token_id(2)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.close()
