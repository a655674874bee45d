// 점검표 연습: 정적인 표를 읽어 고르는 판을 만듦.

import { h, need, uid } from "../dom";

interface Labels {
  yes: string;
  no: string;
}
interface Outcome {
  heading: string;
  none: string;
  compare: string;
}
interface Vote {
  order: number;
  weight: number;
  chapter: HTMLElement;
  reason: HTMLElement;
}

export function hydrateChecklist(root: HTMLElement): void {
  const text = need(root, "script.lab-data").textContent ?? "";
  const [labels, outcome] = JSON.parse(text) as [Labels, Outcome];
  const board = need(root, ".lab-checklist");
  const table = need(board, ".lab-scroll");
  const items = readItems(table);
  const answers: (boolean | null)[] = items.map(() => null);
  const result = h("div", { class: "lab-part lab-advice" });
  result.setAttribute("aria-live", "polite");
  result.hidden = true;

  const list = h("ol", { class: "lab-checks" });
  items.forEach(({ text: sentence }, i) => {
    const name = uid("check");
    const choice = (label: string, value: boolean): HTMLElement => {
      const input = h("input", { type: "radio", name });
      input.addEventListener("input", () => {
        answers[i] = value;
        update();
      });
      return h("label", {}, input, label);
    };
    const legend = h("legend", {});
    legend.append(...sentence);
    const choices = h("div", { class: "lab-choices" });
    choices.append(choice(labels.yes, true), choice(labels.no, false));
    list.append(h("li", {}, h("fieldset", {}, legend, choices)));
  });

  function update(): void {
    const left = answers.filter((answer) => answer === null).length;
    const votes = items.flatMap(({ votes }, i) =>
      answers[i] === false ? votes : [],
    );
    result.hidden = false;
    const head = h("p", { class: "lab-step" }, outcome.heading);
    const more = left > 0 ? [h("p", {}, `남은 문장 ${left}개`)] : [];
    if (votes.length === 0) {
      const none = left > 0 ? [] : [h("p", {}, outcome.none)];
      result.replaceChildren(...more, ...none);
      return;
    }
    const compare = left > 0 ? more : [h("p", {}, outcome.compare)];
    result.replaceChildren(head, advice(votes), ...compare);
  }

  const whole = h("details", { class: "lab-whole" });
  whole.append(h("summary", {}, "표로 보기"), table);
  board.append(list, whole);
  board.after(result);
}

function readItems(table: HTMLElement) {
  const items: { text: Node[]; votes: Vote[] }[] = [];
  for (const row of table.querySelectorAll<HTMLElement>("tbody tr")) {
    const head = row.querySelector("th");
    if (head) {
      const text = [...head.childNodes].map((node) => node.cloneNode(true));
      items.push({ text, votes: [] });
    }
    const cells = row.querySelectorAll<HTMLElement>("td");
    const [chapter, , reason] = cells;
    const { order, weight } = row.dataset;
    if (!chapter || !reason) continue;
    items.at(-1)?.votes.push({
      order: Number(order),
      weight: Number(weight),
      chapter,
      reason,
    });
  }
  return items;
}

/** 무게가 큰 장부터. 같으면 차례 순서. */
function advice(votes: Vote[]): HTMLElement {
  const byChapter = new Map<number, Vote[]>();
  for (const vote of votes) {
    const list = byChapter.get(vote.order) ?? [];
    byChapter.set(vote.order, [...list, vote]);
  }
  const total = (list: Vote[]): number =>
    list.reduce((sum, { weight }) => sum + weight, 0);
  const sorted = [...byChapter].sort(
    ([a, x], [b, y]) => total(y) - total(x) || a - b,
  );
  const entries = sorted.map(([, list]) => {
    const title = list[0]!.chapter.cloneNode(true).childNodes;
    const reasons = list.map(({ reason }) =>
      h("li", {}, ...reason.cloneNode(true).childNodes),
    );
    const weight = h("span", { class: "lab-hint" }, ` 무게 ${total(list)}`);
    return h("li", {}, h("b", {}, ...title), weight, h("ul", {}, ...reasons));
  });
  return h("ol", {}, ...entries);
}
