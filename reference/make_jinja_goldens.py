"""Golden renderings for src/jinja: what jinja2 writes, set up as transformers sets it up for chat templates.

pip install jinja2==3.1.6 transformers==5.24.0
python reference/make_jinja_goldens.py              writes test/golden/jinja/cases.json: small templates, one a matter
python reference/make_jinja_goldens.py families <folder>
                                                    writes test/golden/jinja/families.json: digests of what 70 templates of
                                                    real families write for six conversations. The templates are
                                                    fetched into the folder by reference/fetch-families.sh and not kept:
                                                    their licences are their families'
"""

import datetime
import hashlib
import json
import pathlib
import sys

from transformers.utils import chat_template_utils

TARGET = pathlib.Path(__file__).parent.parent / "test" / "golden" / "jinja"

TOOLS = [
    {"type": "function", "function": {
        "name": "get_weather", "description": "Get the weather <today> & \"tomorrow\".",
        "parameters": {"type": "object", "properties": {
            "city": {"type": "string", "description": "Where, in ünïcode"},
            "days": {"type": "integer", "minimum": 1, "default": 3, "enum": [1, 2, 3]},
            "exact": {"type": "boolean", "default": True},
            "scale": {"type": "number", "default": 0.5},
            "tags": {"type": "array", "items": {"type": "string"}}}, "required": ["city"]}}},
    {"type": "function", "function": {
        "name": "now", "description": "The time.", "parameters": {"type": "object", "properties": {}}}},
]
CALL = {"role": "assistant", "content": "", "tool_calls": [{"id": "call00001", "type": "function", "function": {
    "name": "get_weather", "arguments": {"city": "Bad Tölz", "days": 2, "exact": False, "scale": 1.5}}}]}
RESULT = {"role": "tool", "tool_call_id": "call00001", "name": "get_weather", "content": "{\"sun\": true}"}


def turns(*contents):
    return [{"role": "user" if i % 2 == 0 else "assistant", "content": c} for i, c in enumerate(contents)]


CONVERSATIONS = {
    "one": (turns("Who are you?"), True, None),
    "two": (turns(" Hi\n", "Hello 'you' & \"me\"", "Wo? 🙂", "Here."), False, None),
    "system": ([{"role": "system", "content": "Be brief."}, *turns("Hi", "Yes?\n\nNo.", "Go")], True, None),
    "tools": ([{"role": "system", "content": "Use tools."}, *turns("Weather?"), CALL, RESULT, *turns("Thanks")],
              True, TOOLS),
    "thinking": (turns("Hi", "<think>\nHm.\n</think>\n\nYes.", "Again", "<think>\nOk\n</think>\nNo."), False, None),
    "offered": (turns("Weather?"), True, TOOLS),
}
SPECIAL = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
DATA = {
    "m": CONVERSATIONS["system"][0], "tools": TOOLS, "n": None, "t": True, "f": 2.0, "i": 7, "s": "  aXbXc  ",
    "list": [3, 1, 2], "words": ["b", "A", "c", "a"], "d": {"b": 1, "a": [1, 2.5, "x", None, True], "items": 5},
    "rows": [{"k": "x", "v": 2}, {"k": "y", "v": 1}, {"k": "x"}], "uni": "é🙂ß\u00a0z", "empty": [],
}

