import { type Content, html, Markup } from './markup.ts'
import { style } from './style.ts'

export interface DocumentOptions {
  readonly title: string
  /** beside the common style sheet */
  readonly style?: string
  /** What may be besides the page itself, in a Content-Security-Policy; nothing unless given: no script, no network. */
  readonly policy?: string
  /** before the content */
  readonly lead?: Content
}

/** A whole HTML page around its content, readable from 380 px up, in light and dark. */
export function htmlDocument(
  { title, style: own = '', policy = ' img-src data:;', lead }: DocumentOptions,
  content: Content,
): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none';${new Markup(policy)} style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${new Markup(style + own)}</style>
</head>
<body>
<main>${lead}
${content}
</main>
</body>
</html>
`
  return page.text
}
