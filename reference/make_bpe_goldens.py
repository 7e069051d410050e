"""Golden vectors for src/checkpoint/train-tokenizer.ts: merges and encodings of Hugging Face tokenizers.

pip install tokenizers==0.23.3
python reference/make_bpe_goldens.py            writes test/golden/bpe/bpe.json
python reference/make_bpe_goldens.py FILE SIZE  prints a digest of the merges for a JSON lines file with
                                                question and answer, for comparing larger texts by hand
"""

import hashlib
import json
import pathlib
import sys

import tokenizers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

SPECIAL = ["<|bos|>", "<|end|>", "<|pad|>"]

TEXTS = [
    "The cat sat on the mat. The cat's mat wasn't the rat's mat; they'll share it, I'd say.",
    "aaaa aaa aa a aaaaaaaa abababab babab",
    "Phone 555-0142, 555-0147 and 372-5550199; e-mail teal-otter.4719@harbour-mill.example",
    "  leading spaces,\ttabs\t\tand\n\nnew lines  \n  end  ",
    "naïve façade, Ærøskøbing, Łódź, Αθήνα, Київ, 東京都, 서울, עברית, हिन्दी",
    "emoji 🙂🙂🙃 👩‍👩‍👧 and ½ ² Ⅷ ٣٤",
    "__proto__ constructor toString __proto__ constructor",
    "the then there these them theme other mother another bother",
]


def train(texts, vocab_size):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return tokenizer, [" ".join(merge) for merge in merges]


def main():
    if len(sys.argv) == 3:
        items = map(json.loads, pathlib.Path(sys.argv[1]).read_text().splitlines())
        texts = [item[key] for item in items for key in ("question", "answer")]
        _, merges = train(texts, int(sys.argv[2]))
        print(len(merges), hashlib.sha256("\n".join(merges).encode()).hexdigest())
        return
    cases = []
    for vocab_size in (300, 420, 1000):
        tokenizer, merges = train(TEXTS, vocab_size)
        encoded = [tokenizer.encode(text).ids for text in TEXTS + ["<|bos|>unseen wörds<|end|>"]]
        cases.append({"vocabSize": vocab_size, "merges": merges, "encoded": encoded})
    golden = {
        "origin": f"tokenizers {tokenizers.__version__}, reference/make_bpe_goldens.py",
        "specialTokens": SPECIAL,
        "texts": TEXTS,
        "cases": cases,
    }
    path = pathlib.Path(__file__).parent.parent / "test/golden/bpe/bpe.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(golden, ensure_ascii=False) + "\n")


main()
