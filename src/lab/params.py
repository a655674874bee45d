"""매개변수: Rust의 `params!` 표에서 나온 data/params/<이름>.json을 읽음.

기본값, 범위, 도움말이 모두 그 파일에서 오므로 두 언어가 어긋날 수 없음.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import NoReturn

from lab.report import table

Value = int | float | bool | str

HERE = "browser" if sys.platform == "emscripten" else "native"
FOLDER = Path(__file__).resolve().parents[2] / "data" / "params"
SWITCH = {"true": True, "1": True, "on": True}
SWITCH |= {"false": False, "0": False, "off": False}


class ParamError(ValueError):
    """받아들일 수 없는 값. 메시지에 이름과 값과 범위가 들어 있음."""


def spec(name: str) -> dict:
    """실험의 질문과 매개변수 표."""
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def labels(name: str, field: str) -> dict[str, str]:
    """고르는 칸의 값 → 화면의 이름."""
    [choices] = [
        each["choices"]
        for each in spec(name)["fields"]
        if each["name"] == field
    ]
    return {choice["value"]: choice["label"] for choice in choices}


def fill(name: str, given: dict) -> dict[str, Value]:
    """빠진 값은 기본값으로 채우고, 모두 검사해 제 타입으로 돌려줌."""
    return {
        field["name"]: read(
            field, given.get(field["name"], field["default"])
        )
        for field in spec(name)["fields"]
    }


def read(field: dict, raw: object) -> Value:
    """값 하나를 필드의 타입으로 바꾸고 범위를 검사함. 고쳐 주지 않음."""
    text, allowed = str(raw).strip(), range_text(field)
    wrong = f"{title(field)}의 값 '{text}':"
    if field["kind"] == "int":
        try:
            value = read_int(text)
        except ValueError:
            raise ParamError(
                f"{wrong} 정수가 아님. {allowed} 범위의 정수여야 함"
            ) from None
        low, high = field[HERE]
        if not low <= value <= high:
            raise ParamError(f"{wrong} {allowed} 범위를 벗어남")
        return value
    if field["kind"] == "real":
        return read_real(text, wrong, field)
    if field["kind"] == "text":
        if not 1 <= len(text) <= field["limit"]:
            raise ParamError(f"{wrong} {allowed} 범위를 벗어남")
        return text
    if field["kind"] == "bool" and text.lower() in SWITCH:
        return SWITCH[text.lower()]
    if text not in [choice["value"] for choice in field.get("choices", [])]:
        raise ParamError(f"{wrong} {allowed} 가운데 하나여야 함")
    return text


def read_real(text: str, wrong: str, field: dict) -> float:
    """실수. 너무 큰 것은 무한대로 읽어 범위가 거절하게 함."""
    allowed = range_text(field)
    try:
        # float()는 밑줄과 다른 글자의 숫자도 읽음
        if not re.fullmatch(r"[+-]?[0-9.]+([eE][+-]?[0-9]+)?", text):
            raise ValueError
        value = float(text)
    except ValueError:
        raise ParamError(
            f"{wrong} 수가 아님. {allowed} 범위의 수여야 함"
        ) from None
    low, high = field["span"]
    if not low <= value <= high:
        raise ParamError(f"{wrong} {allowed} 범위를 벗어남")
    return value


def read_int(text: str) -> int:
    """1000, 1_000, 1,000, 1e6을 읽음."""
    plain = text.replace(",", "").replace("_", "")
    found = re.fullmatch(r"([+-]?[0-9]+)(?:[eE]\+?([0-9]+))?", plain)
    if not found:
        raise ValueError("정수가 아니거나, 10의 음의 거듭제곱임")
    # 이보다 긴 수는 어떤 범위에도 없고, 파이썬은 아주 긴 글을 읽지 않음
    base, power = found[1][:40], (found[2] or "0")[:4]
    return int(base) * 10 ** min(int(power), 20)


def title(field: dict) -> str:
    name, label = field["name"], field["label"]
    return name if label == name else f"{label}({name})"


def range_text(field: dict) -> str:
    if field["kind"] == "int":
        low, high = field[HERE]
        return f"{low:,}–{high:,}{field['unit']}"
    if field["kind"] == "real":
        low, high = field["span"]
        return f"{low:g}~{high:g}{field['unit']}"
    if field["kind"] == "text":
        return f"1–{field['limit']}자"
    if field["kind"] == "bool":
        return "true, false"
    return ", ".join(choice["value"] for choice in field["choices"])


class Parser(argparse.ArgumentParser):
    """argparse의 영어 안내를 우리 표와 문장으로 바꿈."""

    def __init__(self, name: str) -> None:
        super().__init__(
            prog=f"{name}.py",
            add_help=False,
            allow_abbrev=False,
            exit_on_error=False,
        )
        # '-1e2'도 플래그가 아니라 값임
        number = re.compile(r"-[0-9.,_]+([eE][+-]?[0-9]+)?")
        self._negative_number_matcher = number
        self.spec = spec(name)
        for field in self.spec["fields"]:
            flag = "--" + field["name"]
            self.add_argument(
                *{flag.replace("_", "-"), flag},
                dest=field["name"],
                default=argparse.SUPPRESS,
                nargs="?",
                const="true" if field["kind"] == "bool" else "",
            )
        self.add_argument("--json", action="store_true")
        self.add_argument("--measure", action="store_true")
        self.add_argument("-h", "--help", action="help")

    def format_help(self) -> str:
        rows = [
            [
                "--" + field["name"].replace("_", "-"),
                field["label"],
                str(field["default"]),
                range_text(field),
            ]
            for field in self.spec["fields"]
        ]
        rows += [
            ["--measure", "시간도 잼", "", ""],
            ["--json", "보고서를 JSON으로 냄", "", ""],
            ["-h, --help", "이 도움말", "", ""],
        ]
        head = ["매개변수", "뜻", "기본", "범위"]
        usage = f"쓰는 법: python3 {self.prog} [플래그]"
        return f"{self.spec['question']}\n\n{usage}\n\n{table(head, rows)}\n"

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"오류: {message}\n도움말: python3 {self.prog} --help\n")


def parse(parser: Parser, argv: list[str] | None = None) -> argparse.Namespace:
    """명령줄의 글자. 값의 검사는 fill이 함."""
    try:
        given, extra = parser.parse_known_args(argv)
    except argparse.ArgumentError as wrong:
        # 나머지 칸은 값이 있어도 없어도 되므로 까닭은 이것뿐임
        parser.error(f"{wrong.argument_name}: 값을 받지 않는 플래그임")
    if extra:
        parser.error(f"'{extra[0]}': 쓸 수 없는 인자임")
    for name, text in vars(given).items():
        if text == "":
            parser.error(f"--{name.replace('_', '-')}: 값이 빠짐")
    return given
