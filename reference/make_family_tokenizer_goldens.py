"""Writes test/golden/family-tokenizers.json: tokens of real vocabularies as transformers gives them.

pip install transformers==5.24.0
sh reference/fetch-families.sh <folder>                               fetches the vocabularies (their licences are their families')
python reference/make_family_tokenizer_goldens.py <folder> [names]

Each vocabulary is put into the class that transformers has for its family (or, where tokenizer.json alone says how text is cut, into
the parts that the family published), saved by it, opened again by AutoTokenizer and asked. The golden has what was saved without the
vocabulary, a digest of the vocabulary, and digests of the tokens; a few lists are whole. Where transformers rebuilds a
tokenizer by its class and does not follow the file, the file's own tokens are the golden and `rebuilt` counts the texts that differ.
"""

import hashlib
import json
import struct
import sys
import tempfile
from pathlib import Path

import tokenizers
import transformers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import AutoTokenizer, PreTrainedTokenizerFast

TARGET = Path(__file__).resolve().parent.parent / "test" / "golden" / "family-tokenizers.json"
TEXTS = [
    *["", " ", "  ", "   ", "\t", "\n", "\n\n", "\n\n\n", "\t\n", "\r\n", " \r\n x", "Hello world", " Hello world", "Hello  World!", "hello\n"],
    *["Where was Loruna Nettlebeck born?", "She'd've said: I'M, we'LL, they're, it's 'quoted'.", "e=mc² ½ ⅔ Ⅳ ①", "1234567890", "3 33 333 3333 33333"],
    *["3.14159, 1,000,000 and 0x1F", "a1b22c333", "foo_bar.baz(qux) -> {x: [1, 2]};", "    if x == 1:\n        return  None\n", "\tif\t(a)\t{\n\t}\n"],
    *["<|endoftext|>", "a<|endoftext|>b", "<s>[INST] hi [/INST]</s>", "<|im_start|>user\nHi<|im_end|>\n", "<bos><start_of_turn>user", "<pad><unk><mask>"],
    *["café naïve Ångström", "cafe\u0301 e\u0301\u0301 n\u0303", "ﬁ ﬂ ﬀ Ａ１", "Größe, Straße, ẞ", "Привет, как дела?", "Ελληνικά τὸν ἄνδρα", "שלום עולם", "مرحبا بالعالم ١٢٣"],
    *["日本語のテキスト。カタカナ", "他出生在北京市海淀区，1987年。", "한국어 텍스트", "สวัสดีชาวโลก", "नमस्ते दुनिया", "தமிழ்", "ကြိုဆို", "🙂", "👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 👍🏽"],
    *["\u00a0x\u2003y\u3000z\u200b", "x\u2028y\u2029z\u0085w", "\x00\x01\x7f", "\ufeffbom", "\U0001d54f\U00010348", "▁under ▁▁ _", "Ġ ċ ĉ", "<0x41><0x0A>", "' '' '''", "\"\"\" ``` '''"],
    *["https://example.org/a?b=c&d=%20e#f", "!!!???...---===***", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "x" + " " * 24 + "y", "\n" * 9 + "z", "end with spaces   ", "A.B.C. U.S.A. e.g.", "CamelCaseAndSnake_caseMIXED"],
    "The quick brown fox jumps over the lazy dog. " * 4,
    "Die Kuh rannte bis sie fiel in eine Vertiefung; ça va? «Oui», dit-elle… — 10 % (≈ €3,50)!",
]
SHOWN = ["Where was Loruna Nettlebeck born?", "cafe\u0301 e\u0301\u0301 n\u0303", "a1b22c333", " \r\n x"]
CL100K = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def read_gguf(path):
    """The metadata of a GGUF file."""
    data = path.read_bytes()
    at = 24
    formats = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}

    def value(kind):
        nonlocal at
        if kind == 8:
            (length,) = struct.unpack_from("<Q", data, at)
            at += 8 + length
            return data[at - length : at].decode("utf-8")
        if kind == 9:
            inner, count = struct.unpack_from("<IQ", data, at)
            at += 12
            if inner in (8, 9):
                return [value(inner) for _ in range(count)]
            found = struct.unpack_from(f"<{count}{formats[inner]}", data, at)
            at += struct.calcsize(f"<{count}{formats[inner]}")
            return list(found)
        (found,) = struct.unpack_from("<" + formats[kind], data, at)
        at += struct.calcsize(formats[kind])
        return found

    found = {}
    for _ in range(struct.unpack_from("<Q", data, 16)[0]):
        name = value(8)
        (kind,) = struct.unpack_from("<I", data, at)
        at += 4
        found[name] = value(kind)
    return {key.removeprefix("tokenizer.ggml."): v for key, v in found.items()}


