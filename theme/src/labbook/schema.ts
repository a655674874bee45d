// 실험 노트에 적는 것의 모양. 저장소의 것도, 가져온 파일의 것도 여기를
// 지나야 믿음.

import type { Texts } from "../form";
import type { Env, Level, Machine } from "../report";

const KIND = "rust-lab-notebook";
const SCHEMA = 1;

/** 예측과 정답은 같은 모양임. */
export type Reply =
  | { kind: "number"; value: number; unit: string }
  | { kind: "choice"; value: string; label: string }
  | { kind: "order"; items: Item[] };

export interface Item {
  value: string;
  label: string;
}

/** 예측 하나와 그 실험의 결과. */
export interface Entry {
  id: string;
  date: string;
  chapter: string;
  name: string;
  question: string;
  params: Texts;
  /** 건너뛰었으면 `null`. */
  guess: Reply | null;
  /** Python의 시간처럼 아직 나오지 않았으면 `null`. */
  answer: Reply | null;
  headline: string;
  sentence: string;
  /** 어디에서 돌렸는가: `WASM · SIMD · 스레드 2`. */
  place: string;
}

/** 끝까지 읽은 절 하나. */
export interface Mark {
  /** 책의 뿌리에서 본 쪽의 주소: `dicts/index.html`. */
  page: string;
  id: string;
  title: string;
  /** 그 쪽의 절이 모두 몇인가. */
  total: number;
  date: string;
}

/** 마지막으로 보던 자리. */
export interface Place {
  page: string;
  id: string;
  title: string;
  date: string;
}

export interface Remembered {
  date: string;
  machine: Machine;
}

/** 적는 것의 종류. 파일에서도 저장소에서도 이 이름을 씀. */
export interface Kinds {
  entry: Entry;
  read: Mark;
  last: Place;
  machine: Remembered;
}

export type Book = { [K in keyof Kinds]: Kinds[K][] };

export class BadBook extends Error {}

/** 믿을 수 없는 값을 읽음. `at`은 오류가 가리킬 자리. */
type Parse<T> = (value: unknown, at: string) => T;

function refuse(at: string, what: string): never {
  throw new BadBook(`${at}: ${what}`);
}

const text =
  (most: number): Parse<string> =>
  (value, at) =>
    typeof value === "string" && value.length <= most
      ? value
      : refuse(at, `${most}자까지의 글이어야 함`);

const matching =
  (pattern: RegExp, what: string): Parse<string> =>
  (value, at) =>
    typeof value === "string" && pattern.test(value)
      ? value
      : refuse(at, `${what}이어야 함`);

const number: Parse<number> = (value, at) =>
  typeof value === "number" && Number.isFinite(value)
    ? value
    : refuse(at, "수여야 함");

const count: Parse<number> = (value, at) => {
  const whole = number(value, at);
  return Number.isInteger(whole) && whole >= 0
    ? whole
    : refuse(at, "0 이상의 정수여야 함");
};

const orNull =
  <T>(parse: Parse<T>): Parse<T | null> =>
  (value, at) =>
    value === null ? null : parse(value, at);

const list =
  <T>(parse: Parse<T>, most: number): Parse<T[]> =>
  (value, at) =>
    Array.isArray(value) && value.length <= most
      ? value.map((each, i) => parse(each, `${at}[${i}]`))
      : refuse(at, `${most}개까지의 목록이어야 함`);

const object: Parse<Record<string, unknown>> = (value, at) =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : refuse(at, "객체여야 함");

const fields =
  <T>(shape: { [K in keyof T]: Parse<T[K]> }): Parse<T> =>
  (value, at) => {
    const given = object(value, at);
    const within = (key: string): string => (at ? `${at}.${key}` : key);
    for (const key of Object.keys(given)) {
      if (!Object.hasOwn(shape, key)) refuse(within(key), "모르는 항목임");
    }
    const parsers = Object.entries<Parse<unknown>>(shape);
    return Object.fromEntries(
      parsers.map(([key, parse]) => [key, parse(given[key], within(key))]),
    ) as T;
  };

const only = <T extends string | number>(wanted: T): Parse<T> =>
  (value, at) =>
    value === wanted ? wanted : refuse(at, `${wanted}이어야 함`);

