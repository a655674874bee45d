"""sum_order: NumPy의 합. np.sum은 우리 쌍합과 비트까지 같음."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params

from matrices import sum_order

try:
    import numpy as np
except ImportError:
    print("NumPy가 없음: python3 -m pip install numpy", file=sys.stderr)
    sys.exit(3)


# ANCHOR: kernel
def sums(xs: np.ndarray) -> dict[str, float]:
    """방법의 이름은 sum_order의 것."""
    return {
        # 마지막 축이 이어진 배열: 쌍합
        "pairwise128": float(np.sum(xs)),
        # 누적 합은 앞에서부터 차례로 더할 수밖에 없음
        "naive": float(np.cumsum(xs)[-1]),
        "reverse": float(np.cumsum(xs[::-1])[-1]),
        "f32": float(np.cumsum(xs.astype(np.float32))[-1]),
    }
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """순수 파이썬의 답. NumPy의 합이 그것과 비트까지 같아야 함."""
    theirs = sum_order.run(given)
    xs = sum_order.values(params.fill("sum_order", given))
    for name, value in sums(np.array(xs)).items():
        ours = theirs["answers"][f"sum_{name}"]["value"]
        if value != ours:
            sys.exit(f"NumPy의 {name} {value!r}: 순수 파이썬의 {ours!r}와 다름")
    return theirs


def timings(p: dict) -> dict:
    xs = np.array(sum_order.values(p))
    short, n = xs.astype(np.float32), p["n"]
    works = {
        "np.sum (f64)": (lambda: np.sum(xs), n),
        "np.sum (f32)": (lambda: np.sum(short), n),
        "np.cumsum(…)[-1]": (lambda: np.cumsum(xs)[-1], n),
    }
    notes = [f"NumPy {np.__version__}"]
    return {"timings": measure.interleaved(works), "notes": notes}


def main() -> None:
    cli.main("sum_order", run, timings)


if __name__ == "__main__":
    main()
