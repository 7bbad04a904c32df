const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in HTML. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** A page; `main` is HTML. */
export function page(
  title: string,
  main: string,
  { style, script }: { readonly style: string; readonly script?: string },
): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${escape(title)}</title>
    <link rel="stylesheet" href="${style}" />
    ${script === undefined ? '' : `<script type="module" src="${script}"></script>`}
  </head>
  <body class="asignio-page">
    <main class="asignio-column">${main}</main>
  </body>
</html>`;
}
