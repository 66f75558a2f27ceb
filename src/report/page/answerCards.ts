import { type Verdict, type VerdictTopic, verdictTopics } from "../../store/verdicts.ts";
import type { Text } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import type { Reading } from "../terminal/answerLines.ts";
import { escapeHtml, withCode } from "./escape.ts";

const cards: readonly VerdictTopic[] = ["batch", "training", "data"];

/** What to do with the batch, whether the training went well and what the data are like, a card each. */
export function answerCards(verdicts: readonly Verdict[], { verdicts: words, answers }: Text): string {
  const items = cards.flatMap((topic) => {
    const lines = verdicts.filter(({ kind }) => verdictTopics[kind] === topic).map((verdict) => said(verdict, words));
    if (lines.length === 0) return [];
    const body = lines.map((line) => `<p>${withCode(line)}</p>`).join("");
    return [`<div class="card"><h2>${escapeHtml(answers.topics[topic])}</h2>${body}</div>`];
  });
  return items.length === 0 ? "" : `<section class="cards">${items.join("\n")}</section>`;
}

/** What asks for something, then the checks that found nothing; every sentence folded. */
export function readingSection({ shown, quiet, all }: Reading, { page, answers }: Text): string {
  if (all.length === 0) return "";
  const list = (sentences: readonly string[]) =>
    sentences.length === 0
      ? ""
      : `<ul class="reading">${sentences.map((sentence) => `<li>${withCode(sentence)}</li>`).join("\n")}</ul>`;
  const nothing = quiet.length === 0 ? "" : `<p class="muted">${escapeHtml(answers.quiet(quiet))}</p>`;
  const folded = `<details><summary>${escapeHtml(answers.details(all.length))}</summary>${list(all)}</details>`;
  return `<section><h2>${page.readingTitle}</h2>\n${list(shown)}\n${nothing}\n${folded}</section>`;
}
