import { MLP_SIZES } from "./mlp.ts";
import { zoo } from "./zoo.ts";

/** Models of the next size by name. */
export interface Neighbours {
  readonly larger: string | null;
  readonly smaller: string | null;
}

/** From small to large, where the order of the variants is not that. */
const falling: ReadonlySet<string> = new Set(["mobilenet"]);

/** What stands above or below a model that has no sizes of its own, or is the smallest of them. */
const beyond: Readonly<Record<string, Partial<Neighbours>>> = {
  linear: { larger: "mlp" },
  lenet: { smaller: "linear", larger: "resnet:20" },
  mlp: { smaller: "linear" },
  lstm: { smaller: "linear" },
  tcn: { smaller: "linear" },
  resnet: { smaller: "lenet" },
};

/**
 * The next larger and the next smaller model that a name has: another variant or, of `mlp`, twice or half the width,
 * and
 * a layer more. Null where there is none that is known by name, as of a file.
 */
export function neighboursOf(name: string): Neighbours {
  const [base = "", variant] = name.toLowerCase().split(/:(.*)/s);
  const entry = Object.hasOwn(zoo, base) ? zoo[base] : undefined;
  if (!entry) return { larger: null, smaller: null };
  if (base === "mlp") return ofMlp(variant);
  const known = falling.has(base) ? (entry.variants ?? []).toReversed() : (entry.variants ?? []);
  const at = known.indexOf(variant ?? entry.variants?.[0] ?? "");
  const named = (one: string | undefined) => (one === undefined ? undefined : `${base}:${one}`);
  return {
    larger: (at < 0 ? undefined : named(known[at + 1])) ?? beyond[base]?.larger ?? null,
    smaller: (at <= 0 ? undefined : named(known[at - 1])) ?? beyond[base]?.smaller ?? null,
  };
}

function ofMlp(size: string | undefined): Neighbours {
  const [, width, depth] = MLP_SIZES.pattern.exec(size ?? "") ?? ["", "256", "1"];
  const [w, d] = [Number(width), Number(depth)];
  const smaller = w >= 8 ? `mlp:${Math.floor(w / 4)}x${Math.max(1, d - 1)}` : "linear";
  return { larger: `mlp:${2 * w}x${d + 1}`, smaller };
}
