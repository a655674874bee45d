// 찾기의 색인. 처음 찾을 때 글을 받아 이 자리에서 만듦.

import MiniSearch from "minisearch";
import {
  alternatives,
  asksInitials,
  beginning,
  fold,
  isHangul,
  known,
  needles,
  spaced,
  squeeze,
  swaps,
  terms,
  tokens,
  unfinished,
  words,
} from "./tokenize";

/** xtask/src/search.rs가 쓰는 모양. */
interface Page {
  u: string;
  t: string;
  s: [anchor: string, heading: string, text: string][];
}

interface Section {
  id: number;
  url: string;
  chapter: string;
  heading: string;
  text: string;
  weight: number;
  /** 띄어쓰기와 부호를 뺀 제목, 제목과 글, 장의 제목. */
  title: string;
  body: string;
  around: string;
  /** 제목과 글에서 낱말이 시작하는 한 글자와 두 글자. */
  starts: Set<string>;
}

/** 보여 줄 조각. 홀수 번째가 찾은 글임. */
export type Marked = string[];

export interface Hit {
  url: string;
  chapter: string;
  heading: Marked;
  snippet: Marked;
}

type Scores = Map<Section, number>;

const MOST = 30;
const BEFORE = 40;
const AFTER = 90;

/** 조사를 떼거나 뜻이 같은 말로 바꾸어 찾은 것의 값. */
const INDIRECT = 0.5;
/** 물은 말이 제목을 다 채울 때 더하는 배수. */
const TITLED = 4;
/** 여러 낱말이 물은 차례대로 이어져 있을 때 곱하는 수. */
const TOGETHER = 1.5;
/** 여러 낱말로 된 말의 낱말들이 떨어져 있을 때의 값. */
const APART = 0.4;
/** 짧은 말이 다른 낱말의 속에만 있을 때의 값: '컴파일'의 '파일'. */
const INSIDE = 0.3;
/** 초성이 뜻을 아는 말과 꼭 맞을 때 곱하는 수. */
const KNOWN = 4;
/** 으뜸에 견주어 이보다 못한 것은 버림. */
const LEAST = 0.02;
/** 장의 첫머리와, 다른 글을 되풀이하거나 책 밖의 것을 적은 절의 무게. */
const OPENING = 2;
const REPEATED = 0.3;

const SUMMARY = "한 줄 요약";
const REPEATS =
  /^(학습 목표|이 장에서 확인할 예측|정리|더 해 보기|출처)$|용어집|라이선스/;
const EXPERIMENT = /^((?:실험|연습) [\d-]+) (\w+) /;
/** 이보다 짧으면 아무 말이나 한 글자 차이임. */
const MISSPELT = /^[a-z_]{4,}$/;

export class Index {
  private readonly mini = new MiniSearch<Section>({
    fields: ["heading", "text", "chapter"],
    tokenize: tokens,
    processTerm: (term) => term,
    searchOptions: {
      tokenize: (term) => [term],
      boost: { heading: 3, chapter: 0.5 },
    },
  });

  private constructor(private readonly sections: Section[]) {}

  static async load(root: string, data: string): Promise<Index> {
    const answer = await fetch(data);
    if (!answer.ok) throw new Error("찾기 자료", { cause: answer.status });
    const pages = (await answer.json()) as Page[];
    const rows = pages.flatMap((page) => sectionsOf(page, root));
    const index = new Index(rows.map((row, id) => ({ ...row, id })));
    // 작은 묶음으로 나누어 화면이 멎지 않게 함
    await index.mini.addAllAsync(index.sections, { chunkSize: 8 });
    return index;
  }

  /** 물음이 길어 앞부분만 볼 때 그 글자의 수. 다 볼 때는 0. */
  cut(typed: string): number {
    const query = fold(typed).trim();
    const start = beginning(query);
    return start === query ? 0 : start.length;
  }

  find(typed: string): Hit[] {
    const query = beginning(fold(typed).trim());
    if (asksInitials(query)) return this.byInitials(query);
    const found = this.byTerms(query);
    const typing = found.length === 0 ? unfinished(query) : "";
    return typing === "" ? found : this.byInitials(typing);
  }

