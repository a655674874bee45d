"""case_regex_trim: 되돌아가는 정규식이 글자를 보는 횟수."""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum

SPACE, SPLIT, START, END, MATCH = range(5)
LEADING = [(START,), (SPACE,), (SPLIT, 1, 3), (MATCH,)]
TRAILING = [(SPACE,), (SPLIT, 0, 2), (END,), (MATCH,)]
EITHER = [
    (SPLIT, 1, 5),
    (START,),
    (SPACE,),
    (SPLIT, 2, 4),
    (MATCH,),
    (SPACE,),
    (SPLIT, 5, 7),
    (END,),
    (MATCH,),
]


# ANCHOR: kernel
def backtrack(program, text, start, work):
    """갈래를 하나 골라 끝까지 가 보고, 막히면 돌아와 다른 갈래로 감."""
    looks = edges = 0
    size = len(text)
    found = None
    for first in range(start, size + 1):
        stack = [(0, first)]
        while stack and found is None:
            pc, at = stack.pop()
            while True:
                inst = program[pc]
                kind = inst[0]
                if kind == SPACE:
                    looks += 1
                    if at == size or text[at] != " ":
                        break
                    at += 1
                    pc += 1
                elif kind == SPLIT:
                    stack.append((inst[2], at))
                    pc = inst[1]
                elif kind == MATCH:
                    found = first, at
                    break
                else:
                    edges += 1
                    if at != (0 if kind == START else size):
                        break
                    pc += 1
        if found is not None:
            break
    work[0] += looks
    work[1] += edges
    return found


def advance(program, text, start, work):
    """모든 갈래를 글자 하나씩 함께 나아가게 함."""
    now, found, size = [], None, len(text)
    for at in range(start, size + 1):
        following, seen = [], set()
        waiting = [(0, at)] if found is None else []
        waiting += reversed(now)
        while waiting:
            pc, first = waiting.pop()
            if pc in seen:
                continue
            seen.add(pc)
            inst = program[pc]
            kind = inst[0]
            if kind == MATCH:
                found = first, at
                waiting.clear()
            elif kind == SPLIT:
                waiting += [(inst[2], first), (inst[1], first)]
            elif kind == SPACE:
                work[0] += 1
                if at < size and text[at] == " ":
                    following.append((pc + 1, first))
            else:
                work[1] += 1
                if at == (0 if kind == START else size):
                    waiting.append((pc + 1, first))
        if found is not None and not following:
            break
        now = following
    return found
# ANCHOR_END: kernel


def scan(text, work):
    """양 끝에서 훑음."""
    start, end = 0, len(text)
    while start < end and text[start] == " ":
        work[0] += 1
        start += 1
    work[0] += 1
    while end > start:
        work[0] += 1
        if text[end - 1] != " ":
            break
        end -= 1
    return start, end


def trim(method, text, work):
    """남는 글의 처음과 끝."""
    if method == "linear_scan":
        return scan(text, work)
    kept = [0, len(text)]

    def cut(found):
        if found is None:
            return None
        first, last = found
        if first == 0:
            kept[0] = last
        else:
            kept[1] = first
        return last

    if method == "two_step":
        cut(backtrack(LEADING, text, 0, work))
        cut(backtrack(TRAILING, text, max(kept[0], 1), work))
        return tuple(kept)
    machine = advance if method == "nfa" else backtrack
    at = 0
    while at is not None:
        at = cut(machine(EITHER, text, at, work))
    return tuple(kept)


def sample(spaces, at_end):
    return "a" + " " * spaces + ("" if at_end else "b")


def run(given: dict) -> dict:
    p = params.fill("case_regex_trim", given)
    work = [0, 0]
    start, end = trim(p["method"], sample(p["spaces"], p["at_end"]), work)
    render = 1 + sum(work) // 100_000
    slow = p["health"] == "home" and render > 15
    # 마지막 서버: 두 틱씩 늦게 시작해 세 번 잇달아 늦음
    removed_at = 2 * 2 + 3 * 20 + 15 if slow else 0
    words = [*work, start, end, render, removed_at]
    names = ["looks", "edges", "start", "end", "render", "removed_at"]
    return {
        "answers": {name: str(word) for name, word in zip(names, words)},
        "checksum": checksum(words),
    }


def timings(p: dict) -> dict:
    """진짜 re와 str.strip."""
    n = min(p["spaces"], 2_000)
    text = sample(n, p["at_end"])
    either = re.compile("^ +| +$")
    leading, trailing = re.compile("^ +"), re.compile(" +$")
    works = {
        "re: 한 패턴": lambda: either.sub("", text),
        "re: 두 패턴으로 나눔": lambda: trailing.sub("", leading.sub("", text)),
        "str.strip(' ')": lambda: text.strip(" "),
    }
    answers = {work() for work in works.values()}
    assert len(answers) == 1, answers
    return {
        "timings": measure.interleaved(
            {name: (work, 1) for name, work in works.items()}
        ),
        "notes": [f"공백 {n:,}개로 줄여서 잼"] if n < p["spaces"] else [],
    }


def main() -> None:
    cli.main("case_regex_trim", run, timings)


if __name__ == "__main__":
    main()
