import type { Text } from "../../text/text.ts";
import { escapeHtml } from "./escape.ts";
import { pageStyle } from "./style.ts";

/**
 * An HTML document that needs no network and no server. Its content security policy allows what `scriptPolicy` says,
 * its style and pictures inside it, and nothing else.
 */
export function wholePage(name: string, { page }: Text, scriptPolicy: string, body: readonly string[]): string {
  const policy = `default-src 'none'; ${scriptPolicy}style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
  return [
    `<!doctype html>\n<html lang="${page.htmlLanguage}">\n<head>\n<meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(page.documentTitle(name))}</title>`,
    `<style>${pageStyle}</style>\n</head>\n<body>`,
    ...body,
    "</body>\n</html>\n",
  ].join("\n");
}