EXPRESSIONS = r"""
1 + 2 * 3 ** 2 | -7 // 2 | -7 % 3 | 7 / 2 | 2 ** -1 | 2 ** 3 ** 2 | 1.5 + 1 | 1e16 | 1e15 | 1.5e-5 | 0.0001 | 1_000 | 0x1F | -0.0
10 / 5 | 2 * 1.0 | 1 / 3 | 3 // 1.0 | true + 1 | 'a' * 3 | [1] * 2 | 'a' ~ 1 ~ none ~ true ~ 1.0 | 1 ~ 2 + 3 | -i | +f
true | none | false | f | i | list | d | rows | (1,) | () | (1, 'a') | {} | {1: 'a', none: 2, 'c': (1,)} | [] | range(4) | range(1, 9, 3)
'it\'s' | ["it's", 'a"b', "a'\"b", 'a\nb\t\\', 'é🙂'] | 'a\x41\u00e9\d\101' | 'one' 'two' | [uni] | ['\x7f\xa0\u200b']
1 < 2 < 3 | 3 > 2 > 2 | 1 == 1.0 | 'a' < 'b' | [1, 2] < [1, 3] | 1 == true | 'a' == 1 | (1,) == [1] | 'X' in s | 2 in list | 'b' in d | 9 not in list
not true | not empty | 0 or 'x' | '' or none | 1 and 2 | empty and 1 | missing or 'd' | 1 if true else 2 | 1 if false | (1 if false else 2) if true else 3
missing | missing is defined | d.b | d['b'] | d.items() | d['items'] | d.missing | d.missing is undefined | d.get('b') | d.get('x', 9) | d.get('x') | d.keys() | d.values()
list[0] | list[-1] | list[5] | list[5] is defined | list[1:] | list[::-1] | list[:-1] | s[2:5] | uni[1] | uni[-1] | uni[::-1] | uni|length | 'abc'[1] | 'abc'[9]
m[0].role | m[0]['role'] | m[-1].content | m|length | m[1:]|length | (m|first).role | (m|last).role | m[0] | tools[0].function.name
s.strip() | s.lstrip() | s.rstrip() | s.strip(' a') | 'xxhixx'.strip('x') | 'xxhixx'.lstrip('x') | 'hi\n\n'.rstrip('\n') | '\n a'.lstrip('\n') | s.strip().split('X') | 'a b  c '.split() | 'a b c'.split(' ', 1) | ' a b c '.split(none, 1) | 'a b c'.rsplit(' ', 1) | ' a b c '.rsplit(none, 1) | ''.split() | ''.split(',')
s.upper() | 'abc def'.title() | "it's a-b".title() | 'aBC'.capitalize() | 'ß'.upper() | 'aXb'.lower() | 'aXb'.swapcase() | s.replace('X', '-') | s.replace('X', '-', 1) | 'ab'.replace('', '.') | 'abc'.startswith('a') | 'abc'.startswith(('x', 'a')) | 'abc'.endswith('c') | 'abcb'.find('b') | 'abcb'.rfind('b') | 'abc'.find('z') | 'abcb'.count('b') | 'abc'.index('c')
'a\nb\r\nc'.splitlines() | 'a\nb\n'.splitlines(true) | '-'.join(['a', 'b']) | 'a-b-c'.partition('-') | 'a-b-c'.rpartition('-') | 'abc'.removeprefix('a') | 'abc'.removesuffix('c') | '7'.zfill(3) | '-7'.zfill(4) | 'a'.center(4) ~ '|' | 'ab'.center(5, '*') | 'a'.ljust(3, '.') | 'a'.rjust(3, '.') | '12'.isdigit() | 'ab'.isalpha() | 'a1'.isalnum() | ' '.isspace() | 'AB'.isupper() | 'ab1'.islower() | ''.isdigit()
'{} {}'.format(1, 'a') | '{0}{0}{x}'.format('a', x=2) | '%s-%d' % ('a', 3) | '%s' % 'a' | '%05.2f' % 3.14159 | '%r' % 'a' | '%3d|%-3d|' % (5, 5) | '100%%' % ()
tools|tojson | d|tojson | d|tojson(indent=2) | tools|tojson(indent=4) | d|tojson(separators=(',', ':')) | {'b': 1, 'a': 2}|tojson(sort_keys=true) | uni|tojson | uni|tojson(ensure_ascii=true) | [1.0, 2, none, true, 'é"\n\x7f']|tojson | {}|tojson(indent=2) | []|tojson | {1: 2, none: 3, true: 4}|tojson | (1, 2)|tojson | missing|tojson
s|trim | 'xax'|trim('x') | 'a b'|title | "it's"|title | 'aBc'|capitalize | 'ab'|upper | 'AB'|lower | 5|string | none|string | list|join(', ') | list|join | rows|join(',', attribute='v') | uni|length | d|length | missing|length | missing|upper | missing|list | missing|join
list|sort | words|sort | words|sort(case_sensitive=true) | list|sort(reverse=true) | rows|sort(attribute='k')|map(attribute='k')|list | list|first | empty|first | list|last | list|max | list|min | words|max | list|sum | rows|map(attribute='k')|list | rows|map(attribute='v', default=0)|list | rows|map(attribute='v', default=0)|sum | list|map('string')|join('+') | list|reverse|list | 'abc'|reverse | words|unique|list | [1, 1, 2]|unique|list | d|dictsort | d|items|list | d|list
rows|selectattr('v')|list|length | rows|selectattr('v', 'defined')|list|length | rows|selectattr('k', 'equalto', 'x')|list|length | rows|rejectattr('k', 'equalto', 'x')|map(attribute='k')|list | rows|selectattr('k', 'in', ['y'])|list | list|select('odd')|list | list|reject('odd')|list | list|select('gt', 1)|list | none|selectattr('x')|list | none|map('upper')|list | list|select('even')|first | rows|groupby('k')|length | [1, 2, 3]|batch(2)|list | [1, 2, 3]|batch(2, 'x')|list
missing|default('d') | none|default('d') | none|default('d', true) | ''|default('d', true) | missing|default(none) | missing|d | missing.x|default('d') | d.missing|default('d') | d['x']['y'] | missing.x | missing() | missing + 1 | none + 'a' | 'a' + 1 | none.x | none.x is defined | none[0]
'3'|int | '3.7'|int | 'x'|int | 'x'|int(5) | '1_000'|int | 3.9|int | '2.5'|float | 'x'|float | 3|float | -3|abs | -2.5|abs | 2.5|round | 3.5|round | 2.345|round(2) | 2.3|round(0, 'ceil') | 7|round | 2.7|round|int
'a\nb\n\nc'|indent | 'a\nb'|indent(2) | 'a\nb'|indent(2, true) | 'a\n\nb'|indent('> ', blank=true) | 'a\n'|indent | 'a,b'|replace(',', ';') | 'aaa'|replace('a', 'b', 2) | 'hello world foo'|truncate(9) | 'hello world foo'|truncate(9, true, '…', 0) | 'a b'|wordcount | 'ab'|center(6) ~ '|' | '%s!'|format('a') | 'a<b'|e | ('<b>'|safe) + '<' | 'a<'|e ~ '<' | '<'|safe|tojson
1 is odd | 2 is even | 9 is divisibleby(3) | 9 is divisibleby 3 | none is none | 'a' is string | 1 is number | true is number | true is integer | 1 is integer | 1.0 is float | 1.0 is integer | true is boolean | true is true | 1 is true | d is mapping | list is mapping | list is iterable | 'a' is iterable | 1 is iterable | list is sequence | d is sequence | missing is sequence | missing is iterable | range is callable | 'a' is callable
1 is not none | 1 is eq 1 | 1 is eq(2) | 1 is ne 2 | 3 is gt 2 | 3 is lessthan 2 | 'a' is in ['a'] | 'AB' is upper | 'ab' is lower | none is sameas none | list is sameas list | missing is none | 1 is foo | 1|foo | m is sequence and m is not string | not 1 is odd | 1 is odd and 2 is odd
namespace(a=1).a | namespace(a=1).b is defined | dict(a=1, b=2) | dict([('a', 1)]) | dict(d).b | [1, 2].append(3) | d.update({}) | d.pop('b') | ''.__class__ | list.foo is defined | 'a'.foo is defined | range(3)|list | range(0)|list | range(200000)|length | range(3)[1] | range(3)|length | [1] + [2] | (1,) + (2,) | [1] + (2,) | {'a': 1} == {'a': 1.0} | {} is mapping | [[]]|first
""".strip()

