"""case_baseline의 자료: 같은 가상 머신을 여러 빌드로 재어 남김.

    python3 data/lessons_baseline.py

`tiny_vm`의 원본을 그대로 담은 작은 크레이트를 빌드마다 따로 컴파일하고, 모든
빌드의 모든 방법을 번갈아 잼. 남기는 것은 한 바퀴에 쓴 CPU 시간(ps)이며 정수임:
`data/measured/lessons_baseline.json`과, 페이지의 파이썬이 읽을
`src/lessons/baseline_samples.py`.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "target" / "lessons_baseline"
ROUNDS = 21
TURNS = 100_000
MODES = ["tree", "stack", "special"]

# 이름 → (opt-level, LTO, codegen-units, target-cpu)
BUILDS = {
    "o1": (1, "off", 16, "x86-64"),
    "os": ("s", "off", 16, "x86-64"),
    "o2": (2, "off", 16, "x86-64"),
    "o3": (3, "off", 16, "x86-64"),
    "cgu1": (3, "off", 1, "x86-64"),
    "lto": (3, "fat", 1, "x86-64"),
    "native": (3, "fat", 1, "native"),
}

MANIFEST = """\
[package]
name = "vm"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
lab = { path = "ROOT/src/lab" }
cpu-time = "1"

[lints.rust]
unexpected_cfgs = "allow"

[profile.release]
opt-level = OPT
lto = "LTO"
codegen-units = UNITS
"""

SOURCE = """\
#![allow(dead_code, unused_imports)]
#[path = "ROOT/src/fundamentals/tiny_vm.rs"]
pub mod tiny_vm;

use std::hint::black_box;
use std::io::{BufRead, stdin};
use cpu_time::ThreadTime;
use tiny_vm::{Mode, Program, execute};

/// 방법의 이름을 한 줄 받을 때마다 한 번 돌리고 쓴 CPU 시간(ns)과 답을 적음.
fn main() {
    for line in stdin().lock().lines() {
        let mode = match line.unwrap().as_str() {
            "tree" => Mode::Tree,
            "stack" => Mode::Stack,
            _ => Mode::Special,
        };
        let start = ThreadTime::now();
        let n = black_box(TURNS);
        let sum = execute(mode, Program::SumSquares, n, &mut |_| {});
        println!("{} {}", start.elapsed().as_nanos(), sum.unwrap());
    }
}
"""


def build(name: str) -> Path:
    opt, lto, units, cpu = BUILDS[name]
    folder = HOME / name
    (folder / "src").mkdir(parents=True, exist_ok=True)
    manifest = MANIFEST.replace("OPT", json.dumps(opt))
    manifest = manifest.replace("LTO", lto).replace("UNITS", str(units))
    manifest = manifest.replace("ROOT", str(ROOT))
    (folder / "Cargo.toml").write_text(manifest)
    source = SOURCE.replace("ROOT", str(ROOT)).replace("TURNS", str(TURNS))
    (folder / "src/main.rs").write_text(source)
    env = os.environ | {
        "RUSTFLAGS": f"-Ctarget-cpu={cpu}",
        "CARGO_TARGET_DIR": str(folder / "target"),
    }
    command = ["cargo", "build", "--release", "--quiet"]
    subprocess.run(command, cwd=folder, env=env, check=True)
    return folder / "target/release/vm"


def ask(worker: subprocess.Popen, mode: str) -> int:
    """한 바퀴의 ps."""
    worker.stdin.write(mode + "\n")
    worker.stdin.flush()
    ns, result = worker.stdout.readline().split()
    assert int(result) == sum(i * i for i in range(TURNS))
    return int(ns) * 1_000 // TURNS


def cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def output(*command: str) -> str:
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def main() -> None:
    workers = {}
    for name in BUILDS:
        print(name, "빌드")
        path = build(name)
        workers[name] = subprocess.Popen(
            [path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
    samples = {f"{name}/{mode}": [] for name in BUILDS for mode in MODES}
    for turn in range(ROUNDS + 2):
        for name, worker in workers.items():
            for mode in MODES:
                # 세 번 가운데 가장 빠른 것: 캐시를 빼앗긴 것을 뺌
                best = min(ask(worker, mode) for _ in range(3))
                if turn >= 2:
                    samples[f"{name}/{mode}"].append(best)
    for worker in workers.values():
        worker.stdin.close()
        worker.wait()
    record = {
        "machine": f"{cpu()}, 논리 코어 {os.cpu_count()}개, "
        f"{platform.system().lower()}",
        "compiler": output("rustc", "--version"),
        "date": datetime.datetime.now(datetime.timezone.utc)
        .date()
        .isoformat(),
        "commit": output("git", "rev-parse", "--short", "HEAD"),
        "command": "python3 data/lessons_baseline.py",
        "what": f"tiny_vm 제곱의 합 {TURNS:,}바퀴, 한 바퀴의 CPU 시간(ps)",
        "samples": samples,
    }
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    (ROOT / "data/measured/lessons_baseline.json").write_text(text)
    rows = "".join(
        f'    "{name}": [\n'
        + "".join(
            "        " + ", ".join(map(str, values[i : i + 7])) + ",\n"
            for i in range(0, len(values), 7)
        )
        + "    ],\n"
        for name, values in samples.items()
    )
    (ROOT / "src/lessons/baseline_samples.py").write_text(
        '"""한 바퀴의 ps. `data/lessons_baseline.py`가 씀: 고치지 않음."""\n'
        f"\nSAMPLES = {{\n{rows}}}\n"
    )


if __name__ == "__main__":
    main()
