"""터미널에 보이는 모양: 한글을 두 칸으로 세는 표."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    """터미널에서 차지하는 칸 수."""
    return sum(
        2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """첫 칸과 글은 왼쪽, 수는 오른쪽에 맞춘 표."""
    lines = [head, *rows]
    widths = [max(width(line[c]) for line in lines) for c in range(len(head))]
    numeric = [
        bool(rows) and all(row[c][:1].isdigit() for row in rows)
        for c in range(len(head))
    ]

    def draw(line: Sequence[str]) -> str:
        cells = []
        for cell, wide, right in zip(line, widths, numeric):
            pad = " " * (wide - width(cell))
            cells.append(pad + cell if right else cell + pad)
        return "  ".join(cells).rstrip()

    rule = "  ".join("─" * wide for wide in widths)
    return "\n".join([draw(head), rule, *map(draw, rows)])


def duration(ns: float) -> str:
    """사람이 읽는 시간."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if ns >= size:
            return f"{ns / size:.3g} {unit}"
    return f"{ns:.3g} ns"
