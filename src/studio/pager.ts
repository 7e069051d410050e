import { html, type Markup } from '../report/markup.ts'

/** The items of one page, from 1; a number beyond the ends is that of the nearest. */
export function pageOf<Item>(items: readonly Item[], asked: number, perPage: number) {
  const pages = Math.max(1, Math.ceil(items.length / perPage))
  const page = Math.min(Math.max(1, asked), pages)
  return { part: items.slice((page - 1) * perPage, page * perPage), page, pages }
}

/** Links to the pages before and after, with what else the address says; nothing where there is one page. */
export function pager(
  query: Readonly<Record<string, string>>,
  page: number,
  pages: number,
): Markup | null {
  if (pages === 1) return null
  const link = (to: number, label: string) =>
    to < 1 || to > pages
      ? html`<span class="empty">${label}</span>`
      : html`<a href="?${new URLSearchParams({ ...query, page: String(to) }).toString()}">${label}</a>`
  return html`<nav class="pager" aria-label="Pages">${link(page - 1, '← before')} <span>page ${page} of ${pages}</span> ${link(page + 1, 'next →')}</nav>`
}
