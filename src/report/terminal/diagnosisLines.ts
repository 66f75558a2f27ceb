import type {
  Diagnosis,
  DiagnosisEvidence,
  DiagnosisFinding,
  EvidenceName,
  NodeAnswer,
  Remedy,
} from "../../store/diagnosis.ts";
import type { DiagnosisText } from "../../text/en/diagnosis.ts";
import { percent, significant, whole, withInterval } from "../../text/format.ts";
import { separated } from "./aligned.ts";

/** Remedies of a finding that are shown at first. */
const SHOWN = 3;

/** The answer first, then the likeliest cause with what to try first. */
export function diagnosisAnswer({ verdict, findings }: Diagnosis, words: DiagnosisText): string {
  const cause = findings.find(({ strength }) => strength !== "note");
  const isNamed = cause && verdict !== cause.kind;
  const remedy = cause?.remedies[0];
  return [
    words.verdicts[verdict],
    ...(isNamed ? [words.likeliest(words.kinds[cause.kind])] : []),
    ...(remedy ? [words.firstRemedy(words.remedies[remedy.kind])] : []),
  ].join(words.answers.yes === "yes" ? " " : "");
}

/** A diagnosis on a terminal: the answer, the way through the tree with its evidence, findings and remedies. */
export function diagnosisLines(found: Diagnosis, words: DiagnosisText, verbose: boolean): string[] {
  return separated([
    [diagnosisAnswer(found, words)],
    found.path.length === 0 ? [] : [words.pathTitle, ...found.path.flatMap((one) => nodeLines(one, words))],
    [words.findingsTitle, ...findingLines(found, words, verbose)],
    found.limits.length === 0 ? [] : [words.limitsTitle, ...found.limits.map((limit) => `- ${words.limits[limit]}`)],
  ]);
}

function nodeLines({ node, answer, evidence }: NodeAnswer, words: DiagnosisText): string[] {
  return [
    `  ${words.nodes[node]} ${words.answers[answer]}`,
    ...evidence.map((one) => `      ${evidenceText(one, words)}`),
  ];
}

/** A note stands alone, and a remedy is told once, unless all is asked for. */
function findingLines({ findings }: Diagnosis, words: DiagnosisText, verbose: boolean): string[] {
  if (findings.length === 0) return [`  ${words.noFindings}`];
  const told = new Set<string>();
  return findings.flatMap((finding, i) => {
    const { evidence, remedies, strength } = finding;
    const fresh = verbose ? remedies : strength === "note" ? [] : remedies.filter(({ kind }) => !told.has(kind));
    const shown = verbose ? fresh : fresh.slice(0, SHOWN);
    for (const { kind } of shown) told.add(kind);
    return [
      `  ${i + 1}. ${findingName(finding, words)}`,
      ...evidence.map((one) => `      ${evidenceText(one, words)}`),
      ...shown.map((remedy) => `      ${remedyText(remedy, words)}`),
      ...(fresh.length > shown.length ? [`      ${words.moreRemedies(fresh.length - shown.length)}`] : []),
    ];
  });
}

export function findingName({ kind, strength }: DiagnosisFinding, words: DiagnosisText): string {
  return `${words.kinds[kind]} (${words.strengths[strength]})`;
}

export function remedyText({ kind, command, gain }: Remedy, words: DiagnosisText): string {
  const said = words.remedy(words.remedies[kind], command);
  if (!gain) return said;
  const { verdict, metric, seeds } = gain;
  return `${said}  ${words.gain(words.gains[verdict], words.metrics[metric], withInterval(gain), seeds)}`;
}

/** "training loss 0.0123 [0.0110, 0.0136], held against 0.69, a limit of Batchscope's". */
export function evidenceText(one: DiagnosisEvidence, words: DiagnosisText): string {
  const { name, of, threshold, source } = one;
  const known = words.evidence[name as EvidenceName] ?? name;
  const label = of === undefined ? known : `${known} (${of})`;
  if (threshold === undefined) return `${label} ${valueText(one)}`;
  const from = words.sources[source as keyof typeof words.sources] ?? source ?? "";
  return `${label} ${valueText(one)}${words.limit(shown(threshold, one.unit), from)}`;
}

/** With its interval, where it has one that is wider than a point. */
export function valueText({ value, lower, upper, unit }: DiagnosisEvidence): string {
  if (lower === undefined || upper === undefined || lower === upper) return shown(value, unit);
  if (unit === "share") return `${percent(value)} [${percent(lower)}, ${percent(upper)}]`;
  return withInterval({ value, lower, upper });
}

function shown(value: number, unit: DiagnosisEvidence["unit"]): string {
  if (unit === "share") return percent(value);
  return unit === "updates" || unit === "examples" || unit === "epochs" ? whole(value) : significant(value);
}
