import { settingsOf } from "../../statistics/recommend/pilotTable.ts";
import { type PricedSetting, priceOf } from "../../statistics/recommend/recommendation.ts";
import type { Interval } from "../../statistics/types.ts";
import { textIn } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { recommendCommands } from "./recommendCommands.ts";
import type { Advice } from "./recommendFound.ts";

/** The document; an end that nothing bounds is null. */
export function recommendDocument({ found, answer, reasons, definitions, given }: Advice, files: readonly string[]) {
  const { plan, cost, machine, target, referenceUpdates, table, recommendation, complete, path } = found;
  const { advice, present, saving, alternatives, rules, accumulation } = recommendation;
  const { goal, seeds, updates, examples } = plan;
  return {
    answer,
    ...{ goal, complete, study: path },
    target: { loss: target, updates: referenceUpdates, ofUpdates: updates },
    advice: { ...flat(advice), accumulate: accumulation.accumulate },
    present: flat(present),
    saving,
    alternatives: alternatives.map(flat),
    rules: rules.map(({ name, ratio, ...rule }) => ({ name, ...flat(rule), ...ends("ratio", ratio) })),
    accumulation: {
      ...{ savesNothing: accumulation.savesNothing, cut: accumulation.cut },
      alone: accumulation.alone && flat(accumulation.alone),
      accumulated: accumulation.accumulated && flat(accumulation.accumulated),
    },
    reasons: reasons.map((one) => ({ ...one, text: said(one, textIn("en").recommend.reasons) })),
    tried: settingsOf(table).map((one) => {
      const { ratio, ...setting } = priceOf(table, one);
      return { ...flat(setting), ...ends("ratio", ratio) };
    }),
    definitions,
    cost: { ...cost, devices: machine.devices, secondsPerSync: machine.secondsPerSync },
    commands: recommendCommands({ found, given }),
    ...{ seeds, examples, files },
  };
}

/** A setting in one level. */
export function flat({ updates, examples, seconds, ...setting }: PricedSetting) {
  return { ...setting, ...ends("seconds", seconds), ...ends("examples", examples), ...ends("updates", updates) };
}

function ends<Name extends string>(name: Name, { value, lower, upper }: Interval) {
  const finite = (end: number) => (Number.isFinite(end) ? end : null);
  return { [name]: finite(value), [`${name}Lower`]: finite(lower), [`${name}Upper`]: finite(upper) } as Record<
    Name | `${Name}Lower` | `${Name}Upper`,
    number | null
  >;
}