class Vocabulary:
    """Tokens and merges of a file; added tokens are those that it marks as such."""

    def __init__(self, path):
        meta = read_gguf(path)
        self.tokens = meta["tokens"]
        types = meta["token_type"]
        self.control = [t for t, kind in zip(self.tokens, types) if kind == 3]
        self.defined = [t for t, kind in zip(self.tokens, types) if kind == 4]
        self.all = {}
        for token, text in enumerate(self.tokens):
            self.all.setdefault(text, token)
        added = {*self.control, *self.defined}
        self.base = {text: token for text, token in self.all.items() if text not in added}
        if "merges" in meta:
            self.merges = [self.parts(merge) for merge in meta["merges"]]
        elif "scores" in meta:
            self.merges = score_merges(self.all, self.tokens, meta["scores"])

    @staticmethod
    def parts(merge):
        at = merge.index(" ", 1)
        return merge[:at], merge[at + 1 :]

    def add(self, tokenizer, normalized=False):
        """The added tokens in the order of their ids, as the families list them."""
        for text in self.tokens:
            if text in self.control:
                tokenizer.add_special_tokens([AddedToken(text, normalized=normalized, special=True)])
            elif text in self.defined:
                tokenizer.add_tokens([AddedToken(text, normalized=True, special=False)])


def score_merges(vocab, tokens, scores):
    """Merges of a SentencePiece vocabulary. Source: transformers, tokenization_utils_base.py (`generate_merges`)."""
    from transformers.tokenization_utils_base import generate_merges

    return generate_merges(vocab, {text: scores[token] for text, token in vocab.items()})


def pieces(v, cut, merging={}, post=None, normalizer=None):
    """A tokenizer of bytes from parts."""
    made = Tokenizer(models.BPE(vocab=v.base, merges=v.merges, **merging))
    if normalizer:
        made.normalizer = normalizer
    made.pre_tokenizer = cut
    made.decoder = decoders.ByteLevel()
    v.add(made)
    made.post_processor = post(made) if post else processors.ByteLevel(trim_offsets=False)
    return made


def starts(token):
    return lambda made: processors.TemplateProcessing(
        single=f"{token} $A", pair=f"{token} $A {token}:1 $B:1", special_tokens=[(token, made.token_to_id(token))])


def splits(*patterns):
    return [pre_tokenizers.Split(Regex(pattern), behavior="isolated") for pattern in patterns]


def bytes_only():
    return pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)


def of_parts(made, **names):
    return PreTrainedTokenizerFast(tokenizer_object=made, clean_up_tokenization_spaces=False, **names)


def of_class(name, v, vocab=None, **options):
    made = getattr(transformers, name)(vocab=dict(vocab or v.base), merges=list(v.merges), **options)
    v.add(made.backend_tokenizer)
    return made


def digits_then_bytes():
    return pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])


def deepseek(v, *patterns):
    """As DeepSeek publishes it: parts of byte pairs in tokenizer.json, and the class of Llama in tokenizer_config.json."""
    cut = pre_tokenizers.Sequence([*splits(*patterns), pre_tokenizers.Digits(individual_digits=True), bytes_only()])
    bos, eos = "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>"
    return of_parts(pieces(v, cut, post=starts(bos), normalizer=normalizers.Sequence([])), bos_token=bos, eos_token=eos)


END = "<|endoftext|>"
FAMILIES = {
    "gpt-2": ("gpt-2", lambda v: of_class("GPT2Tokenizer", v, v.all)),
    "gpt-neox": ("gpt-neox", lambda v: of_class("GPTNeoXTokenizer", v)),
    "mpt": ("mpt", lambda v: of_class("GPTNeoXTokenizer", v)),
    "llama-2": ("llama-spm", lambda v: of_class("LlamaTokenizer", v, v.all)),
    "llama-3": ("llama-bpe", lambda v: of_parts(
        pieces(v, pre_tokenizers.Sequence([*splits(CL100K), bytes_only()]), {"ignore_merges": True}, starts("<|begin_of_text|>")),
        bos_token="<|begin_of_text|>", eos_token="<|end_of_text|>")),
    "phi-3": ("phi-3", lambda v: of_class("LlamaTokenizer", v, v.all, pad_token=END, eos_token=END)),
    "baichuan": ("baichuan", lambda v: of_class("LlamaTokenizer", v, v.all, add_prefix_space=False)),
    "qwen-2": ("qwen2", lambda v: of_class("Qwen2Tokenizer", v)),
    "qwen-3.5": ("qwen35", lambda v: of_class("Qwen3_5Tokenizer", v)),
    "gemma-4": ("gemma-4", lambda v: of_class("GemmaTokenizer", v, v.all)),
    "command-r": ("command-r", lambda v: of_class(
        "CohereTokenizer", v, bos_token="<BOS_TOKEN>", eos_token="<|END_OF_TURN_TOKEN|>")),
    "falcon": ("falcon", lambda v: of_parts(pieces(v, pre_tokenizers.Sequence([
        pre_tokenizers.Punctuation("contiguous"), pre_tokenizers.ByteLevel(add_prefix_space=False),
        pre_tokenizers.Digits(individual_digits=False), *splits("[0-9][0-9][0-9]")])), eos_token=END)),
    "starcoder": ("starcoder", lambda v: of_parts(
        pieces(v, digits_then_bytes()), bos_token=END, eos_token=END, unk_token=END)),
    "refact": ("refact", lambda v: of_parts(
        pieces(v, digits_then_bytes()), bos_token=END, eos_token=END, unk_token=END)),
    "deepseek-coder": ("deepseek-coder", lambda v: deepseek(
        v, "[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", "[一-龥ࠀ-一가-퟿]+")),
}


