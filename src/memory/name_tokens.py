"""name_tokens: 같은 낱말을 정렬한 list, 한 덩어리, set에 담고 찾음."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum, fnv1a
from lab.rng import SplitMix64
from memory.word_automaton import endings, make_stems, syllable

PARTICLES = Path(__file__).with_name("particles.txt")


def particles(count: int) -> list[str]:
    return PARTICLES.read_text("utf-8").split()[:count]


def scatter(words: list[str], percent: int, seed: int) -> list[str]:
    """낱말의 percent%를 무작위 음절로 된 낱말로 바꿈."""
    if percent == 0:
        return words
    rng = SplitMix64(seed ^ 0x6E)
    keep = len(words) * (100 - percent) // 100
    fresh = len(words) - keep
    rng.shuffle(words)
    del words[keep:]
    for _ in range(fresh):
        syllables = 3 + rng.below(6)
        words.append("".join(syllable(rng) for _ in range(syllables)))
    return sorted(set(words))


def prepare(p: dict) -> tuple[list[str], list[str]]:
    """담을 낱말과 찾을 낱말. 음절의 차례는 UTF-8의 차례와 같음."""
    every = make_stems(2 * p["stems"], p["seed"])
    stems, absent = every[: p["stems"]], every[p["stems"] :]
    tails = [
        ending + particle
        for ending in endings(p["endings"])
        for particle in particles(p["particles"])
    ]
    words = sorted({stem + tail for stem in stems for tail in tails})
    words = scatter(words, p["noise"], p["seed"])
    rng = SplitMix64(p["seed"] ^ 0x71)

    def pick(items):
        return items[rng.below(len(items))]

    queries = [
        pick(absent) + pick(tails) if i % 2 else pick(words)
        for i in range(p["queries"])
    ]
    return words, queries


# ANCHOR: kernel
class Sorted:
    """정렬한 list와 이진 탐색."""

    def __init__(self, words):
        self.words = words

    def __contains__(self, word):
        at = bisect_left(self.words, word)
        return at < len(self.words) and self.words[at] == word


class Arena:
    """글을 한 덩어리로 이어 적고 끝나는 자리만 따로 둠."""

    def __init__(self, words):
        self.text = "".join(words).encode()
        self.ends = array("I", [0])
        for word in words:
            self.ends.append(self.ends[-1] + len(word.encode()))

    def __len__(self):
        return len(self.ends) - 1

    def __getitem__(self, at):
        return self.text[self.ends[at] : self.ends[at + 1]]

    def __contains__(self, word):
        wanted = word.encode()
        at = bisect_left(self, wanted)
        return at < len(self) and self[at] == wanted
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("name_tokens", given)
    words, queries = prepare(p)
    held = set(words)
    exact = {
        "words": len(words),
        "hits": sum(word in held for word in queries),
        "print": fnv1a("".join(words).encode()),
    }
    return {
        "answers": {k: str(v) for k, v in exact.items()},
        "checksum": checksum(exact.values()),
    }


def timings(p: dict) -> dict:
    """진짜 파이썬의 조회 시간과 크기."""
    words, queries = prepare(p)
    rungs = {
        "파이썬: list와 bisect": Sorted(words),
        "파이썬: 한 덩어리와 bisect": Arena(words),
        "파이썬: set": set(words),
    }

    def count(held):
        return sum(word in held for word in queries)

    arena = rungs["파이썬: 한 덩어리와 bisect"]
    strings = sum(map(sys.getsizeof, words))
    return {
        "timings": measure.interleaved(
            {
                name: (lambda held=held: count(held), len(queries))
                for name, held in rungs.items()
            }
        ),
        "sizes": {
            "list와 그 글": sys.getsizeof(words) + strings,
            "한 덩어리": sys.getsizeof(arena.text)
            + sys.getsizeof(arena.ends),
            "set과 그 글": sys.getsizeof(rungs["파이썬: set"]) + strings,
        },
    }


def main() -> None:
    cli.main("name_tokens", run, timings)


if __name__ == "__main__":
    main()
