// 어디까지 읽었나: 절마다의 표시와 마지막 자리. 이 브라우저에만 적음.

import { toRoot } from "../data";
import { h } from "../dom";
import { chapters, type Chapter } from "./chapters";
import { all, onChange, one, put } from "./store";

/** 읽은 절의 수와 모든 절의 수. 들른 적이 없는 쪽은 0과 0. */
export function progress(page: string): { read: number; total: number } {
  const marks = all("read").filter((mark) => mark.page === page);
  const total = Math.max(0, ...marks.map((mark) => mark.total));
  return { read: Math.min(marks.length, total), total };
}

export const placeHref = ({ page, id }: { page: string; id: string }): string =>
  toRoot() + page + (id && `#${encodeURIComponent(id)}`);

/** 이어서 읽을 자리로 가는 링크. 읽던 것이 없으면 `null`. */
export function resumeLink(): HTMLAnchorElement | null {
  const last = one("last");
  if (!last) return null;
  const attrs = { class: "resume", href: placeHref(last) };
  return h("a", attrs, `이어서 읽기: ${last.title}`);
}

export function initReading(): void {
  const known = chapters();
  const here = known.find(({ link }) => link.classList.contains("active"));
  const draw = (): void => {
    known.forEach(drawChapter);
    if (here) drawSections(here.page);
  };
  onChange(draw);
  draw();
  // 첫 장은 들르는 곳이라 마지막 자리로 적지 않음
  if (here && here === known[0]) {
    const resume = resumeLink();
    if (resume) document.querySelector("main")?.prepend(resume);
  } else if (here?.page.includes("/")) {
    addEventListener("pagehide", () => keepPlace(here));
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) keepPlace(here);
    });
  }
  if (here?.page.includes("/")) watchSections(here.page);
}

function drawChapter({ page, link }: Chapter): void {
  const { read, total } = progress(page);
  link.classList.toggle("read", total > 0 && read === total);
  if (read > 0) {
    link.dataset["read"] = `${read}/${total}`;
    link.title = `${total}절 가운데 ${read}절 읽음`;
  } else {
    delete link.dataset["read"];
    link.removeAttribute("title");
  }
}

/** 차례에 펼쳐진 이 쪽의 절. */
function drawSections(page: string): void {
  const marks = all("read").filter((mark) => mark.page === page);
  const done = new Set(marks.map(({ id }) => id));
  const links = document.querySelectorAll<HTMLAnchorElement>(
    "#mdbook-sidebar .on-this-page a",
  );
  for (const link of links) {
    const id = decodeURIComponent(link.hash.slice(1));
    link.classList.toggle("read", done.has(id));
  }
}

/** 제목이 이만큼 올라왔으면 그 절에 있는 것임, 픽셀. */
const PASSED = 120;

function keepPlace({ page, title }: Chapter): void {
  const stops = document.querySelectorAll<HTMLElement>(
    "main h2, main h3, main .lab-card",
  );
  const passed = [...stops]
    .filter((stop) => stop.getBoundingClientRect().top < PASSED)
    .at(-1);
  const name = passed?.querySelector(".lab-question") ?? passed;
  const parts = [title, name?.textContent?.trim()].filter(Boolean);
  const date = new Date().toISOString();
  put("last", { page, id: passed?.id ?? "", title: parts.join(" — "), date });
}

interface Section {
  id: string;
  title: string;
  /** 아직 끝이 화면에 나오지 않은 조각. */
  unseen: Set<Element>;
}

/**
 * 절의 모든 조각의 아래 끝이 화면을 지나가야 읽은 것임: 차례를 눌러 건너뛴
 * 절은 읽은 것이 아님.
 */
function watchSections(page: string): void {
  const sections = sectionsOf(document.querySelector("main"));
  const total = sections.length;
  const look = (): void => {
    for (const { unseen } of sections) {
      for (const part of unseen) {
        const { bottom } = part.getBoundingClientRect();
        if (bottom >= 0 && bottom <= innerHeight) unseen.delete(part);
      }
    }
  };
  let waiting = false;
  const scrolled = (): void => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      look();
      for (const { id, title, unseen } of [...sections]) {
        if (unseen.size > 0) continue;
        sections.splice(sections.findIndex((each) => each.id === id), 1);
        put("read", { page, id, title, total, date: new Date().toISOString() });
      }
    });
  };
  look();
  addEventListener("scroll", scrolled, { passive: true });
}

function sectionsOf(main: Element | null): Section[] {
  const sections: Section[] = [];
  const shown = [...(main?.children ?? [])].filter((part) =>
    part.checkVisibility(),
  );
  for (const part of shown) {
    // 다음 제목이 나와야 이 절이 끝난 것임
    sections.at(-1)?.unseen.add(part);
    if (part.localName !== "h2") continue;
    const title = part.textContent?.trim() ?? "";
    sections.push({ id: part.id, title, unseen: new Set([part]) });
  }
  return sections;
}
