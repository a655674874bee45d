"""두 길로 만들고 시험함: cargo만 쓴 C 함수와, 가상 환경에 설치한 PyO3.

    python3 src/compiling/rust_from_python/check.py

만든 것은 모두 target/rust_from_python에 남음.
"""

import os
import re
import subprocess
import sys
import venv
from pathlib import Path
from typing import NoReturn

HERE = Path(__file__).resolve().parent
TARGET = HERE.parents[2] / "target" / "rust_from_python"
VENV = TARGET / "venv"
WINDOWS = sys.platform == "win32"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
# 만든 것이 책의 원본 폴더에 섞이지 않게 함
ENV = os.environ | {
    "CARGO_TARGET_DIR": str(TARGET / "cargo"),
    "PYTHONDONTWRITEBYTECODE": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    # pip은 maturin을 명령으로 부름
    "PATH": os.pathsep.join([str(PYTHON.parent), os.environ["PATH"]]),
}
MISSING = 3


def stop(message: str, code: int = 1) -> NoReturn:
    sys.stderr.write(f"{message}\n")
    raise SystemExit(code)


def call(*command: object) -> subprocess.CompletedProcess:
    words = [str(word) for word in command]
    return subprocess.run(words, env=ENV, capture_output=True, text=True)


def must(what: str, *command: object) -> str:
    done = call(*command)
    if done.returncode:
        stop(f"{what}: 실패함\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def build_library() -> Path:
    """PyO3를 빼고 만든 동적 라이브러리."""
    manifest = HERE / "Cargo.toml"
    must(
        "cargo로 만들기",
        *("cargo", "build", "--release", "--locked"),
        *("--no-default-features", "--manifest-path", manifest),
    )
    names = "libfastpart.so", "libfastpart.dylib", "fastpart.dll"
    folder = TARGET / "cargo" / "release"
    [found] = [folder / n for n in names if (folder / n).exists()]
    return found


def install_module() -> None:
    """가상 환경에 maturin을 두고 그것으로 모듈을 만들어 설치함."""
    if not PYTHON.exists():
        venv.create(VENV, with_pip=True)
    pip = PYTHON, "-m", "pip", "install", "--quiet"
    if call(PYTHON, "-m", "maturin", "--version").returncode:
        if call(*pip, "maturin>=1.9.4,<2").returncode:
            stop(
                "maturin을 설치하지 못해 PyO3 모듈은 만들지 않음. 손으로 할"
                " 때: pip install maturin, 그다음 pip install"
                f" {HERE.relative_to(HERE.parents[2])}",
                MISSING,
            )
    options = "--no-build-isolation", "--force-reinstall", "--no-deps"
    must("pip install", *pip, *options, HERE)


def passed(output: str) -> int:
    return int(re.search(r"Ran (\d+) test", output)[1])


def main() -> None:
    if call("cargo", "--version").returncode:
        stop("cargo가 없어 만들지 못함", MISSING)
    test = HERE / "test_fastpart.py"
    library = build_library()
    output = must("ctypes 시험", sys.executable, test, library)
    count = passed(output)
    install_module()
    count += passed(must("PyO3 시험", PYTHON, test))
    print(f"{count} passed")


if __name__ == "__main__":
    main()
