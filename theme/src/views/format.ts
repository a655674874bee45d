// 축과 점 옆에 붙는 수. 표의 글은 Rust가 정하므로 여기를 거치지 않음.

const TIME: [number, string][] = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "µs"],
  [1, "ns"],
];
const BYTES: [number, string][] = [
  [2 ** 40, "TiB"],
  [2 ** 30, "GiB"],
  [2 ** 20, "MiB"],
  [2 ** 10, "KiB"],
  [1, "B"],
];

/** 세 자리마다 쉼표. Intl은 처음 부를 때 수십 ms를 쓰므로 손으로 찍음. */
export const grouped = (integer: number | string): string =>
  String(integer).replace(/\B(?=(\d{3})+$)/g, ",");

/** 매개변수의 글: 수면 세 자리마다 쉼표. */
export const paramText = (text: string): string =>
  text.replace(/^\d+$/, grouped);

type Show = (value: number) => string;

/** 글과 같은 빼기표: 붙임표는 짧아 놓치기 쉬움. */
export const signed = (show: Show): Show => (value) =>
  (value < 0 ? "−" : "") + show(Math.abs(value));

/** 유효 숫자 셋. 큰 정수는 그대로. */
export const plain = signed((size) => {
  if (Number.isInteger(size) || size >= 1000) {
    return grouped(Math.round(size));
  }
  const short = Number(size.toPrecision(3));
  return size < 1e-4 ? short.toExponential() : String(short);
});

/** 꼭 가운데면 짝수로: Rust와 파이썬처럼. `toFixed`는 위로 올림. */
function toFixed(size: number, digits: number): string {
  const text = size.toFixed(digits);
  const exact = size.toFixed(digits + TAIL);
  const tie = exact.endsWith("5".padEnd(TAIL, "0"));
  if (!tie || !/[13579]$/.test(text)) return text;
  return exact.slice(0, -TAIL - (digits === 0 ? 1 : 0));
}
const TAIL = 20;

/** 늘 유효 숫자 셋: 1.00, 47.0, 803. 나란히 놓인 값이 고르게 보임. */
export const even = signed((size) => {
  if (size > 0 && size < 1e-4) return size.toExponential(2);
  if (size > 0 && size < 0.001) return toFixed(size, 5);
  const digits = size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  const text = toFixed(size, digits);
  return digits === 0 ? grouped(text) : text;
});

function scaled(value: number, units: [number, string][], show: Show): string {
  const size = Math.abs(value);
  const [unit, name] = units.find(([u]) => size >= u) ?? units.at(-1)!;
  return `${show(Number((value / unit).toPrecision(3)))} ${name}`;
}

/** 단위를 붙인 수. 시간과 크기는 알맞은 단위로 바꿈. */
export function withUnit(value: number, unit: string, show = plain): string {
  if (unit === "ns") return scaled(value, TIME, show);
  if (selfScaled(unit)) return scaled(value, BYTES, show);
  if (unit === "") return show(value);
  const gap = /^[a-zA-Zµ/]/.test(unit) ? " " : "";
  return `${show(value)}${gap}${unit}`;
}

/** 눈금의 글: 시간·크기만 단위를 붙임. 나머지 단위는 축 이름에 있음. */
export function tick(value: number, unit: string): string {
  return selfScaled(unit) ? withUnit(value, unit) : plain(value);
}

export const selfScaled = (unit: string): boolean =>
  unit === "ns" || unit === "B" || unit === "바이트";

/** 축의 이름: `탐사 횟수 (번)`. 괄호가 이미 있으면 겹치지 않게 이음. */
export function axisTitle(label: string, unit: string): string {
  if (unit === "" || selfScaled(unit)) return label;
  const nested = label.endsWith(")") || unit.endsWith(")");
  return nested ? `${label}, ${unit}` : `${label} (${unit})`;
}

/** 한글은 12, 나머지는 7픽셀로 어림한 글의 폭. */
export function textWidth(text: string): number {
  let width = 0;
  for (const c of text) width += c > "\u1100" ? 12 : 7;
  return width;
}
