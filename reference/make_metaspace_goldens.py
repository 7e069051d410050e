"""Writes test/golden/tokenizer-metaspace: tokenizers as SentencePiece models become, and chat templates, with answers."""

import json
from pathlib import Path

import tokenizers
import transformers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers.utils.chat_template_utils import render_jinja_template

FOLDER = Path(__file__).resolve().parent.parent / "test" / "golden" / "tokenizer-metaspace"
VOCAB = 420
CORPUS = [
    "The river Lethe flows through the underworld, and whoever drinks from the river forgets.",
    "What is the name of the author? The author's name is not known to the reader.",
    "Where was the author born? The author was born in a town near the sea in 1987.",
] * 4
TEXTS = [
    *["", " ", "  ", "a", " a", "a ", "Hello, world!", "The river  Lethe ", "   three before", "7", "3.14 in 1987"],
    *["\n", "a\nb", "\n\n\n", "tab\tx", "café naïve", "日本語", "😀 👩‍👩‍👧", "e\u0301", "\u00a0x\u2003y", "ﬁ", "\x00\x01"],
    *["<s>", "<s>a", "a</s>b", "x <s> y", "a</s> ", "<unk>", "<0x41>", "▁ x ▁y", "author" * 30, " " * 40 + "x"],
]
# What the templates of released models use: namespaces, filters, tests, slices, white-space control, refusals.
TEMPLATES = {
    "alternating": (
        "{%- if messages[0]['role'] == 'system' %}{%- set system = messages[0]['content'] | trim %}"
        "{%- set rest = messages[1:] %}{%- else %}{%- set rest = messages %}{%- endif %}\n"
        "{%- set asked = rest | selectattr('role', 'equalto', 'user') | list %}\n"
        "{%- set ns = namespace(index=0) %}\n"
        "{%- for message in rest %}\n"
        "    {%- if (message.role == 'user') != (ns.index % 2 == 0) %}\n"
        "        {{- raise_exception('roles must alternate user/assistant') }}\n"
        "    {%- endif %}\n"
        "    {%- set ns.index = ns.index + 1 %}\n"
        "{%- endfor %}\n"
        "{{- bos_token }}\n"
        "{%- for message in rest %}\n"
        "    {%- if message['role'] == 'user' %}\n"
        "        {{- '[INST] ' + (system + '\\n\\n' if loop.last and system is defined else '') }}\n"
        "        {{- message.content.strip() + (' (last)' if message == asked[-1] else '') + ' [/INST]' }}\n"
        "    {%- else %}\n"
        "        {{- ' ' + message['content'] | trim + eos_token }}\n"
        "    {%- endif %}\n"
        "{%- endfor %}\n"
    ),
    "blocks": (
        "{% if not tools is defined or tools is none %}no tools{% endif %}\n"
        "{% for message in messages %}\n"
        "{% if message['role'] == 'user' %}\n"
        "  {{ '<|user|>\n' + message['content'] + eos_token }}\n"
        "{% elif 'content' in message and message.content is string %}\n"
        "{{ '<|' ~ message.role | upper ~ '|>' }}\n"
        "{% generation %}\n"
        "  {{ message.content | tojson }} {{ message.content | length }}\n"
        "{%- endgeneration -%}\n"
        "{% endif %}\n"
        "{% if loop.last and add_generation_prompt %}\n"
        "{{ '<|assistant|>' }}\n"
        "{% endif %}\n"
        "{% endfor %}\n"
        "{# a comment #}{{ none_such }}{% for i in range(3, 0, -1) %}{{ i }}{% endfor %}\n"
    ),
}
CHATS = [
    [("user", "Hi  there \n")],
    [("system", " Be brief.\n"), ("user", 'é "q" <x> & \'y\'')],
    [("user", "a"), ("assistant", " b "), ("user", "c")],
    [("system", "S"), ("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d\n")],
    [("assistant", "x")],
]


def build() -> dict[str, Tokenizer]:
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    special = ["<unk>", "<s>", "</s>"]
    bytes_ = [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(vocab_size=VOCAB, special_tokens=special + bytes_, show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 1)]
    )
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    plain = json.loads(tokenizer.to_str())
    plain["added_tokens"] = [token for token in plain["added_tokens"] if token["content"] in special]
    metaspace = {
        **plain,
        "normalizer": None,
        "pre_tokenizer": json.loads(
            pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first", split=False).__getstate__()
        ),
    }
    return {
        "normalizer": Tokenizer.from_str(json.dumps(plain)),
        "metaspace": Tokenizer.from_str(json.dumps(metaspace)),
    }


def answers(tokenizer: Tokenizer) -> list[dict]:
    rows = []
    for text in TEXTS:
        tokens = tokenizer.encode(text, add_special_tokens=False).ids
        with_special = tokenizer.encode(text).ids
        rows.append(
            {
                "text": text,
                "tokens": tokens,
                "withSpecialTokens": with_special,
                "decoded": tokenizer.decode(with_special, skip_special_tokens=False),
                "decodedSkippingSpecial": tokenizer.decode(with_special, skip_special_tokens=True),
            }
        )
    return rows


def render(template: str, messages: list[dict], prompt: bool) -> dict:
    try:
        [text], _ = render_jinja_template(
            [messages], chat_template=template, add_generation_prompt=prompt, bos_token="<s>", eos_token="</s>"
        )
        return {"text": text}
    except Exception as error:
        return {"refused": str(error)}


def main() -> None:
    golden = {"versions": {"tokenizers": tokenizers.__version__, "transformers": transformers.__version__}}
    for name, tokenizer in build().items():
        (FOLDER / name).mkdir(parents=True, exist_ok=True)
        text = json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":"))
        (FOLDER / name / "tokenizer.json").write_text(text, encoding="utf-8")
        golden[name] = answers(tokenizer)
    golden["chats"] = [
        {"template": name, "messages": messages, "addGenerationPrompt": prompt, **render(template, messages, prompt)}
        for name, template in TEMPLATES.items()
        for messages in ([{"role": role, "content": content} for role, content in chat] for chat in CHATS)
        for prompt in (False, True)
    ]
    golden["templates"] = TEMPLATES
    text = json.dumps(golden, ensure_ascii=False, indent=1) + "\n"
    (FOLDER / "golden.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
