import { h } from "../dom";
import type { Badge, Cell, Column, Table } from "../report";

const BADGES: Record<Badge, [string, string]> = {
  exact: ["정확", "실제와 비트까지 같고 시험이 그것을 증명함"],
  model: ["모형", "단순화한 모형이라 시간을 말하지 않음"],
  measured: ["측정", "실제로 잰 시간이나 메모리"],
};

export function badge(kind: Badge): HTMLElement {
  const [label, title] = BADGES[kind];
  return h("span", { class: `lab-badge lab-${kind}`, title }, label);
}

export function caption(title: string, kind: Badge): HTMLElement {
  const head = h("figcaption", { class: "lab-caption" });
  head.append(badge(kind), h("b", {}, title));
  return head;
}

export function tableElement(
  columns: Column[],
  rows: Cell[][],
  label: string,
): HTMLElement {
  const head = columns.map((column) => {
    const cell = h("th", { scope: "col", class: align(column) });
    cell.append(column.label);
    if (column.unit) {
      cell.append(" ", h("span", { class: "lab-unit" }, column.unit));
    }
    return cell;
  });
  const body = rows.map((row) =>
    h("tr", {}, ...row.map((cell, i) => bodyCell(cell, i, columns[i]))),
  );
  const table = h("table", { class: "lab-table" });
  table.append(h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...body));
  // 넓은 표는 이 칸 안에서만 옆으로 움직임: 키보드로도 닿아야 함
  const attrs = { class: "lab-scroll", tabindex: 0, role: "group" };
  return h("div", { ...attrs, "aria-label": label }, table);
}

function bodyCell(cell: Cell, i: number, column?: Column): HTMLElement {
  if (i > 0) return h("td", { class: align(column) }, cell.text);
  return h("th", { scope: "row", class: align(column) }, cell.text);
}

const align = (column?: Column): string | null =>
  column?.numeric ? "lab-num" : null;

export function renderTable(table: Table): HTMLElement {
  const figure = h("figure", { class: "lab-view lab-view-table" });
  figure.append(
    caption(table.title, table.badge),
    tableElement(table.columns, table.rows, table.title),
  );
  return figure;
}
