import { Command } from "../commander.ts";
import { languageOption } from "../language.ts";

const examples = `
Examples:
  batchscope analyze latest --checkpoint all
  batchscope analyze 20261121-2059 --checkpoint 5 --rows 32 --batch-size 64
  batchscope analyze latest --checkpoint step:12
  batchscope analyze latest --checkpoint latest --by-layer --full-pass
  batchscope analyze latest --checkpoint latest --by class --batch-size 32
  batchscope analyze latest --embedding tsne,pca,umap --perplexity 15,5,30
  batchscope analyze --gradients G.npz --batch-size 8 --dataset-size 96 --out gradients.html
  batchscope analyze --gradients grads/ --sketch 4096

RUN is an id, the beginning of one, a path or "latest". G.npz (.npy, .safetensors) holds one array, K gradients by P parameters, and
perhaps counts, the examples behind each; grads/ one file for each batch, with arrays by parameter. They may be larger than memory.

--by draws mini-batches inside each class, or each value of a column of the data, and tells which groups pull against each other. Where
the rows do not fit the memory budget the mini-batches go through the network several times, or, beyond eight times, sketches of the
rows are compared and the error is said. Without --rows mini-batches are drawn until the interval of the noise scale lies within a factor
of two, a minute has passed or the data are all seen; the output says which. Checkpoints that were analyzed before on the same mini-batches
stay in the analysis. An analysis that was stopped goes on where it was when the same command is given again.`;

/** The command `analyze`. */
export function analyze() {
  return new Command("analyze")
    .argument("[run]", "run to analyze (asked for on a terminal)")
    .option("--run <run>", "the same as the argument")
    .option("--checkpoint <which>", "a checkpoint: an epoch, step:N inside one, best, latest or all (default: all)")
    .option(
      "--rows <k>",
      "mini-batches to compare (default: 64 and more, until the noise scale is resolved or a minute has passed)",
    )
    .option(
      "--batch-size <n>",
      "examples of each (default: the run's effective batch size; of --gradients what the files say)",
    )
    .option("--data <name>", "where the run's data are now, by name or as a file or folder (default: where it began)")
    .option("--by-layer", "also the noise of each layer")
    .option("--by <group>", 'also conflicts between groups: "class", or a column of the data (default: no groups)')
    .option("--full-pass", "also S² and |G_D|² of the whole data set, in one pass over it")
    .option("--embedding <methods>", "pictures beside the t-SNE: some of tsne,pca,umap (default: all)")
    .option("--perplexity <numbers>", "of the t-SNE pictures, the drawn one first (default: 30,5,15,50)")
    .option("--gradients <path>", "analyze batch gradients of any framework instead of a run: a matrix, or a folder")
    .option("--gram <file>", "analyze this K × K matrix of their inner products")
    .option(
      "--sketch <d>",
      "with --gradients: compare projections of the rows to so many numbers (default: the rows themselves)",
    )
    .option(
      "--out <file>",
      "with --gradients: a new file, .html for a page with figures, .npy for the inner products (default: neither)",
    )
    .option(
      "--dataset-size <n>",
      "with --gradients: examples that the batches were drawn from (default: no end of them)",
    )
    .option("--verbose", "every sentence of what the gradients say, not only what asks for something")
    .option("--seed <n>", "seed of the drawn examples, of the pictures and of a sketch", "0")
    .option("--threads <n>", "threads of the engine", "1")
    .option("--memory-budget <mebibytes>", "what the rows may take (default: a quarter of this machine's memory)")
    .option("--products <how>", "inner products: exact, of a sketch, or auto", "auto")
    .option("--device <name>", "cpu; webgpu and cuda are experimental", "cpu")
    .addOption(languageOption())
    .option("--dir <path>", "where runs are kept (default: batchscope)")
    .option("--json", "print the result as one JSON document")
    .addHelpText("after", examples)
    .action(async (run, flags) => (await import("../commands/analyze.ts")).runAnalyze(run, flags));
}
