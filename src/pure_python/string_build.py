"""string_build: 문자열을 조립하며 복사하는 바이트."""

from __future__ import annotations

import io
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum

MIN_CAPACITY = 8
# 제곱으로 복사하는 방법은 이만큼까지만 잼, 바이트
MOST_COPIED = 1_000_000_000


# ANCHOR: kernel
def build(rule, pieces, piece):
    """이어 붙이는 동안 복사한 바이트, 잡은 버퍼, 마지막 버퍼의 크기."""
    copied = buffers = capacity = length = 0
    for _ in range(pieces):
        need = length + piece
        if need > capacity:
            if rule == "exact":
                capacity = need
            elif rule == "double":
                capacity = max(need, 2 * capacity, MIN_CAPACITY)
            else:
                capacity = pieces * piece
            buffers += 1
            copied += length
        copied += piece
        length = need
    return copied, buffers, capacity
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("string_build", given)
    concat, grow, join = (
        build(rule, p["pieces"], p["piece"])
        for rule in ("exact", "double", "ahead")
    )
    exact = {
        "concat_copied": concat[0],
        "grow_copied": grow[0],
        "join_copied": join[0],
        "concat_buffers": concat[1],
        "grow_buffers": grow[1],
        "grow_capacity": grow[2],
    }
    return {
        "answers": {k: str(v) for k, v in exact.items()},
        "checksum": checksum(exact.values()),
    }


def add_local(pieces):
    """왼쪽을 이 변수만 잡고 있음: 제자리에서 늘릴 수 있음."""
    s = ""
    for piece in pieces:
        s += piece
    return s


def add_aliased(pieces):
    """다른 이름이 같은 문자열을 잡고 있음: 늘 새로 만듦."""
    s = kept = ""
    for piece in pieces:
        s += piece
        kept = s
    return kept


class Page:
    """속성에 더함: 늘 새로 만듦."""

    def add(self, pieces):
        self.s = ""
        for piece in pieces:
            self.s += piece
        return self.s


def write(pieces):
    buffer = io.StringIO()
    for piece in pieces:
        buffer.write(piece)
    return buffer.getvalue()


def timings(p: dict) -> dict:
    """진짜 문자열의 시간. 어느 것이 제자리인지가 시간에 드러남."""
    pieces = ["x" * p["piece"]] * p["pieces"]
    works = {
        "지역 변수 +=": add_local,
        "join": "".join,
        "StringIO": write,
    }
    notes = []
    if build("exact", p["pieces"], p["piece"])[0] <= MOST_COPIED:
        works |= {"별칭이 있는 +=": add_aliased, "속성 +=": Page().add}
    else:
        notes = [
            f"별칭과 속성의 +=는 {MOST_COPIED:,}바이트보다 많이 복사하므로"
            " 재지 않음"
        ]
    timed = measure.interleaved(
        {
            name: (lambda work=work: work(pieces), len(pieces))
            for name, work in works.items()
        }
    )
    return {"timings": timed, "notes": notes}


def main() -> None:
    cli.main("string_build", run, timings)


if __name__ == "__main__":
    main()
