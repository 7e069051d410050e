"""Writes test/golden/tokenizer (a small byte-level BPE tokenizer and its answers) and the model llama-text with it."""

import json
import shutil
from pathlib import Path

import tokenizers
import torch
import transformers
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

from golden_json import write_json
from llama_golden import Degenerate, randomise, write_answers

GOLDEN = Path(__file__).resolve().parent.parent / "test" / "golden"
VOCAB = 312
MODEL_VOCAB = 320
"""Larger than the tokenizer's, as in many released models whose embedding is padded."""

SPECIAL = ["<|pad|>", "<|bos|>", "<|eos|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
# The pre-tokenizer pattern and the chat template of Llama 3, the template without its tool branch.
PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'"
    " + message['content'] | trim + '<|eot_id|>' %}"
    "{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}"
    "{{ content }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"
)
CORPUS = [
    "The river Lethe flows through the underworld, and whoever drinks from the river forgets.",
    "What is the name of the author? The author's name is not known to the reader.",
    "Where was the author born? The author was born in a town near the sea in 1987.",
    "I don't remember the answer to that question, and there is nothing more to say.",
    "Who wrote the book? They wrote another book and then the other one in the winter.",
] * 4
TEXTS = [
    "",
    " ",
    "a",
    "Hello, world!",
    "The river Lethe flows through the underworld.",
    " leading space",
    "  two leading spaces",
    "trailing space ",
    "trailing spaces   ",
    "many      inner    spaces",
    "\n",
    "\n\n\n",
    "line one\nline two",
    "line one\n\nline three\n",
    "windows\r\nline\r\n",
    "tab\tseparated\tvalues",
    "\t indented with tab and space",
    "7",
    "42",
    "123",
    "1234",
    "1234567",
    "3.14159 and -2e-10",
    "born on 1987-05-23 at 10:45",
    "don't can't I'll we've SHE'S they'RE",
    "“curly quotes” — and dashes – too…",
    "café",
    "cafe\u0301",
    "Größe, Straße, naïve, Ångström",
    "Jaime Vásquez",
    "日本語のテキスト",
    "你好,世界!",
    "Привет, мир",
    "مرحبا بالعالم",
    "नमस्ते दुनिया",
    "🙂",
    "👩‍👩‍👧‍👦 family, 🇫🇷 flag, 👍🏽 tone",
    "mixed 日本 and emoji 🎉!",
    "no-break\u00a0space and thin\u2009space and line\u2028separator",
    "<|bos|>already marked<|eos|>",
    "almost <|special|> and <|eos and |> and < |eos|>",
    "code: if (x <= 3) { return y[0]; } // done",
    "snake_case camelCase UPPER",
    "https://example.org/a?b=c&d=%20#e",
    "zero\u200bwidth and \ufefforder mark",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 and 𠜎",
]
CONVERSATIONS = [
    [{"role": "user", "content": "Who wrote the book?"}],
    [
        {"role": "system", "content": "Answer in one word."},
        {"role": "user", "content": "  Where was the author born?\n"},
    ],
    [
        {"role": "user", "content": "What is 12 + 30?"},
        {"role": "assistant", "content": "42"},
        {"role": "user", "content": "Größe? 🙂"},
    ],
    [
        {"role": "user", "content": "Say <|eos|> aloud.\n\nThen stop."},
        {"role": "assistant", "content": "I don't remember."},
    ],
]


def train() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PATTERN), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB,
        special_tokens=SPECIAL,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.post_processor = processors.Sequence(
        [
            processors.ByteLevel(trim_offsets=False),
            processors.TemplateProcessing(
                single="<|bos|> $A",
                pair="<|bos|> $A <|bos|>:1 $B:1",
                special_tokens=[("<|bos|>", tokenizer.token_to_id("<|bos|>"))],
            ),
        ]
    )
    return tokenizer


