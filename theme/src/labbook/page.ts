// 「내 실험 노트」 쪽.

import { toRoot } from "../data";
import { button, h, liveRegion, need, redraw, uid } from "../dom";
import { holdKeys } from "../keys";
import { machinePanel } from "../machine";
import { paramText, plain, withUnit } from "../views/format";
import { showCalibration } from "./calibration";
import { byChapter, chapterName, chapters } from "./chapters";
import { placeHref, progress, resumeLink } from "./reading";
import { BadBook, read, write } from "./schema";
import type { Entry, Reply } from "./schema";
import { byDate, firstGuesses, NEAR, replyText, scoreOf } from "./score";
import * as store from "./store";

const part = (name: string): HTMLElement =>
  need(document, `[data-labbook="${name}"]`);

const BLOCKED =
  "이 브라우저가 저장을 막아 노트를 남길 수 없음. 책과 실험은 그대로 됨. " +
  "시크릿 창이거나 사이트 데이터를 막아 둔 것이면, 풀고 다시 열면 됨.";

export function showBook(): void {
  const live = liveRegion();
  part("file").before(live);
  const say = (text: string): void => {
    live.textContent = text;
  };
  part("file").append(...filePanel(say));
  if (store.usable()) {
    part("machine").replaceChildren(machinePanel());
  } else {
    part("state").append(h("p", { class: "lab-problem" }, BLOCKED));
  }
  const parts = ["resume", "calibration", "entries", "reads"] as const;
  const empty = new Map(
    parts.map((name) => [name, [...part(name).childNodes]] as const),
  );
  const place = (name: (typeof parts)[number], nodes: Node[]): void =>
    redraw(part(name), nodes.length > 0 ? nodes : (empty.get(name) ?? []));
  let scored = "";
  const draw = (): void => {
    const entries = store.all("entry").sort(byDate).reverse();
    const first = firstGuesses(entries);
    place("resume", resume(entries));
    place("entries", entryLists(entries, first, say));
    place("reads", readLists());
    // 같은 그림을 다시 그리면 짚던 값과 펴 둔 표만 잃음
    const now = JSON.stringify([...first]);
    if (now !== scored) place("calibration", showCalibration(first));
    scored = now;
  };
  // 넘치는 성적표를 미는 화살표가 장을 넘기지 않게 함
  holdKeys(part("calibration"));
  store.onChange(draw);
  draw();
}

// ── 이어서 ────────────────────────────────────────────────────────────

const cardHref = ({ chapter, name, params }: Entry): string => {
  const query = new URLSearchParams(params).toString();
  return `${toRoot()}${chapter}/index.html#${name}${query && `?${query}`}`;
};

function resume([latest]: Entry[]): HTMLElement[] {
  const links = [resumeLink()].filter((link) => link !== null);
  if (latest) {
    const attrs = { class: "resume", href: cardHref(latest) };
    links.push(h("a", attrs, `마지막 실험: ${latest.question}`));
  }
  return links;
}

// ── 예측과 결과 ───────────────────────────────────────────────────────

function entryLists(
  entries: Entry[],
  first: Set<Entry>,
  say: (text: string) => void,
): HTMLElement[] {
  return byChapter(entries, ({ chapter }) => chapter).flatMap(
    ([folder, group]) => [
      h("h3", {}, chapterName(folder)),
      h(
        "ul",
        { class: "labbook-list" },
        ...group.map((entry) => entryItem(entry, first.has(entry), say)),
      ),
    ],
  );
}

function entryItem(
  entry: Entry,
  counted: boolean,
  say: (text: string) => void,
): HTMLElement {
  const { guess, answer, headline, sentence, params, date, place } = entry;
  const lines = h("p", {}, "내 예측 ", strong(guess, "건너뜀"));
  const known = answer ? replyText(answer, withUnit) : headline;
  lines.append(" · 답 ", h("b", {}, known), scoreText(entry));
  const values = Object.entries(params).map(([key, text]) =>
    h("code", {}, `${key} ${paramText(text)}`),
  );
  const time = h("time", { datetime: date }, localTime(date));
  const about = h("p", { class: "lab-hint" }, time, " · ");
  about.append(...values.flatMap((value) => [value, " "]), `· ${place}`);
  const item = h(
    "li",
    {},
    h("p", {}, h("a", { href: cardHref(entry) }, entry.question)),
    lines,
    h("p", { class: "lab-hint" }, sentence),
    about,
  );
  if (guess && answer && !counted) {
    const why = "이 매개변수의 답을 본 뒤의 예측이라 위의 셈에 넣지 않음";
    item.append(h("p", { class: "lab-hint" }, why));
  }
  const erase = button("지우기", () => void eraseOne(entry, erase, say), {
    "aria-label": `지우기: ${entry.question}`,
  });
  item.append(erase);
  return item;
}

const strong = (reply: Reply | null, otherwise: string): HTMLElement =>
  h("b", {}, reply ? replyText(reply, withUnit) : otherwise);

function scoreText(entry: Entry): string {
  const score = scoreOf(entry);
  switch (score?.kind) {
    case "number": {
      if (score.ratio === null) return " · 비를 낼 수 없음";
      const near = Math.abs(score.ratio - 1) <= NEAR;
      return ` · 답의 ${plain(score.ratio)}배${near ? " ✔" : ""}`;
    }
    case "choice":
      return score.right ? " · 맞음 ✔" : " · 다름";
    case "order":
      return ` · 앞뒤 ${score.pairs}쌍 가운데 ${score.agreed}쌍 맞음`;
    default:
      return "";
  }
}

