// 찾기의 색인. 처음 찾을 때 글을 받아 이 자리에서 만듦.

import MiniSearch from "minisearch";
import type { Query } from "minisearch";
import {
  alternatives,
  asksInitials,
  fold,
  initials,
  squeeze,
  terms,
  tokens,
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
  /** 장의 큰 제목이 이끄는 절인가. */
  opening: boolean;
}

/** 보여 줄 조각. 홀수 번째가 찾은 글임. */
export type Marked = string[];

export interface Hit {
  url: string;
  chapter: string;
  heading: Marked;
  snippet: Marked;
}

const MOST = 30;
const BEFORE = 40;
const AFTER = 90;

export class Index {
  private readonly mini = new MiniSearch<Section>({
    fields: ["heading", "text", "chapter"],
    tokenize: tokens,
    processTerm: (term) => term,
    searchOptions: { boost: { heading: 4, text: 1, chapter: 0.5 } },
  });

  private constructor(private readonly sections: Section[]) {}

  static async load(root: string): Promise<Index> {
    const answer = await fetch(`${root}_assets/search.json`);
    if (!answer.ok) throw new Error(`찾기 자료를 받지 못함: ${answer.status}`);
    const pages = (await answer.json()) as Page[];
    const rows = pages.flatMap(({ u, t, s }) =>
      s.map(([anchor, heading, text]) => ({
        url: root + u + (anchor && `#${encodeURIComponent(anchor)}`),
        chapter: t,
        heading: heading || t,
        text,
        opening: t.endsWith(heading),
      })),
    );
    const index = new Index(rows.map((row, id) => ({ ...row, id })));
    // 작은 묶음으로 나누어 화면이 멎지 않게 함
    await index.mini.addAllAsync(index.sections, { chunkSize: 8 });
    return index;
  }

  find(query: string): Hit[] {
    if (asksInitials(query)) return this.byInitials(query.replace(/\s/g, ""));
    const whole = this.byTerms(terms(query, true));
    return whole.length > 0 ? whole : this.byTerms(terms(query, false));
  }

  private byTerms(asked: string[]): Hit[] {
    if (asked.length === 0) return [];
    const choices = asked.map(alternatives);
    const query: Query = {
      combineWith: "AND",
      queries: choices.map((words) => ({
        combineWith: "OR",
        queries: words.map((word) => ({
          combineWith: "AND",
          queries: tokens(word),
        })),
      })),
    };
    // 한 글자와 로마자는 낱말의 앞부분만 적어도 찾음
    const prefix = (term: string) => term.length === 1 || /^[a-z]/.test(term);
    const pattern = either(choices.flat().map(spaced));
    const marked = (text: string) => mark(text, fold(text), pattern);
    // 장의 이름에 든 말이면 장의 첫머리가 먼저임
    const boostDocument = (id: number) =>
      this.sections[id]?.opening ? 2 : 1;
    return this.mini
      .search(query, { prefix, boostDocument })
      .flatMap(({ id }) => this.sections[id as number] ?? [])
      .filter((section) => contains(section, choices))
      .slice(0, MOST)
      .map((section) => hit(section, marked));
  }

  /** 초성은 종류가 적어 색인보다 훑기가 빠르고 정확함. */
  private byInitials(asked: string): Hit[] {
    const pattern = either([`(?<![ㄱ-ㅎ])${spaced(asked)}`]);
    const marked = (text: string) => mark(text, initials(text), pattern);
    return this.sections
      .map((section) => hit(section, marked))
      .filter(({ heading, snippet }) => heading.length + snippet.length > 2)
      .sort((a, b) => b.heading.length - a.heading.length)
      .slice(0, MOST);
  }
}

/** 두 글자 조각이 흩어져 있는 절을 걸러 냄. */
function contains(section: Section, choices: string[][]): boolean {
  const { heading, text, chapter } = section;
  const body = squeeze(`${heading} ${text} ${chapter}`);
  return choices.every((words) => words.some((word) => body.includes(word)));
}

/** 글자 사이의 띄어쓰기를 눈감는 식. */
function spaced(word: string): string {
  return [...word]
    .map((c) => c.replace(/[\\^$.*+?()[\]{}|/-]/, "\\$&"))
    .join("\\s*");
}

function either(sources: string[]): RegExp {
  return new RegExp(sources.join("|"), "gu");
}

/** `shape`에서 찾은 자리를 같은 길이의 `text`에 옮김. */
function mark(text: string, shape: string, pattern: RegExp): Marked {
  const parts: Marked = [];
  let from = 0;
  for (const found of shape.matchAll(pattern)) {
    const end = found.index + found[0].length;
    parts.push(text.slice(from, found.index), text.slice(found.index, end));
    from = end;
  }
  parts.push(text.slice(from));
  return parts;
}

function hit(section: Section, marked: (text: string) => Marked): Hit {
  const { url, chapter, heading, text } = section;
  return {
    url,
    chapter,
    heading: marked(heading),
    snippet: snippet(marked(text)),
  };
}

/** 처음 찾은 자리의 둘레만 남김. */
function snippet(parts: Marked): Marked {
  const [before = "", ...rest] = parts;
  if (rest.length === 0) return [before.slice(0, BEFORE + AFTER)];
  const head =
    before.length > BEFORE ? `…${before.slice(-BEFORE)}` : before;
  const kept = [head];
  let room = AFTER;
  for (const part of rest) {
    if (room <= 0) break;
    kept.push(part.length > room ? `${part.slice(0, room)}…` : part);
    room -= part.length;
  }
  return kept;
}
