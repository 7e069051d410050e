"""Golden token ids for the flags of added tokens: what tokenizers makes of them, in the tokenizer of assets/lethe-tiny.

pip install tokenizers==0.23.3
python reference/make_added_token_goldens.py    writes test/golden/added-tokens.json
"""

import itertools
import json
import pathlib

from tokenizers import Tokenizer

ROOT = pathlib.Path(__file__).parent.parent
TEXTS = ["a <t> b", "a<t>b", "x<t> y", "<t>", "a  <t>  b", "<t><t>", "a_<t>_b", "a\n<t>\nb", " <t>", "no token",
         "1<t>2", "(<t>)", "é<t>é", "a<t><t> <t>b", "<t>b <|eos|><t>"]
FLAGS = ["single_word", "lstrip", "rstrip", "normalized", "special"]

base = json.loads((ROOT / "assets/lethe-tiny/tokenizer.json").read_text())
lines = []
for values in itertools.product([False, True], repeat=len(FLAGS)):
    flags = dict(zip(FLAGS, values))
    tokens = [*base["added_tokens"], {"id": 2048, "content": "<t>", **flags}]
    tokenizer = Tokenizer.from_str(json.dumps({**base, "added_tokens": tokens}))
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS]
    lines.append(json.dumps({"flags": flags, "ids": ids}))
text = f'{{"texts": {json.dumps(TEXTS, ensure_ascii=False)},\n"cases": [\n' + ",\n".join(lines) + "\n]}\n"
(ROOT / "test/golden/added-tokens.json").write_text(text, encoding="utf-8")
