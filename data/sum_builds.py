"""같은 합을 디버그 빌드, 릴리스 빌드, 파이썬에서 번갈아 재어 JSON으로 냄.

python3 data/sum_builds.py > data/measured/sum_builds.json

페이지는 디버그로 빌드할 수 없으므로 bench_museum이 이 기록을 보임. 리눅스에서만 돎.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from time import process_time_ns

N = 1_000_000
ROUNDS = 21
SUM = N * (N - 1) // 2

# 다른 프로그램이 끼어든 동안은 세지 않도록 CPU 시간을 잼
SOURCE = """
use std::hint::black_box;

#[repr(C)]
struct Timespec {
    sec: i64,
    nsec: i64,
}

unsafe extern "C" {
    fn clock_gettime(clock: i32, out: *mut Timespec) -> i32;
}

fn cpu_ns() -> i64 {
    let mut out = Timespec { sec: 0, nsec: 0 };
    // SAFETY: 리눅스 64비트의 timespec과 CLOCK_PROCESS_CPUTIME_ID
    assert_eq!(unsafe { clock_gettime(2, &mut out) }, 0);
    out.sec * 1_000_000_000 + out.nsec
}

fn sum(values: &Vec<u64>) -> u64 {
    let mut sum = 0;
    for i in 0..values.len() {
        sum += values[i];
    }
    sum
}

fn main() {
    let n: u64 = std::env::args().nth(1).unwrap().parse().unwrap();
    let values: Vec<u64> = (0..n).collect();
    black_box(sum(&values));
    let start = cpu_ns();
    let total = sum(black_box(&values));
    let spent = cpu_ns() - start;
    println!("{} {}", black_box(total), spent);
}
"""


def cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = (x.split(":")[1] for x in lines if x.startswith("model name"))
    return next(names, "").strip()


def ask(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def main() -> None:
    values = list(range(N))
    samples: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "sum.rs")
        source.write_text(SOURCE)
        for level in ("0", "3"):
            ask("rustc", "--edition", "2024", "-C", f"opt-level={level}", "-C",
                f"debug-assertions={'on' if level == '0' else 'off'}",
                "-o", f"{folder}/{level}", str(source))

        def rust(level: str) -> float:
            total, ns = ask(f"{folder}/{level}", str(N)).split()
            assert int(total) == SUM
            return int(ns) / N

        def python() -> float:
            start = process_time_ns()
            total = sum(values)
            spent = process_time_ns() - start
            assert total == SUM
            return spent / N

        works = {
            "debug": lambda: rust("0"),
            "release": lambda: rust("3"),
            "python": python,
        }
        python()
        for _ in range(ROUNDS):
            for name, work in works.items():
                samples.setdefault(name, []).append(work())
    json.dump(
        {
            "machine": f"{cpu()}, 논리 코어 {os.cpu_count()}개,"
            f" {sys.platform}",
            "compiler": ask("rustc", "--version"),
            "python": platform.python_version(),
            "date": f"{datetime.now(timezone.utc):%Y-%m-%d}",
            "commit": ask("git", "rev-parse", "--short", "HEAD"),
            "command": "python3 data/sum_builds.py",
            "n": N,
            "rounds": ROUNDS,
            "ns": {
                name: {
                    "median": statistics.median(seen),
                    "p10": sorted(seen)[ROUNDS // 10],
                    "p90": sorted(seen)[-1 - ROUNDS // 10],
                }
                for name, seen in samples.items()
            },
        },
        sys.stdout,
        ensure_ascii=False,
        indent=2,
    )
    print()


if __name__ == "__main__":
    main()
