import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus, xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import { skipN } from "pure-rand/utils/skipN";
import { is, requireArguments } from "./arguments.ts";

/**
 * A seeded stream of random numbers (xoroshiro128+) whose state is four integers that fit into a checkpoint:
 * `random(seed)`, draw, `state()`, and `restore(state)` goes on with the very next number.
 */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Uniform integer in [0, n). */
  integer(n: number): number;
  /** 0 … n−1 in random order (Fisher–Yates). */
  permutation(n: number): Uint32Array;
  state(): number[];
}

/** Numbers after which the seeds' few differing bits have spread over the whole state. */
const WARM_UP = 64;

/** `stream` gives independent sequences of one seed (data order, initialisation, …): one 2^64-number jump each. */
export function random(seed: number, stream = 0): Random {
  requireArguments("random", { seed, stream }, { seed: is.number, stream: is.number });
  const generator = xoroshiro128plus(seed);
  for (let i = 0; i < stream; i++) generator.jump();
  // The state of a small seed is nearly all ones and zeros; its first numbers are all above one half.
  skipN(generator, WARM_UP);
  return wrap(generator);
}

/**
 * Of several seeds the one at `place` behind the first: the next whole number, and 0 after the last that 32 bits hold.
 */
export function laterSeed(first: number, place: number): number {
  return (first + place) % 2 ** 32;
}

/**
 * Another number of 32 bits for each, far from those of its neighbours (the finaliser of MurmurHash3, Appleby 2011).
 * The generator is linear, so that streams of seeds 4k, 4k + 1, 4k + 2 and 4k + 3, whose exclusive or is 0, depend on
 * one another: products of four of their numbers correlate.
 */
export function scatteredSeed(seed: number): number {
  let bits = seed >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

export function restore(state: readonly number[]): Random {
  return wrap(xoroshiro128plusFromState(state));
}

function wrap(generator: ReturnType<typeof xoroshiro128plus>): Random {
  const uniform = () => uniformFloat64(generator);
  const integer = (n: number) => uniformInt(generator, 0, n - 1);
  return {
    uniform,
    integer,
    // Box–Muller without the cached second value, so that the state is the generator's alone.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    permutation: (n) => {
      const order = Uint32Array.from({ length: n }, (_, i) => i);
      for (let i = n - 1; i > 0; i--) {
        const j = integer(i + 1);
        [order[i], order[j]] = [order[j]!, order[i]!];
      }
      return order;
    },
    state: () => [...generator.getState()],
  };
}
