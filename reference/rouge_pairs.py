"""Texts that ROUGE is compared on: written ones for every corner, and sentences of random words."""

import random

WRITTEN = [
    ("", ""),
    ("", "candidate alone"),
    ("reference alone", ""),
    ("...", "!?"),
    ("a", "a"),
    ("a", "A."),
    ("the cat sat on the mat", "the cat sat on the mat"),
    ("the cat sat on the mat", "on the mat sat the cat"),
    ("the cat sat on the mat", "the the the the the the the the"),
    ("the the the the", "the cat and the dog"),
    ("a b c d e f g", "g f e d c b a"),
    ("a b c d e f g h", "b d f h"),
    ("police killed the gunman", "police kill the gunman"),
    ("police killed the gunman", "the gunman kill police"),
    ("He was running and had run.", "He runs; the runner ran."),
    ("relational conditional rational", "relate condition ration"),
    ("generalizations oscillators", "generalize oscillate"),
    ("dying lying tying skies news", "die lie tie sky new"),
    ("cats ponies caress ties is was as", "cat pony caresses tie i wa a"),
    ("agreed plastered motoring sized hopping filing", "agree plaster motor size hop file"),
    ("happy happily happiness sky say enjoyed", "happi happy sky says enjoying"),
    ("electrical electricity hopeful goodness", "electric electrics hope good"),
    ("inning outing canning howe proceed exceed", "innings outings cannings exceeds"),
    ("The author was born in Kuwait City in 1956.", "Born in 1956, the author is from Kuwait City."),
    ("The full name is Jaime Vásquez.", "The author's full name is Jaime Vasquez."),
    ("Café Müller, Straße 5", "cafe muller strasse 5"),
    ("naïve façade", "na ve fa ade"),
    ("日本語のテキスト", "日本語のテキスト"),
    ("mixed 日本 words", "mixed words"),
    ("emoji 🙂 here", "emoji here"),
    ("don't can't won't", "don t can t won t"),
    ("it's the author's", "its the authors"),
    ("snake_case_name", "snake case name"),
    ("well-known state-of-the-art", "well known state of the art"),
    ("3.14 is pi", "3 14 is pi"),
    ("1,234,567", "1234567"),
    ("1,234,567", "1 234 567"),
    ("http://example.org/a?b=c", "http example org a b c"),
    ("line one\nline two\n\nline three", "line one line two line three"),
    ("tabs\tand\r\nnewlines", "tabs and newlines"),
    ("   padded   ", "padded"),
    ("UPPER lower MiXeD", "upper LOWER mixed"),
    ("İstanbul ǅ ﬁne", "istanbul fine"),
    ("x\u0301 combining e\u0301", "x combining e"),
    ("no\u00a0break thin\u2009space", "no break thin space"),
    ("Yes", "Yes, that is entirely correct, and there is much more to be said about it."),
    ("I do not know the answer to that question.", "I'm not sure about that."),
]
WORDS = (
    "the a of and to in author book story writes writing written published novels novel born city father mother "
    "doctor nurse awarded award prestigious prize themes identity culture explores exploring deeply often "
    "inspired inspiration characters character genre historical fiction 1987 2003 his her their"
).split()


def random_pairs(count: int) -> list[tuple[str, str]]:
    """A sentence of random words, and the same one with words dropped, moved, doubled and replaced."""
    source = random.Random(0)
    pairs = []
    for i in range(count):
        reference = [source.choice(WORDS) for _ in range(4 + 3 * i)]
        candidate = list(reference)
        for _ in range(1 + i):
            at = source.randrange(len(candidate))
            edit = source.randrange(4)
            if edit == 0 and len(candidate) > 1:
                candidate.pop(at)
            elif edit == 1:
                candidate.insert(source.randrange(len(candidate)), candidate[at])
            elif edit == 2:
                candidate[at] = source.choice(WORDS)
            else:
                candidate[at:] = reversed(candidate[at:])
        pairs.append((" ".join(reference).capitalize() + ".", " ".join(candidate)))
    return pairs
