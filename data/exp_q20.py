"""지수 분포의 표를 십진수로 셈해 data/exp_q20.json과 같은 글을 냄.

python3 data/exp_q20.py > data/exp_q20.json
"""

from __future__ import annotations

import json
from decimal import ROUND_HALF_EVEN, Decimal, localcontext


def table() -> list[int]:
    """-ln((i + 0.5) / 4096)의 2^20배를 반올림한 4,096개."""
    with localcontext() as context:
        context.prec = 40
        scaled = (-(Decimal(2 * i + 1) / 8192).ln() * 2**20
                  for i in range(4_096))
        return [int(x.to_integral_value(ROUND_HALF_EVEN)) for x in scaled]


if __name__ == "__main__":
    print(json.dumps(table(), separators=(",", ":")))
