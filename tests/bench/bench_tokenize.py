# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""tessera tokenize against Hugging Face's tokenizers (Rust) on one thread: whole programs, from a file of strings to a file of
ids, start included. The strings are the licences that Debian carries, cut into paragraphs."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "resources" / "demo"
ROUNDS = 5

PEER = """import json, sys, tokenizers
tokenizer = tokenizers.Tokenizer.from_file(sys.argv[1])
strings = json.load(open(sys.argv[2]))
print(json.dumps([e.ids for e in tokenizer.encode_batch(strings, add_special_tokens=False)]))"""


def strings():
    texts = [path.read_text(errors="ignore") for path in sorted(Path("/usr/share/common-licenses").iterdir()) if path.is_file()]
    return 20 * [part for text in texts for part in text.split("\n\n")]


def seconds(command, environment):
    best, output = float("inf"), None
    for _ in range(ROUNDS):
        began = time.monotonic()
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment).stdout
        best = min(best, time.monotonic() - began)
    return best, json.loads(output)


def main():
    tokenizer = MODEL / "tokenizer.json"
    environment = dict(os.environ, TOKENIZERS_PARALLELISM="false", RAYON_NUM_THREADS="1")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "strings.json")
        texts = strings()
        file.write_text(json.dumps(texts))
        ours, our_ids = seconds([os.environ["TESSERA"], "--json", "tokenize", str(MODEL), "--file", str(file)], environment)
        theirs, their_ids = seconds([sys.executable, "-c", PEER, str(tokenizer), str(file)], environment)
    if our_ids != their_ids:
        first = next(i for i, pair in enumerate(zip(our_ids, their_ids)) if pair[0] != pair[1])
        sys.exit(f"bench_tokenize: the ids differ, first in {texts[first]!r}")
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    print(json.dumps({"case": "tokenize: tessera against Hugging Face tokenizers", "measured": megabytes / ours,
                      "peer": megabytes / theirs, "ratio": theirs / ours, "goal": None, "unit": "MB/s"}))


main()