def without_vocabulary(saved, vocabulary):
    """tokenizer.json with the vocabulary and merges taken out, and the added tokens in groups of the same flags."""
    model = {**saved["model"]}
    base, merges = model.pop("vocab"), model.pop("merges")
    groups = {}
    for token in saved["added_tokens"]:
        flags = {key: value for key, value in token.items() if key not in ("id", "content")}
        text, number = token["content"], token["id"]
        known = number < len(vocabulary.tokens) and vocabulary.tokens[number] == text
        groups.setdefault(json.dumps(flags), []).append(number if known else [number, text])
    added = [{**json.loads(flags), "tokens": ids} for flags, ids in groups.items()]
    entries = sorted(([text, token] for text, token in base.items()), key=lambda entry: entry[1])
    listed = {token["content"] for token in saved["added_tokens"]}
    assert set(base) in ({*vocabulary.all}, {*vocabulary.all} - listed), "a vocabulary that a rule does not give"
    return {
        "parts": {**{k: v for k, v in saved.items() if k not in ("added_tokens", "model")}, "model": model},
        "added": added,
        "vocabulary": "all" if set(base) == {*vocabulary.all} else "without added",
        "digest": digest([entries, [list(pair) for pair in merges]]),
    }


def digest(value):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def golden(name, folder):
    file, build = FAMILIES[name]
    vocabulary = Vocabulary(folder / f"ggml-vocab-{file}.gguf")
    with tempfile.TemporaryDirectory() as kept:
        build(vocabulary).save_pretrained(kept)
        saved = json.loads((Path(kept) / "tokenizer.json").read_text(encoding="utf-8"))
        config = json.loads((Path(kept) / "tokenizer_config.json").read_text(encoding="utf-8"))
        alone = Tokenizer.from_file(str(Path(kept) / "tokenizer.json"))
        auto = AutoTokenizer.from_pretrained(kept)
    plain = [alone.encode(text, add_special_tokens=False).ids for text in TEXTS]
    marked = [alone.encode(text).ids for text in TEXTS]
    differ = sum(
        auto.encode(text, add_special_tokens=False) != plain[i] or auto.encode(text) != marked[i] for i, text in enumerate(TEXTS))
    agree = against_llama_cpp(alone, folder / f"ggml-vocab-{file}.gguf")
    print(f"{name}: {type(auto).__name__}, {differ} of {len(TEXTS)} texts rebuilt otherwise; llama.cpp: {agree}", flush=True)
    return {
        "file": f"ggml-vocab-{file}.gguf",
        "class": type(auto).__name__,
        "rebuilt": differ,
        "config": config,
        **without_vocabulary(saved, vocabulary),
        "tokens": [digest(ids) for ids in plain],
        "marked": [digest(ids) for ids in marked],
        "decoded": [decoded(alone, text, ids) for text, ids in zip(TEXTS, marked)],
        "shown": {text: plain[TEXTS.index(text)] for text in SHOWN},
    }


def decoded(tokenizer, text, ids):
    """None where the text is lost: the library takes DeepSeek's added token "ö" for the byte 0xF6."""
    made = tokenizer.decode(ids, skip_special_tokens=False)
    return None if "\ufffd" in made else digest(made)


def against_llama_cpp(tokenizer, path):
    """How many texts llama.cpp's own tests cut alike: that the parts are those of the family."""
    given = path.with_name(path.name + ".inp")
    if not given.exists():
        return "has no texts for it"
    texts = given.read_text(encoding="utf-8").split("\n__ggml_vocab_test__\n")
    wanted = path.with_name(path.name + ".out").read_text(encoding="utf-8").split("\n")
    same = sum(
        tokenizer.encode(text, add_special_tokens=False).ids == [int(t) for t in line.split()]
        for text, line in zip(texts, wanted))
    return f"{same} of {len(texts)} of its texts alike"


def main():
    folder = Path(sys.argv[1])
    names = sys.argv[2:] or list(FAMILIES)
    families = json.loads(TARGET.read_text(encoding="utf-8"))["families"] if sys.argv[2:] else {}
    for name in names:
        families[name] = golden(name, folder)
    head = json.dumps(
        {"versions": {m.__name__: m.__version__ for m in (tokenizers, transformers)}, "texts": TEXTS}, ensure_ascii=False)
    lines = ",\n".join(f"{json.dumps(n)}: {json.dumps(families[n], ensure_ascii=False)}" for n in FAMILIES if n in families)
    TARGET.write_text(f'{head[:-1]},\n"families": {{\n{lines}\n}}}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