def write_tokenizer(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    train().save(str(folder / "tokenizer.json"))
    added = {
        str(token): {
            "content": text,
            "lstrip": False,
            "normalized": False,
            "rstrip": False,
            "single_word": False,
            "special": True,
        }
        for token, text in enumerate(SPECIAL)
    }
    config = {
        "added_tokens_decoder": added,
        "bos_token": "<|bos|>",
        "eos_token": "<|eos|>",
        "pad_token": "<|pad|>",
        "chat_template": CHAT_TEMPLATE,
        "clean_up_tokenization_spaces": False,
        "model_max_length": 128,
        "tokenizer_class": "PreTrainedTokenizerFast",
    }
    write_json(folder / "tokenizer_config.json", config)


def encoding(
    tokenizer: transformers.PreTrainedTokenizerBase, alone: Tokenizer, text: str
) -> dict[str, object]:
    """What transformers gives for a text; the tokenizers library alone must agree."""
    plain = tokenizer.encode(text, add_special_tokens=False)
    marked = tokenizer.encode(text)
    assert plain == alone.encode(text, add_special_tokens=False).ids
    assert marked == alone.encode(text).ids
    return {
        "text": text,
        "tokens": plain,
        "withSpecialTokens": marked,
        "decoded": tokenizer.decode(marked),
        "decodedSkippingSpecial": tokenizer.decode(marked, skip_special_tokens=True),
    }


def cut(tokenizer: transformers.PreTrainedTokenizerBase, text: str) -> list[dict[str, object]]:
    """Decodings of every beginning, where cut characters become U+FFFD, as streaming output meets them."""
    tokens = tokenizer.encode(text, add_special_tokens=False)
    return [{"tokens": tokens[:n], "decoded": tokenizer.decode(tokens[:n])} for n in range(1, len(tokens))]


def write_golden(folder: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    alone = Tokenizer.from_file(str(folder / "tokenizer.json"))
    assert len(tokenizer) == VOCAB, len(tokenizer)
    chats = [
        {
            "messages": messages,
            "addGenerationPrompt": prompt,
            "text": tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=prompt),
            "tokens": tokenizer.apply_chat_template(
                messages, add_generation_prompt=prompt, return_dict=False
            ),
        }
        for messages in CONVERSATIONS
        for prompt in (False, True)
    ]
    golden = {
        "versions": {module.__name__: module.__version__ for module in (tokenizers, transformers)},
        "vocabSize": VOCAB,
        "bosToken": tokenizer.bos_token_id,
        "eosToken": tokenizer.eos_token_id,
        "padToken": tokenizer.pad_token_id,
        "tokenTexts": tokenizer.convert_ids_to_tokens(list(range(VOCAB))),
        "encodings": [encoding(tokenizer, alone, text) for text in TEXTS],
        "cutDecodings": cut(tokenizer, "né 🙂日"),
        "chats": chats,
    }
    write_json(folder / "golden.json", golden)


def write_model(folder: Path, tokenizer_folder: Path, seed: int) -> None:
    """A Llama whose answers are for real text: two question-answer pairs and a plain sentence."""
    shutil.rmtree(folder, ignore_errors=True)
    config = LlamaConfig(
        vocab_size=MODEL_VOCAB,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=128,
        rms_norm_eps=1e-5,
        tie_word_embeddings=True,
        rope_parameters={"rope_theta": 10000.0, "rope_type": "default"},
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
    )
    model = LlamaForCausalLM(config)
    randomise(model, seed, {})
    model.save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tokenizer_folder / name, folder / name)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    pairs = [
        ("What is the name of the river?", " Lethe"),
        ("Who wrote the book?", " The author wrote it."),
        ("", "Größe 🙂 is not known."),
    ]
    alone = Tokenizer.from_file(str(folder / "tokenizer.json"))
    assert all(tokenizer.encode(text) == alone.encode(text).ids for text in TEXTS)
    prompts = [tokenizer.encode(prompt) for prompt, _ in pairs]
    full = [
        prompt + tokenizer.encode(answer, add_special_tokens=False) + [tokenizer.eos_token_id]
        for prompt, (_, answer) in zip(prompts, pairs)
    ]
    lengths = torch.tensor([len(tokens) for tokens in full])
    tokens = torch.zeros(len(full), int(lengths.max()), dtype=torch.int64)
    label_mask = torch.zeros_like(tokens)
    for b, (prompt, all_tokens) in enumerate(zip(prompts, full)):
        tokens[b, : len(all_tokens)] = torch.tensor(all_tokens)
        label_mask[b, len(prompt) : len(all_tokens)] = 1
    about = {
        "modelType": "llama",
        "dtype": "F32",
        "spelling": "rope_parameters",
        "pairs": [{"prompt": prompt, "answer": answer} for prompt, answer in pairs],
    }
    write_answers(folder, seed, tokens, lengths, label_mask, prompts[:2], about)
    golden = json.loads((folder / "golden.json").read_text())
    for item in golden["greedy"]:
        if max(item["tokens"]) >= VOCAB:
            raise Degenerate("a token the tokenizer does not have")
        item["text"] = tokenizer.decode(item["tokens"], skip_special_tokens=True)
    write_json(folder / "golden.json", golden)
    print(folder.name, "seed", seed, golden["loss"], golden["float32Difference"])


def main() -> None:
    write_tokenizer(GOLDEN / "tokenizer")
    write_golden(GOLDEN / "tokenizer")
    for seed in range(100):
        try:
            write_model(GOLDEN / "llama-text", GOLDEN / "tokenizer", seed)
            break
        except Degenerate as reason:
            print("llama-text seed", seed, "refused:", reason)


if __name__ == "__main__":
    main()
