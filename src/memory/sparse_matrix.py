"""sparse_matrix: 0이 아닌 값만 적은 행렬에 벡터를 곱함."""

from __future__ import annotations

import sys
from array import array
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum, fnv1a
from lab.rng import SplitMix64


def random_csr(n: int, density: int, seed: int):
    """행마다 서로 다른 열을 같은 수만큼. 값은 1에서 9까지의 정수."""
    each = max(1, n * density // 1_000)
    rng = SplitMix64(seed)
    order = list(range(n))
    starts, columns, values = [0], array("I"), array("d")
    for _ in range(n):
        for i in range(each):
            j = i + rng.below(n - i)
            order[i], order[j] = order[j], order[i]
        columns.extend(sorted(order[:each]))
        values.extend(1 + rng.below(9) for _ in range(each))
        starts.append(len(columns))
    return starts, columns, values


# ANCHOR: kernel
def multiply(starts, columns, values, x):
    """y = A x. 0이 아닌 값만 봄."""
    y = []
    for row in range(len(starts) - 1):
        total = 0.0
        for at in range(starts[row], starts[row + 1]):
            total += values[at] * x[columns[at]]
        y.append(total)
    return y


def multiply_keys(cells, n, x):
    """(행, 열) → 값인 사전으로."""
    y = [0.0] * n
    for (row, column), value in cells.items():
        y[row] += value * x[column]
    return y
# ANCHOR_END: kernel


def dense_multiply(rows, x):
    y = []
    for row in rows:
        total = 0.0
        for a, b in zip(row, x):
            total += a * b
        y.append(total)
    return y


def vector(n: int) -> list[float]:
    return [float(1 + i * 7 % 11) for i in range(n)]


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("sparse_matrix", given)
    n = p["n"]
    csr = random_csr(n, p["density"], p["seed"])
    y = [int(each) for each in multiply(*csr, vector(n))]
    nnz = len(csr[2])
    sizes = [8 * n * n, 16 * nnz, 12 * nnz + 8 * (n + 1)]
    answers = dict(
        zip(("nnz", "dense_bytes", "coo_bytes", "csr_bytes"), [nnz, *sizes])
    )
    answers["sum"] = sum(y)
    print_ = fnv1a(b"".join(each.to_bytes(8, "little") for each in y))
    return {
        "answers": {k: str(v) for k, v in answers.items()},
        "checksum": checksum([n, nnz, *sizes, print_]),
    }


def timings(p: dict) -> dict:
    """세 표현의 곱셈과 크기. 500행까지만 잼."""
    n = min(p["n"], 500)
    csr = random_csr(n, p["density"], p["seed"])
    starts, columns, values = csr
    x, rows, cells = vector(n), [], {}
    for row in range(n):
        line = [0.0] * n
        for at in range(starts[row], starts[row + 1]):
            line[columns[at]] = values[at]
            cells[row, columns[at]] = values[at]
        rows.append(line)
    works = {
        "파이썬: 리스트의 리스트": (lambda: dense_multiply(rows, x), n * n),
        "파이썬: CSR": (lambda: multiply(*csr, x), n * n),
        "파이썬: (행, 열) 사전": (
            lambda: multiply_keys(cells, n, x),
            n * n,
        ),
    }
    parts = [starts, columns, values]
    keys = sum(map(sys.getsizeof, cells))
    return {
        "timings": measure.interleaved(works),
        "sizes": {
            f"리스트의 리스트({n}행)": sys.getsizeof(rows)
            + sum(map(sys.getsizeof, rows)),
            f"CSR(array, {n}행)": sum(map(sys.getsizeof, parts)),
            f"사전과 그 열쇠({n}행)": sys.getsizeof(cells) + keys,
        },
    }


def main() -> None:
    cli.main("sparse_matrix", run, timings)


if __name__ == "__main__":
    main()