TEMPLATES = {
    "continue and break": "{% for x in m %}{% if x.role == 'system' %}{% continue %}{% endif %}{{ x.role }}:{{ x.content }};{% if loop.index0 == 2 %}{% break %}{% endif %}!{% endfor %}",
    "break keeps what is written": "{% for x in list %}{{ x }}{% if x == 1 %}-{% break %}{% endif %},{% else %}none{% endfor %}",
    "continue in if in for": "{% for x in list %}a{% if x > 1 %}b{% if x > 2 %}c{% continue %}{% endif %}d{% endif %}e{% endfor %}",
    "loop": "{% for x in list %}{{ loop.index }}/{{ loop.length }}{{ loop.first }}{{ loop.last }}{{ loop.revindex }}{{ loop.previtem }}{{ loop.nextitem is defined }}{{ loop.cycle('a','b') }}{{ loop.depth }} {% endfor %}",
    "changed": "{% for x in [1,1,2] %}{{ loop.changed(x) }}{% endfor %}",
    "for if": "{% for x in list if x > 1 %}{{ loop.index }}{{ x }} {% else %}none{% endfor %}",
    "for else": "{% for x in empty %}x{% else %}none{% endfor %}",
    "for over a mapping": "{% for k in d %}{{ k }}{% endfor %}{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}",
    "for over text": "{% for c in uni %}[{{ c }}]{% endfor %}",
    "for over nothing": "{% for c in missing %}x{% endfor %}",
    "for over none": "{% for c in n %}x{% endfor %}",
    "unpacking fails": "{% for a, b in [[1,2,3]] %}{% endfor %}",
    "recursive": "{% for x in [[1,[2]],3] recursive %}{% if x is iterable %}({{ loop(x) }}){% else %}{{ x }}{{ loop.depth }}{% endif %}{% endfor %}",
    "set in for": "{% set x = 1 %}{% for i in list %}{{ x }}{% set x = x + 1 %}{{ x }}{% endfor %}{{ x }}",
    "set in if": "{% if true %}{% set x = 1 %}{% endif %}{{ x }}",
    "namespace": "{% set ns = namespace(a=0, found=false) %}{% for i in list %}{% set ns.a = ns.a + i %}{% endfor %}{{ ns.a }}{{ ns.found }}",
    "namespace of what is none": "{% set d.x = 1 %}",
    "set tuple": "{% set a, b = 1, 'x' %}{{ a }}{{ b }}",
    "set block": "{% set x %}a{{ 1 }}{% set y = 2 %}{% endset %}[{{ x }}]{{ y is defined }}",
    "set block filter": "{% set x | upper | trim %} ab {% endset %}[{{ x }}]",
    "macro": "{% macro f(a, b='x', c=a) %}{{ a }}{{ b }}{{ c }}{% endmacro %}[{{ f(1) }}{{ f(1, c=2) }}{{ f(b=3) }}]",
    "macro with too much": "{% macro f(a) %}{% endmacro %}{{ f(1, 2) }}",
    "macro with another": "{% macro f(a) %}{% endmacro %}{{ f(z=2) }}",
    "varargs": "{% macro f(a) %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ f(1, 2, z=3) }}",
    "macro sees outer": "{% set x = 1 %}{% macro f() %}{{ x }}{% endmacro %}{% set x = 2 %}{{ f() }}",
    "macro recursion": "{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(5) }}",
    "macro trims": "{% macro f() %}\n  a\n{% endmacro %}[{{ f() }}][{{ f() | trim }}]",
    "call": "{% macro f() %}<{{ caller(2) }}>{% endmacro %}{% call(x) f() %}in {{ x }}{% endcall %}",
    "filter block": "{% filter upper %}a{{ 'b' }}{% endfilter %}",
    "with": "{% set x = 1 %}{% with x = 2, y = x %}{{ x }}{{ y }}{% endwith %}{{ x }}",
    "generation": "{% for x in m %}{% if x.role == 'assistant' %}{% generation %}{{ x.content }}{% endgeneration %}{% endif %}{% endfor %}",
    "raw": "{% raw %}{{ a }} {% if %}{% endraw %}b",
    "raw trims": "a {%- raw -%} {{ a }} {%- endraw -%} b",
    "comments": "a {# b #}\n c{#- d -#} e",
    "white space": "  {% if true %}  \n  a\n  {%- if true %} b {% endif -%}\n c\n{% endif %}\n\n d {{- 1 -}} e\n",
    "lstrip and its opposite": "  {%+ if true %}x{% endif +%}\n  y\n\t{% set a = 1 %}\n z",
    "trim blocks": "{% if true %}\n\na\n{% endif %}\nb\n{{ 1 }}\nc{# x #}\nd",
    "windows lines": "{% if true %}\r\n  a\r\n{% endif %}\r\n{{ 'x\r\ny' }}\rb\r\n",
    "end of lines": "a\n\n",
    "not a tag": "#} %} }} a\n-}}\n b { % c",
    "braces inside": "{{ {'a': {'b': 1}}['a'] }}{{ {'a': 1}}}",
    "strings with tags": "{{ '{% x %}' }}{{ '}}' }}{{ \"{{\" }}",
    "elif": "{% if 0 %}a{% elif 1 %}b{% elif 1 %}c{% else %}d{% endif %}",
    "condition in if": "{% if 1 if true else 0 %}a{% endif %}",
    "raise": "{{ raise_exception('no ' ~ 1) }}",
    "strftime": "{{ strftime_now('%Y-%m-%d %B %d, %Y %H:%M %j %-d') }}",
    "joiner": "{% set j = joiner(';') %}{% for x in list %}{{ j() }}{{ x }}{% endfor %}",
    "cycler": "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.current }}",
    "tuple output": "{{ 1, 2 }}",
    "print": "{% print 1, 'a' %}",
    "call with rest": "{% macro f(a, b) %}{{ a }}{{ b }}{% endmacro %}{{ f(*[1, 2]) }}{{ f(**{'a': 3, 'b': 4}) }}",
    "division by zero": "{{ 1 / 0 }}",
    "missing end": "{% if true %}a",
    "unknown tag": "{% foo %}",
    "unclosed": "{{ 1 ",
    "bad brackets": "{{ (1] }}",
    "last in generator": "{{ list | select('odd') | last }}",
    "length of generator": "{{ list | select('odd') | length }}",
    "generator is true": "{{ 'y' if [] | select('odd') else 'n' }}",
    "in generator": "{{ 3 in (list | select('odd')) }}",
    "is at the end": "{% for x in m %}{% if not loop.last and x.role is eq 'user' or x['role'] == 'system' %}{{ x.role }}{% endif %}{% endfor %}",
}


