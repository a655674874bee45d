// 매개변수 폼: 값은 모두 글자이고, 읽고 거절하는 일은 Rust가 함.

import { h, need } from "./dom";
import { grouped } from "./views/format";

export type Texts = Record<string, string>;

export interface Form {
  read(): Texts;
  write(values: Texts): void;
  /** 이 칸의 오류를 보임. 없는 칸이면 `false`. */
  refuse(field: string | null, message: string): boolean;
  clearErrors(): void;
  /** 기본값과 다른 값만. */
  changed(): Texts;
}

interface Field {
  name: string;
  initial: string;
  get(): string;
  set(text: string): void;
  fail(message: string | null): void;
}

export function createForm(
  root: HTMLFormElement,
  onChange: () => void,
): Form {
  // 값들이 함께 틀린 것일 수 있어, 어느 칸을 고치든 오류를 거둠
  const edited = (): void => {
    clearErrors();
    onChange();
  };
  const fields = [...root.querySelectorAll<HTMLElement>(".lab-field")].map(
    (node) => createField(node, edited),
  );
  const clearErrors = (): void => fields.forEach(({ fail }) => fail(null));
  const byName = new Map(fields.map((field) => [field.name, field]));
  return {
    read: () =>
      Object.fromEntries(fields.map(({ name, get }) => [name, get()])),
    write(values) {
      for (const [name, text] of Object.entries(values)) {
        byName.get(name)?.set(text);
      }
      onChange();
    },
    refuse(name, message) {
      const field = name === null ? undefined : byName.get(name);
      field?.fail(message);
      return field !== undefined;
    },
    clearErrors,
    changed: () =>
      Object.fromEntries(
        fields
          .filter(({ get, initial }) => get() !== initial)
          .map(({ name, get }) => [name, get()]),
      ),
  };
}

function createField(node: HTMLElement, onChange: () => void): Field {
  const name = node.dataset["name"] ?? "";
  const initial = node.dataset["default"] ?? "";
  const input = need<HTMLInputElement | HTMLSelectElement>(node, "[name]");
  const error = need(node, ".lab-error");
  const slider = node.querySelector<HTMLInputElement>("input[type=range]");
  const free = "text" in node.dataset;
  const checkbox = input instanceof HTMLInputElement &&
    input.type === "checkbox"
    ? input
    : null;

  const sync = slider ? connect(node, slider, input, onChange) : () => {};
  input.addEventListener("input", () => {
    sync();
    onChange();
  });
  if (!checkbox && !free && input instanceof HTMLInputElement) {
    input.addEventListener("change", () => (input.value = pretty(input.value)));
  }

  function fail(message: string | null): void {
    error.hidden = message === null;
    error.textContent = message ?? "";
    if (message === null) input.removeAttribute("aria-invalid");
    else input.setAttribute("aria-invalid", "true");
    if (message !== null) input.focus();
  }

  return {
    name,
    initial,
    get: () =>
      checkbox
        ? String(checkbox.checked)
        : free
          ? input.value.trim()
          : bare(input.value),
    set(text) {
      if (checkbox) checkbox.checked = text === "true";
      else input.value = slider || "numeric" in node.dataset ? pretty(text) : text;
      fail(null);
      sync();
    },
    fail,
  };
}

const bare = (text: string): string => text.trim().replaceAll(",", "");

/** 자리를 세기 쉽게 쉼표를 찍음. 정수가 아니면 그대로 둠. */
function pretty(text: string): string {
  const digits = bare(text);
  if (!/^\d+$/.test(digits)) return text;
  return grouped(digits.replace(/^0+(?=\d)/, ""));
}

/** 슬라이더와 수를 함께 움직임. 로그 눈금이면 위치를 로그로 바꿈. */
function connect(
  node: HTMLElement,
  slider: HTMLInputElement,
  input: HTMLInputElement | HTMLSelectElement,
  onChange: () => void,
): () => void {
  const low = Number(node.dataset["low"]);
  const high = Number(node.dataset["high"]);
  const log = "log" in node.dataset;
  const base = Math.max(low, 1);
  const reach = Math.log(high / base);
  const steps = Number(slider.max);

  function toValue(position: number): number {
    if (!log) return position;
    if (position <= 0) return low;
    if (position >= steps) return high;
    const value = base * Math.exp((position / steps) * reach);
    const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
    return Math.min(high, Math.max(low, Math.round(value / unit) * unit));
  }

  function toPosition(value: number): number {
    if (!log) return value;
    if (value < base) return 0;
    return Math.round((Math.log(value / base) / reach) * steps);
  }

  function sync(): void {
    const value = Number(bare(input.value));
    if (!Number.isFinite(value)) return;
    slider.value = String(toPosition(value));
    slider.setAttribute("aria-valuetext", pretty(String(value)));
  }

  slider.addEventListener("input", () => {
    const value = pretty(String(toValue(Number(slider.value))));
    input.value = value;
    slider.setAttribute("aria-valuetext", value);
    onChange();
  });
  sync();
  return sync;
}

/** 기본값과 다른 값을 플래그로 붙인 명령. */
export function commandLine({ dataset }: HTMLElement, changed: Texts): string {
  const { start = "", separator = "", tail = "" } = dataset;
  const flags = Object.entries(changed).map(
    ([field, text]) => ` --${field.replaceAll("_", "-")}${quoted(text)}`,
  );
  const all = flags.join("") + tail;
  return all === "" ? start : start + separator + all;
}

/** 줄을 바꾸는 자리가 낱말 사이뿐인 글: `--json`이 `--`에서 끊기지 않음. */
export const words = (text: string): (Node | string)[] =>
  text.split(/(?<= )/).map((word) =>
    word.startsWith("-") ? h("span", {}, word) : word,
  );

/** 셸이 건드릴 글자가 있으면 따옴표로 싸고, `-`로 시작해도 값으로 읽히게 함. */
const quoted = (text: string): string =>
  /^[\w.-]+$/.test(text)
    ? ` ${text}`
    : `='${text.replaceAll("'", String.raw`'\''`)}'`;