  private byTerms(query: string): Hit[] {
    const asked = terms(query).map((term) => this.words(term));
    const met = new Map<Section, { score: number; rarity: number }[]>();
    for (const words of asked) {
      const found = this.anyOf(words);
      // 드문 낱말일수록 찾던 말임
      const rarity = Math.log(1 + this.sections.length / found.size);
      for (const [section, score] of found) {
        met.set(section, [...(met.get(section) ?? []), { score, rarity }]);
      }
    }
    // 낱말의 반이 모인 절도 없으면 찾지 못한 것임
    const most = Math.max(0, ...[...met.values()].map(({ length }) => length));
    if (most * 2 < asked.length) return [];
    const whole = asked.length > 1 ? squeeze(query) : "";
    const scores: Scores = new Map();
    for (const [section, found] of met) {
      const share = total(found.map(({ rarity }) => rarity));
      const cover = found.length / asked.length;
      const sum = total(found.map(({ score, rarity }) => score * rarity));
      const together = section.body.includes(whole) ? TOGETHER : 1;
      const score = sum * share ** 2 * cover * together;
      scores.set(section, score * titled(section, whole) * section.weight);
    }
    return hits(scores, asked.flat());
  }

  /** 초성은 종류가 적어 색인보다 훑기가 빠르고 정확함. */
  private byInitials(query: string): Hit[] {
    const words = known(query);
    const meant = words.map((word) => this.anyOf(alternatives(word)));
    const pattern = anyOf([query]);
    const scores: Scores = new Map();
    for (const section of this.sections) {
      const best = Math.max(0, ...meant.map((each) => each.get(section) ?? 0));
      const score = occurrences(section, pattern) + KNOWN * best;
      if (score > 0) scores.set(section, score * section.weight);
    }
    return hits(scores, [query, ...words.flatMap(alternatives)]);
  }

  /** 물은 낱말을 대신할 말들. 아무 데도 없는 로마자는 오타로 봄. */
  private words(term: string): string[] {
    const words = alternatives(term);
    const [piece = ""] = needles(term);
    if (!MISSPELT.test(piece) || this.anyOf(words).size > 0) return words;
    return this.near(piece).flatMap(alternatives);
  }

  private near(word: string): string[] {
    // 같은 글자를 바꾸면 그대로임: 오타를 두 번 찾지 않음
    const queries = [...new Set([word, ...swaps(word)])];
    const fuzzy = (term: string) => (term === word ? 0.2 : false);
    const found = this.mini.search({ queries }, { fuzzy });
    const words = [...new Set(found.flatMap(({ terms }) => terms))];
    // 첫 글자를 틀리는 일은 드묾
    const begins = (other: string) => Number(other.startsWith(word.charAt(0)));
    return words.sort((a, b) => begins(b) - begins(a));
  }

  private anyOf(words: string[]): Scores {
    const best: Scores = new Map();
    for (const word of words) {
      // 물은 말이 책에 없으면 그것을 대신하는 말이 제값을 가짐
      const value = best.size === 0 ? 1 : INDIRECT;
      for (const [section, score] of this.word(word)) {
        const other = best.get(section) ?? 0;
        best.set(section, Math.max(score * value, other));
      }
    }
    return best;
  }

  private word(word: string): Scores {
    const solid = squeeze(word);
    const parts = word.split(" ").map(squeeze);
    const queries = word.split(" ").flatMap(needles);
    // 한 글자는 그 글자로 시작하는 조각을, 로마자는 낱말의 앞부분을 찾음
    const found = this.mini.search(
      { combineWith: "AND", queries },
      {
        prefix: (term) => term.length === 1 || !isHangul(term),
        weights: { prefix: isHangul(word) ? 1 : 0.375, fuzzy: 0 },
      },
    );
    const scores: Scores = new Map();
    for (const { id, score } of found) {
      const section = this.sections[id as number];
      if (!section) continue;
      const kept = presence(section, solid, parts);
      // MiniSearch의 점수는 조각의 수의 제곱으로 커짐
      const each = score / queries.length ** 2;
      if (kept !== undefined) {
        scores.set(section, each * kept * titled(section, solid));
      }
    }
    return scores;
  }
}

