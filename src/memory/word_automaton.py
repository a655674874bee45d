"""word_automaton: 끝이 같은 말들을 자동 기계로 담으면 얼마나 작아지는가."""

from __future__ import annotations

import sys
from bisect import bisect_left
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum
from lab.rng import SplitMix64

ENDINGS = Path(__file__).with_name("endings.txt")

# 어느 것이나 읽을 수 있는 음절: 첫소리 14, 가운뎃소리 6, 끝소리 5
LEADS = (0, 2, 3, 5, 6, 7, 9, 11, 12, 14, 15, 16, 17, 18)
VOWELS = (0, 4, 8, 13, 18, 20)
TAILS = (0, 4, 8, 16, 21)


def make_stems(count: int, seed: int) -> list[str]:
    """2–4음절짜리 지어낸 어간. 겹치는 것도 그대로 둠."""
    rng = SplitMix64(seed)
    stems = []
    for _ in range(count):
        syllables = 2 + rng.below(3)
        stems.append("".join(syllable(rng) for _ in range(syllables)))
    return stems


def syllable(rng: SplitMix64) -> str:
    at = rng.below(len(LEADS) * len(VOWELS) * len(TAILS))
    at, tail = divmod(at, len(TAILS))
    lead, vowel = divmod(at, len(VOWELS))
    return chr(0xAC00 + (LEADS[lead] * 21 + VOWELS[vowel]) * 28 + TAILS[tail])


def endings(count: int) -> list[str]:
    return ENDINGS.read_text("utf-8").split()[:count]


def make_words(stems: list[str], tails: list[str]) -> list[bytes]:
    """어간마다 어미를 모두 붙인 말, 바이트의 차례로."""
    words = {stem + tail for stem in stems for tail in tails}
    return sorted(word.encode() for word in words)


# ANCHOR: kernel
class Automaton:
    """차례로 온 말만 받음. 다 자란 가지부터 얼리고, 같은 것은 함께 씀."""

    def __init__(self, share=True):
        self.share = share
        self.register = {}  # 얼린 마디의 모양 → 번호
        self.nodes = []  # 번호 → (말의 끝인가, 글자들, 다음 마디들)
        self.path = [[False, [], []]]  # 아직 자라는 길, 뿌리부터
        self.last = b""

    def add(self, word):
        depth = 0
        most = min(len(word), len(self.last))
        while depth < most and word[depth] == self.last[depth]:
            depth += 1
        self.freeze(depth)
        for label in word[depth:]:
            self.path[-1][1].append(label)
            self.path.append([False, [], []])
        self.path[-1][0] = True
        self.last = word

    def freeze(self, depth):
        """깊이가 depth보다 깊은 마디를 아래부터 얼림."""
        while len(self.path) > depth + 1:
            end, labels, targets = self.path.pop()
            at = self.place((end, bytes(labels), tuple(targets)))
            self.path[-1][2].append(at)

    def place(self, node):
        if self.share and node in self.register:
            return self.register[node]
        self.nodes.append(node)
        self.register[node] = len(self.nodes) - 1
        return len(self.nodes) - 1

    def finish(self):
        self.freeze(0)
        end, labels, targets = self.path.pop()
        self.root = self.place((end, bytes(labels), tuple(targets)))
        self.register = {}
        return self

    def walk(self, word):
        """글자를 따라간 마디. 길이 끊기면 None."""
        at = self.root
        for label in word:
            _, labels, targets = self.nodes[at]
            i = labels.find(label)
            if i < 0:
                return None
            at = targets[i]
        return at

    def __contains__(self, word):
        at = self.walk(word)
        return at is not None and self.nodes[at][0]
# ANCHOR_END: kernel

    def edges(self) -> int:
        return sum(len(labels) for _, labels, _ in self.nodes)

    def words_below(self) -> list[int]:
        """마디마다 거기서 시작하는 말의 수. 다음 마디의 번호가 늘 작음."""
        below: list[int] = []
        for end, _, targets in self.nodes:
            below.append(end + sum(below[each] for each in targets))
        return below


def build(words: list[bytes], share: bool = True) -> Automaton:
    automaton = Automaton(share)
    for word in words:
        automaton.add(word)
    return automaton.finish()


def make_queries(stems, tails, count, seed) -> list[bytes]:
    """절반쯤은 담지 않은 어간에서 나온 말임."""
    rng = SplitMix64(seed ^ 0x71)
    out = []
    for _ in range(count):
        stem = stems[rng.below(len(stems))]
        out.append((stem + tails[rng.below(len(tails))]).encode())
    return out


def prepare(p: dict):
    every = make_stems(2 * p["stems"], p["seed"])
    stems, tails = every[: p["stems"]], endings(p["endings"])
    queries = make_queries(every, tails, p["queries"], p["seed"])
    return stems, make_words(stems, tails), queries


def holder(name: str, words: list[bytes], dawg: Automaton):
    """고른 구조. fst는 우리 자동 기계가 대신함."""
    if name == "hash_set":
        return set(words)
    if name == "sorted_vec":
        return Sorted(words)
    return build(words, share=False) if name == "trie" else dawg


class Sorted:
    def __init__(self, words):
        self.words = words

    def __contains__(self, word):
        at = bisect_left(self.words, word)
        return at < len(self.words) and self.words[at] == word


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("word_automaton", given)
    stems, words, queries = prepare(p)
    dawg = build(words)
    alone = build(make_words(stems, [""]))
    held = holder(p["repr"], words, dawg)
    hits = sum(word in held for word in queries)
    prefix = stems[p["pick"] % len(stems)][:2].encode()
    at = dawg.walk(prefix)
    trie, last = 1, b""
    for word in words:
        same = 0
        most = min(len(word), len(last))
        while same < most and word[same] == last[same]:
            same += 1
        trie += len(word) - same
        last = word
    exact = {
        "words": len(words),
        "nodes": len(dawg.nodes),
        "edges": dawg.edges(),
        "hits": hits,
    }
    more = {
        "stem_nodes": len(alone.nodes),
        "trie_nodes": trie,
        "completions": dawg.words_below()[at],
    }
    return {
        "answers": {k: str(v) for k, v in (exact | more).items()},
        "checksum": checksum(exact.values()),
    }


def timings(p: dict) -> dict:
    """진짜 파이썬의 조회 시간과 크기."""
    _, words, queries = prepare(p)
    texts = [word.decode() for word in words]
    wanted = [word.decode() for word in queries]
    as_set, dawg = set(texts), build(words)

    def count(held, wanted):
        return sum(word in held for word in wanted)

    works = {
        "set": (lambda: count(as_set, wanted), len(wanted)),
        "정렬한 list와 bisect": (
            lambda: count(Sorted(texts), wanted),
            len(wanted),
        ),
        "파이썬으로 쓴 DAWG": (
            lambda: count(dawg, queries),
            len(queries),
        ),
    }
    strings = sum(map(sys.getsizeof, texts))
    return {
        "timings": measure.interleaved(works),
        "sizes": {
            "set과 그 글": sys.getsizeof(as_set) + strings,
            "list와 그 글": sys.getsizeof(texts) + strings,
        },
    }


def main() -> None:
    cli.main("word_automaton", run, timings)


if __name__ == "__main__":
    main()