function localTime(date: string): string {
  const at = new Date(date);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())];
  return `${day.join("-")} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

async function eraseOne(
  entry: Entry,
  pressed: HTMLButtonElement,
  say: (text: string) => void,
): Promise<void> {
  const buttons = () => [...part("entries").querySelectorAll("button")];
  const at = buttons().indexOf(pressed);
  const answer = await ask(`이 기록을 지움: ${entry.question}`, ["지우기"]);
  if (answer !== "지우기") return;
  say(store.remove("entry", entry) ? "기록 하나를 지움" : BLOCKED);
  // 지운 버튼이 갖고 있던 초점을 그 자리에 온 것에 둠
  const left = buttons();
  const next = left[at] ?? left.at(-1) ?? part("file").querySelector("button");
  next?.focus();
}

// ── 읽은 절 ───────────────────────────────────────────────────────────

function readLists(): HTMLElement[] {
  const marks = store.all("read");
  // 펴 둔 장은 다른 탭에서 읽어 다시 그려도 접히지 않음. 편 것을 알리는 사건은
  // 편 뒤에 따로 오므로, 적어 두지 않고 지금 그려진 것을 봄
  const drawn = part("reads").querySelectorAll<HTMLElement>("details[open]");
  const unfolded = new Set(Array.from(drawn, (fold) => fold.dataset.page));
  return chapters().flatMap(({ page, title }) => {
    const mine = marks.filter((mark) => mark.page === page);
    if (mine.length === 0) return [];
    const { read, total } = progress(page);
    const summary = h("summary", {}, `${title}: ${total}절 가운데 ${read}절`);
    const links = mine.sort(byDate).map((mark) => {
      const link = h("a", { href: placeHref(mark) }, mark.title);
      const day = localTime(mark.date).slice(0, 10);
      return h("li", {}, link, " ", h("span", { class: "lab-hint" }, day));
    });
    const attrs = { open: unfolded.has(page), "data-page": page };
    return [h("details", attrs, summary, h("ul", {}, ...links))];
  });
}

// ── 파일 ──────────────────────────────────────────────────────────────

/** 이보다 큰 파일은 노트가 아님, 바이트. */
const LARGEST = 20_000_000;

function filePanel(say: (text: string) => void): HTMLElement[] {
  const problem = h("p", { class: "lab-error", role: "alert" });
  const refuse = (text: string): void => {
    problem.textContent = text;
    problem.hidden = text === "";
  };
  refuse("");
  const save = button("파일로 내보내기", () => {
    const date = new Date().toISOString();
    const blob = new Blob([write(store.dump(), date)], {
      type: "application/json",
    });
    const href = URL.createObjectURL(blob);
    const day = date.slice(0, 10);
    h("a", { href, download: `rust-lab-notebook-${day}.json` }).click();
    setTimeout(() => URL.revokeObjectURL(href), 1000);
    say("파일로 내보냄");
  });
  // 고르는 칸의 글은 브라우저의 말이라 단추 뒤에 둠
  const input = h("input", { type: "file", accept: ".json", hidden: true });
  const open = button("파일 가져오기", () => input.click());
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (!file) return;
    refuse("");
    take(file)
      .then(say, ({ message }: Error) => refuse(message))
      .finally(() => (input.value = ""));
  });
  const erase = button("모두 지우기", () => void eraseAll(say));
  return [
    h("p", { class: "lab-actions" }, save, open, erase, input),
    problem,
  ];
}

/** 가져온 일을 말하는 한 문장. */
async function take(file: File): Promise<string> {
  if (file.size > LARGEST) throw new BadBook("노트치고는 너무 큰 파일임");
  const book = read(await file.text());
  const what = `예측 ${book.entry.length}개와 읽은 절 ${book.read.length}개`;
  const answer = await ask(
    `${what}가 든 노트임. 합치면 지금 것도 남고, 바꾸면 지금 것은 지워짐.`,
    ["합치기", "바꾸기"],
  );
  if (answer === "") return "가져오지 않음";
  if (!store.load(book, answer === "바꾸기")) {
    throw new Error("저장소가 막혔거나 모자라 아무것도 바꾸지 않음");
  }
  return `${what}를 가져옴`;
}

async function eraseAll(say: (text: string) => void): Promise<void> {
  const text = "예측, 읽은 절, 마지막 자리, 기억한 기기를 모두 지움. " +
    "먼저 파일로 내보내면 되살릴 수 있음.";
  if ((await ask(text, ["모두 지우기"])) !== "모두 지우기") return;
  say(store.eraseAll() ? "모두 지움" : BLOCKED);
}

/** 고른 말. 그만두면 빈 글. */
function ask(text: string, choices: string[]): Promise<string> {
  const id = uid("ask");
  const buttons = choices.map((value) => h("button", { value }, value));
  const quit = h("button", { value: "", autofocus: true }, "그만두기");
  const bar = h("p", { class: "lab-actions" }, ...buttons, quit);
  const form = h("form", { method: "dialog" }, h("p", { id }, text), bar);
  const dialog = h("dialog", { class: "sheet", "aria-labelledby": id }, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    }),
  );
}