class Fixed(datetime.datetime):
    @classmethod
    def now(cls):
        return cls(2024, 7, 5, 9, 3, 1)


def render(template, variables):
    try:
        return {"text": chat_template_utils._compile_jinja_template(template).render(**variables)}
    except Exception as error:  # every kind of error is a refusal
        return {"error": f"{type(error).__name__}: {error}"[:160]}


def cases():
    chat_template_utils.datetime = Fixed
    written = {}
    for line in EXPRESSIONS.splitlines():
        for expression in line.split(" | "):
            written["{{ " + expression + " }}"] = None
    templates = [*written, *TEMPLATES.values()]
    made = [{"template": t, **render(t, {**SPECIAL, **DATA})} for t in templates]
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in made)
    data = json.dumps({**SPECIAL, **DATA}, ensure_ascii=False)
    (TARGET / "cases.json").write_text(f'{{"data": {data},\n"cases": [\n{lines}\n]}}\n', encoding="utf-8")
    print(len(made), "cases")


def families():
    chat_template_utils.datetime = Fixed
    folder = pathlib.Path(sys.argv[2]) / "templates"
    digests = {}
    for file in sorted(folder.glob("*.jinja")):
        template = file.read_text(encoding="utf-8")
        digests[file.name] = {}
        for key, (messages, generate, tools) in CONVERSATIONS.items():
            made = render(template, {
                "messages": messages, "tools": tools, "documents": None,
                "add_generation_prompt": generate, **SPECIAL})
            text = made.get("text")
            digests[file.name][key] = None if text is None else hashlib.sha256(text.encode()).hexdigest()[:16]
    conversations = {
        key: {"messages": m, "generate": g, "tools": t} for key, (m, g, t) in CONVERSATIONS.items()}
    lines = ",\n".join(f"{json.dumps(n)}: {json.dumps(d)}" for n, d in sorted(digests.items()))
    head = json.dumps({"special": SPECIAL, "conversations": conversations}, ensure_ascii=False)
    (TARGET / "families.json").write_text(f'{head[:-1]},\n"digests": {{\n{lines}\n}}}}\n', encoding="utf-8")
    print(len(digests), "templates in", folder)


TARGET.mkdir(parents=True, exist_ok=True)
if sys.argv[1:2] == ["families"]:
    families()
else:
    cases()
