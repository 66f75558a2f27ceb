// Where readers of data look for it; the folders that may not import data take it from tensor/.
export { didYouMean } from "../tensor/suggest.ts";
