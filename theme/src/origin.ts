// 기록된 수의 출처: 나이 배지, 그리고 수에 손이나 초점이 닿으면 뜨는 창.
//
// 창과, 「출처」 버튼과, 본문에 적힌 수는 정적 HTML에 있고 스크립트 없이도
// 열림. 여기서는 표의 수마다도 열리게 하고, 닿은 자리 곁에 놓음.

import { h, need } from "./dom";
import { commanded } from "./keys";

const DAY_MS = 86_400_000;
/** 이만큼 지난 기록은 오래된 것으로 칠함, 날. */
const OLD_DAYS = 180;
/** 지나가는 손에는 뜨지 않고, 창으로 옮겨 가는 동안에는 닫히지 않게, ms. */
const HOVER_MS = 250;
/** 창과 수, 창과 화면 끝 사이, 픽셀. */
const GAP = 6;

export function initOrigins(): void {
  for (const panel of document.querySelectorAll<HTMLElement>(".lab-origin")) {
    connect(need(panel.parentElement!, ".lab-recorded"), panel);
  }
}

function connect(record: HTMLElement, panel: HTMLElement): void {
  showAge(record);
  const numbers = [
    ...record.querySelectorAll<HTMLTableCellElement>("tbody .lab-num"),
  ];
  const opener = `[popovertarget="${panel.id}"]`;
  const openers = (which: string): NodeListOf<HTMLElement> =>
    document.querySelectorAll(which + opener);
  let anchor: Element = record;
  let timer = 0;
  let closing = false;
  const place = (): void => put(panel, anchor);
  const isOpen = (): boolean => panel.matches(":popover-open");
  const open = (at: Element): void => {
    clearTimeout(timer);
    anchor = at;
    if (!isOpen()) panel.showPopover();
    place();
  };
  const later = (work: () => void): void => {
    clearTimeout(timer);
    timer = setTimeout(work, HOVER_MS);
  };
  const close = (): void => {
    if (isOpen()) panel.hidePopover();
  };
  /** 손이 떠나도, 초점이 있는 동안은 열어 둠. */
  const release = (): void => {
    const focused = document.activeElement;
    if (focused !== anchor && !panel.contains(focused)) close();
  };
  const leave = ({ relatedTarget: next }: FocusEvent): void => {
    const inside = next instanceof Element && panel.contains(next);
    if (!inside && !numbers.includes(next as HTMLTableCellElement)) close();
  };
  const watch = (at: HTMLElement): void => {
    at.setAttribute("aria-describedby", panel.id);
    at.addEventListener("focus", () => {
      if (!closing) open(at);
    });
    at.addEventListener("click", () => open(at));
    at.addEventListener("pointerenter", ({ pointerType }) => {
      if (pointerType === "mouse") later(() => open(at));
    });
    at.addEventListener("pointerleave", ({ pointerType }) => {
      if (pointerType === "mouse") later(release);
    });
    at.addEventListener("blur", leave);
    at.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      panel.querySelector("a")?.focus();
      event.preventDefault();
    });
  };

  openers(".lab-figure").forEach(watch);
  for (const number of numbers) {
    number.tabIndex = -1;
    watch(number);
    number.addEventListener("keydown", (event) => {
      if (commanded(event)) return;
      const next = neighbour(numbers, number, event.key);
      next?.focus();
      if (next) event.preventDefault();
    });
  }
  // 표 하나가 탭 한 번이고, 안에서는 화살표로 다님
  for (const body of record.querySelectorAll("tbody")) {
    body.querySelector<HTMLElement>(".lab-num")?.setAttribute("tabindex", "0");
  }
  panel.addEventListener("pointerenter", () => clearTimeout(timer));
  panel.addEventListener("pointerleave", ({ pointerType }) => {
    if (pointerType === "mouse") later(release);
  });
  panel.addEventListener("focusout", leave);
  for (const button of openers(":not(.lab-figure)")) {
    button.addEventListener("click", () => {
      anchor = button;
      // 버튼은 이 뒤에 창을 엶: 그려지기 전에 옮김
      requestAnimationFrame(place);
    });
  }
  // 닫힌 창은 초점을 수에 돌려줌: 그 초점이 창을 다시 열지 않게 함
  panel.addEventListener("beforetoggle", (event) => {
    closing = (event as ToggleEvent).newState === "closed";
  });
  panel.addEventListener("toggle", () => {
    closing = false;
    clearTimeout(timer);
    const listen = isOpen() ? addEventListener : removeEventListener;
    listen("scroll", place, { capture: true });
    listen("resize", place);
  });
}

/** 화살표가 가리키는 곁의 수: 위아래는 다른 줄의 같은 열. */
function neighbour(
  numbers: HTMLTableCellElement[],
  from: HTMLTableCellElement,
  key: string,
): HTMLTableCellElement | undefined {
  const body = from.closest("tbody");
  const row = (from.parentElement as HTMLTableRowElement).sectionRowIndex;
  const beside = (step: number): HTMLTableCellElement | undefined =>
    body?.rows[row + step]?.cells[from.cellIndex];
  const along = (step: number): HTMLTableCellElement | undefined =>
    numbers[numbers.indexOf(from) + step];
  const next = {
    ArrowRight: along(1),
    ArrowLeft: along(-1),
    ArrowDown: beside(1),
    ArrowUp: beside(-1),
  }[key];
  return next && numbers.includes(next) && body?.contains(next)
    ? next
    : undefined;
}

/** 닿은 것의 아래, 자리가 모자라면 위. */
function put(panel: HTMLElement, anchor: Element): void {
  const { left, right, top, bottom } = anchor.getBoundingClientRect();
  panel.style.inset = "auto";
  panel.style.margin = "0";
  const { offsetWidth: width, offsetHeight: height } = panel;
  const most = document.documentElement.clientWidth - width - GAP;
  const x = Math.max(GAP, Math.min((left + right - width) / 2, most));
  const under = bottom + GAP;
  const fits = under + height <= innerHeight;
  const y = fits ? under : Math.max(GAP, top - height - GAP);
  panel.style.left = `${x}px`;
  panel.style.top = `${y}px`;
}

/** 날짜 곁에 나이를 적음. */
function showAge(record: HTMLElement): void {
  const time = record.querySelector<HTMLTimeElement>("summary time");
  const days = (Date.now() - Date.parse(time?.dateTime ?? "")) / DAY_MS;
  if (!time || Number.isNaN(days)) return;
  const look = days > OLD_DAYS ? "lab-model" : "lab-measured";
  const attrs = { class: `lab-badge lab-age ${look}` };
  time.after(" ", h("span", attrs, ageText(Math.max(0, Math.floor(days)))));
}

function ageText(days: number): string {
  if (days === 0) return "오늘 기록";
  if (days < 60) return `${days}일 전 기록`;
  if (days < 730) return `${Math.floor(days / 30)}달 전 기록`;
  return `${Math.floor(days / 365)}년 전 기록`;
}
