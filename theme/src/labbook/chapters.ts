// 차례에 있는 장들.

import { bookRoot } from "../data";

/** 차례에 있는 쪽 하나. */
export interface Chapter {
  /** 책의 뿌리에서 본 주소: `dicts/index.html`. */
  page: string;
  title: string;
  link: HTMLAnchorElement;
}

export function chapters(): Chapter[] {
  const links = document.querySelectorAll<HTMLAnchorElement>(
    "#mdbook-sidebar .chapter-item > * > a",
  );
  const root = new URL(bookRoot()).pathname;
  return [...links].map((link) => ({
    page: link.pathname.slice(root.length),
    title: link.textContent?.trim() ?? "",
    link,
  }));
}

/** 장의 폴더 → 차례에 적힌 이름. 차례에 없는 장은 폴더의 이름. */
export function chapterName(folder: string): string {
  const page = `${folder}/index.html`;
  return chapters().find((each) => each.page === page)?.title ?? folder;
}

/** 차례의 순서대로 묶음. */
export function byChapter<T>(
  values: Iterable<T>,
  folderOf: (value: T) => string,
): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const { page } of chapters()) groups.set(page.split("/")[0]!, []);
  for (const value of values) {
    const folder = folderOf(value);
    groups.set(folder, [...(groups.get(folder) ?? []), value]);
  }
  return [...groups].filter(([, group]) => group.length > 0);
}