function sectionsOf({ u, t, s }: Page, root: string): Omit<Section, "id">[] {
  // 요약은 제목뿐인 첫머리의 글이 됨
  const summary = s.find(([, title]) => title === SUMMARY)?.[2] ?? "";
  const rest = s.filter(([, title]) => title !== SUMMARY);
  return rest.map(([anchor, title, all], at) => {
    const repeats = REPEATS.test(title) || REPEATS.test(t);
    const [, number, name] = EXPERIMENT.exec(all) ?? [];
    const heading = name ? `${number} ${name} — ${title}` : title || t;
    const from = name ? all.indexOf(title) + title.length : 0;
    const text = all.slice(from).trim() || (at === 0 ? summary : "");
    return {
      url: root + u + (anchor && `#${encodeURIComponent(anchor)}`),
      chapter: t,
      heading,
      text,
      weight: repeats ? REPEATED : at === 0 ? OPENING : 1,
      title: squeeze(heading),
      body: squeeze(`${heading} ${text}`),
      starts: new Set(
        words(`${heading} ${text}`).flatMap((word) => [
          word.slice(0, 1),
          word.slice(0, 2),
        ]),
      ),
      around: squeeze(t),
    };
  });
}

const total = (numbers: number[]): number =>
  numbers.reduce((sum, each) => sum + each, 0);

/** 두 글자 조각이 흩어져 있는 것을 걸러 내고, 말이 어떻게 들어 있는지 봄. */
function presence(section: Section, solid: string, parts: string[]) {
  const { body, around, starts } = section;
  if (body.includes(solid)) {
    const short = isHangul(solid) && solid.length <= 2;
    if (!short || starts.has(solid)) return 1;
    return solid.length > 1 ? INSIDE : undefined;
  }
  const here = (part: string) => part.length > 1 && body.includes(part);
  if (parts.length > 1 && parts.every(here)) return APART;
  // 장의 제목에만 있는 말은 다른 낱말을 도울 뿐임
  return around.includes(solid) ? 0 : undefined;
}

/** 제목에서 찾은 말이 차지하는 만큼. */
function titled({ title }: Section, word: string): number {
  return title.includes(word) ? 1 + (TITLED * word.length) / title.length : 1;
}

function occurrences({ heading, text }: Section, pattern: RegExp): number {
  const count = (where: string) => where.match(pattern)?.length ?? 0;
  return 4 * count(heading) + Math.log2(1 + count(text));
}

const anyOf = (words: string[]): RegExp =>
  new RegExp(words.map(spaced).join("|"), "gi");

function hits(scores: Scores, words: string[]): Hit[] {
  const parts = words.flatMap((word) => word.split(" "));
  const all = [...words, ...parts.filter((part) => part.length > 1)];
  const pattern = anyOf(all.sort((a, b) => b.length - a.length));
  const best = Math.max(...scores.values());
  return [...scores]
    .filter(([, score]) => score > best * LEAST)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST)
    .map(([{ url, chapter, heading, text }]) => ({
      url,
      chapter,
      heading: mark(heading, pattern),
      snippet: snippet(mark(text, pattern)),
    }));
}

function mark(text: string, pattern: RegExp): Marked {
  const parts: Marked = [];
  let from = 0;
  for (const found of text.matchAll(pattern)) {
    const end = found.index + found[0].length;
    parts.push(text.slice(from, found.index), found[0]);
    from = end;
  }
  parts.push(text.slice(from));
  return parts;
}

/** 여러 말이 가장 많이 모인 자리의 둘레만 남김. */
function snippet(parts: Marked): Marked {
  const start = densest(parts);
  const before = parts.slice(0, start).join("");
  if (start === parts.length) return [before.slice(0, BEFORE + AFTER)];
  const kept = [
    before.length > BEFORE ? `…${before.slice(-BEFORE)}` : before,
  ];
  let room = AFTER;
  for (const part of parts.slice(start)) {
    if (room <= 0) break;
    kept.push(part.length > room ? `${part.slice(0, room)}…` : part);
    room -= part.length;
  }
  return kept;
}

/** 다른 말이 가장 많이 이어지는 표시의 자리. 표시가 없으면 끝임. */
function densest(parts: Marked): number {
  let [best, most] = [parts.length, 0];
  const found = parts.map((part, at) => (at % 2 === 1 ? squeeze(part) : ""));
  for (let start = 1; start < parts.length; start += 2) {
    const kinds = new Set<string>();
    let room = AFTER;
    for (let at = start; at < parts.length && room > 0; at += 2) {
      const [text = "", between = ""] = parts.slice(at, at + 2);
      kinds.add(found[at] ?? "");
      room -= text.length + between.length;
    }
    if (kinds.size > most) [best, most] = [start, kinds.size];
  }
  return best;
}