const WORDS = 400;
const name = matching(/^[a-z]\w{0,39}$/, "소문자로 시작하는 이름");
const page = matching(/^[a-z_]+\/[a-z_]+\.html$/, "책 안의 쪽");
const anchor = matching(/^[^\s"'<>#?&]{0,200}$/, "쪽 안의 자리");
const id = matching(/^[\w:.-]{1,80}$/, "기록의 번호");
const moment: Parse<string> = (value, at) =>
  typeof value === "string" &&
  /^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/.test(value) &&
  !Number.isNaN(Date.parse(value))
    ? value
    : refuse(at, "2026-11-28T09:00:00.000Z 같은 시각이어야 함");

const item = fields<Item>({ value: text(WORDS), label: text(WORDS) });

const reply: Parse<Reply> = (value, at) => {
  const { kind } = object(value, at);
  switch (kind) {
    case "number": {
      const shape = { kind: only(kind), value: number, unit: text(WORDS) };
      return fields<Extract<Reply, { kind: "number" }>>(shape)(value, at);
    }
    case "choice": {
      const both = { value: text(WORDS), label: text(WORDS) };
      const shape = { kind: only(kind), ...both };
      return fields<Extract<Reply, { kind: "choice" }>>(shape)(value, at);
    }
    case "order": {
      const shape = { kind: only(kind), items: list(item, 20) };
      return fields<Extract<Reply, { kind: "order" }>>(shape)(value, at);
    }
    default:
      return refuse(`${at}.kind`, "number, choice, order 가운데 하나여야 함");
  }
};

const params: Parse<Texts> = (value, at) => {
  const given = Object.entries(object(value, at));
  if (given.length > 40) refuse(at, "40개까지여야 함");
  return Object.fromEntries(
    given.map(([key, each]) => [
      name(key, `${at}의 이름`),
      text(2000)(each, `${at}.${key}`),
    ]),
  );
};

const machine = fields<Machine>({
  title: text(WORDS),
  env: fields<Env>({
    runtime: text(WORDS),
    version: text(WORDS),
    cpu: text(WORDS),
    threads: count,
    simd: text(WORDS),
    clock_step_ns: number,
    build: text(WORDS),
  }),
  levels: list(
    fields<Level>({ name: text(WORDS), kib: orNull(number), ns: number }),
    20,
  ),
});

/** 종류마다의 읽는 법. */
export const parsers: { [K in keyof Kinds]: Parse<Kinds[K]> } = {
  entry: fields<Entry>({
    id,
    date: moment,
    chapter: name,
    name,
    question: text(WORDS),
    params,
    guess: orNull(reply),
    answer: orNull(reply),
    headline: text(WORDS),
    sentence: text(WORDS),
    place: text(WORDS),
  }),
  read: fields<Mark>({
    page,
    id: anchor,
    title: text(WORDS),
    total: count,
    date: moment,
  }),
  last: fields<Place>({ page, id: anchor, title: text(WORDS), date: moment }),
  machine: fields<Remembered>({ date: moment, machine }),
};

const MOST = 20_000;
const file = fields<Book & { kind: string; schema: number; date: string }>({
  kind: only(KIND),
  schema: only(SCHEMA),
  date: moment,
  entry: list(parsers.entry, MOST),
  read: list(parsers.read, MOST),
  last: list(parsers.last, 1),
  machine: list(parsers.machine, 1),
});

export function write(book: Book, date: string): string {
  const all = { kind: KIND, schema: SCHEMA, date, ...book };
  return JSON.stringify(all, null, 1) + "\n";
}

/** 내보낸 파일을 읽음. 하나라도 어긋나면 아무것도 받지 않음. */
export function read(json: string): Book {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new BadBook("JSON이 아님: 이 쪽에서 내보낸 파일이어야 함");
  }
  const { kind, schema } = object(value, "파일");
  if (kind !== KIND) {
    throw new BadBook("실험 노트가 아님: 이 쪽에서 내보낸 파일이어야 함");
  }
  if (schema !== SCHEMA) {
    throw new BadBook(`노트의 판이 다름: 이 책은 ${SCHEMA}판을 읽음`);
  }
  const { entry, read, last, machine } = file(value, "");
  return { entry, read, last, machine };
}
