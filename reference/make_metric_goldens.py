"""Writes test/golden/ks.json, ks-log.json, auc.json, zlib.json and rouge-package.json.

The test of Kolmogorov and Smirnov, ranks, zlib lengths, and ROUGE-L by the `rouge` package. By name: those alone.
"""

import json
import random
import sys
import zlib
from importlib.metadata import version
from pathlib import Path

from golden_json import write_json
from rouge_pairs import WORDS, WRITTEN, random_pairs

GOLDEN = Path(__file__).resolve().parent.parent / "test" / "golden"
TOFU = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "tofu" / "full.json"
SIZES = [
    (1, 1), (1, 7), (2, 3), (5, 5), (7, 11), (12, 18), (20, 20), (40, 40), (40, 37), (100, 75), (200, 200),
    (200, 150), (300, 400), (400, 400), (400, 399),
]  # fmt: skip
# Beyond a million lattice points.
LARGE = [(1200, 1000), (3000, 1999)]


def samples(source: random.Random, n: int, m: int, shift: float, digits: int) -> tuple[list[float], list[float]]:
    """Rounded normal values, so that few digits make many ties."""
    a = [round(source.gauss(0, 1), digits) for _ in range(n)]
    b = [round(source.gauss(shift, 1), digits) for _ in range(m)]
    return a, b


def ks_cases() -> list[dict]:
    from scipy.stats import ks_2samp

    source = random.Random(0)
    cases = []
    for n, m in SIZES:
        for shift, digits in ((0.0, 2), (0.0, 0), (0.4, 2), (1.5, 1), (20.0, 2)):
            a, b = samples(source, n, m, shift, digits)
            result = ks_2samp(a, b, method="exact")
            cases.append({"a": a, "b": b, "statistic": result.statistic, "p": result.pvalue})
    return cases


def large_ks_cases() -> list[dict]:
    """Too large to store: values are given by a formula that the test repeats."""
    from scipy.stats import ks_2samp

    cases = []
    for n, m in LARGE:
        for shift in (0.02, 0.2):
            a = [(7919 * i % 10007) / 10007 for i in range(n)]
            b = [(104729 * i % 10007) / 10007 * (1 - shift) + shift for i in range(m)]
            result = ks_2samp(a, b, method="exact")
            cases.append({"n": n, "m": m, "shift": shift, "statistic": result.statistic, "p": result.pvalue})
    return cases


def auc_cases() -> list[dict]:
    from scipy.stats import mannwhitneyu

    source = random.Random(1)
    cases = []
    for n, m in SIZES:
        for shift, digits in ((0.0, 2), (0.0, 0), (1.5, 1), (20.0, 2)):
            negatives, positives = samples(source, n, m, shift, digits)
            auc = mannwhitneyu(positives, negatives, method="asymptotic").statistic / (n * m)
            cases.append({"negatives": negatives, "positives": positives, "auc": auc})
    return cases


def zlib_cases() -> list[dict]:
    source = random.Random(2)
    texts = [text for pair in WRITTEN for text in pair]
    texts += [" ".join(source.choices(WORDS, k=source.randrange(1, 120))).capitalize() + "." for _ in range(150)]
    texts += ["ab" * 5000, "🙂" * 40, "".join(chr(source.randrange(32, 0x2FFF)) for _ in range(500))]
    texts += [" ".join(str(source.randrange(10**9)) for _ in range(6000))]  # beyond the 32 KiB window
    return [{"text": text, "length": len(zlib.compress(text.encode()))} for text in dict.fromkeys(texts)]


def tofu_lengths() -> dict:
    """Of all 4,000 answers of TOFU, which are not copied: their lengths alone."""
    lines = TOFU.read_text(encoding="utf-8").splitlines()
    return {"lengths": [len(zlib.compress(json.loads(line)["answer"].encode())) for line in lines if line]}


def rouge_package_cases() -> list[dict]:
    """Scores by the `rouge` package; null where it throws on a text without sentences."""
    from rouge import Rouge

    scorer = Rouge(metrics=["rouge-l"])
    sentences = [
        ("Paris. ", "It is Paris. Or Rome."),
        ("one two. two three. four", "three two. four one two"),
        ("a b a b c", "b a b c a"),
        ("He was born on 3.5.1970 in Oslo.", "Born 3.5.1970. In Oslo. He was."),
        ("no full stop", "no. full. stop."),
    ]
    pairs = WRITTEN + sentences + random_pairs(14)
    # Their sentences one after another, so that the union over sentences counts.
    pairs += [(f"{a} {c}", f"{b}. {d}") for (a, b), (c, d) in zip(random_pairs(14), random_pairs(14)[::-1])]
    cases = []
    for reference, candidate in pairs:
        try:
            score = scorer.get_scores(candidate, reference)[0]["rouge-l"]
            scores = [score["r"], score["p"], score["f"]]
        except ValueError:
            scores = None
        cases.append({"reference": reference, "candidate": candidate, "scores": scores})
    return cases


def write_ks_log() -> None:
    """log10 of p-values that no double holds, from counts of lattice paths in Python's integers, to 40 digits."""
    from decimal import Decimal, getcontext
    from math import comb, gcd

    getcontext().prec = 40

    def touching(n: int, m: int, steps: int) -> int:
        if n == m:
            terms = (((-1) ** (k + 1), comb(2 * n, n - k * steps)) for k in range(1, n // steps + 1))
            return 2 * sum(sign * count for sign, count in terms)
        up, across = m // gcd(n, m), n // gcd(n, m)
        row: list[int] = []
        for i in range(n + 1):
            following = [0] * (m + 1)
            for j in range(m + 1):
                if abs(i * up - j * across) < steps:
                    following[j] = 1 if i + j == 0 else (row[j] if i else 0) + (following[j - 1] if j else 0)
            row = following
        return comb(n + m, n) - row[m]

    cases = [
        (600, 600, 600), (600, 600, 500), (1000, 1000, 1000), (2000, 2000, 1500), (400, 400, 25), (600, 610, 36600),
        (1200, 1000, 6000), (1200, 1000, 5000), (1200, 1000, 900),
    ]  # fmt: skip
    logs = [float((Decimal(touching(n, m, steps)) / Decimal(comb(n + m, n))).log10()) for n, m, steps in cases]
    write_json(GOLDEN / "ks-log.json", [[*case, log] for case, log in zip(cases, logs)])


def write_ks() -> None:
    versions = {"scipy": version("scipy")}
    write_json(GOLDEN / "ks.json", {"versions": versions, "cases": ks_cases(), "large": large_ks_cases()})


def write_auc() -> None:
    write_json(GOLDEN / "auc.json", {"versions": {"scipy": version("scipy")}, "cases": auc_cases()})


def write_zlib() -> None:
    versions = {"python": sys.version.split()[0], "zlib": zlib.ZLIB_RUNTIME_VERSION}
    write_json(GOLDEN / "zlib.json", {"versions": versions, "cases": zlib_cases(), "tofu": tofu_lengths()})


def write_rouge_package() -> None:
    versions = {"rouge": version("rouge")}
    write_json(GOLDEN / "rouge-package.json", {"versions": versions, "pairs": rouge_package_cases()})


WRITERS = {"ks": write_ks, "ks-log": write_ks_log, "auc": write_auc, "zlib": write_zlib, "rouge-package": write_rouge_package}


def main() -> None:
    for name in sys.argv[1:] or WRITERS:
        WRITERS[name]()


if __name__ == "__main__":
    main()
