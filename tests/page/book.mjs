// 책의 쪽과 카드의 목록. 차례에서 읽으므로 새 장도 저절로 들어감.

export async function pagesOf(base) {
  const toc = await (await fetch(`${base}toc.html`)).text();
  const links = [...toc.matchAll(/href="([^"#]+\.html)"/g)].map(([, to]) => to);
  return [...new Set(links)].filter((link) => !link.startsWith("http"));
}

export async function cardsOf(base, path) {
  const html = await (await fetch(`${base}${path}`)).text();
  const found = html.matchAll(/<section class="card lab-card" id="(\w+)"/g);
  return [...found].map(([, name]) => name);
}
