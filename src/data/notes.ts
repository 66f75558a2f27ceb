/** How data were divided into training and validation. */
export type SplitRule =
  | { readonly kind: "given"; readonly by: "files" | "arrays" | "folders" }
  | { readonly kind: "random"; readonly stratified: boolean; readonly seed: number }
  | { readonly kind: "groups"; readonly column: string; readonly seed: number }
  /** The last examples, and before them `gap` in neither part. */
  | { readonly kind: "lastBlock"; readonly gap: number }
  /** `lacking`: some class is not on both sides. `column`: what makes series one group, where it was asked for. */
  | { readonly kind: "wholeSeries"; readonly column: string | null; readonly seed: number; readonly lacking: boolean }
  /**
   * Of every series one block of `blocks`, counted from 1, null for the end, with `gap` readings beside it in neither
   * part.
   */
  | {
      readonly kind: "seriesBlock";
      readonly block: number | null;
      readonly blocks: number;
      readonly gap: number;
      readonly lacking: boolean;
    };

/** What was decided for the user, or found, when data were read; data, whose words stand in `text/`. */
export type DataNote =
  /** `classes`: null where the target is a number. */
  | {
      readonly kind: "table";
      readonly file: string;
      readonly target: string;
      readonly classes: number | null;
      /** Of numbers: whether they are probabilities, and stay as they are. */
      readonly probabilities?: boolean;
      readonly features: number;
      readonly inputs: number;
      /** Features that are one-hot. */
      readonly categories: readonly string[];
    }
  | {
      readonly kind: "arrays";
      readonly file: string;
      readonly inputs: readonly {
        readonly name: string;
        readonly type: string;
        readonly shape: readonly number[];
        readonly images: boolean;
      }[];
      readonly classes: number | null;
    }
  | {
      readonly kind: "images";
      readonly folder: string;
      readonly colour: boolean;
      /** Whether levels have 16 bits. */
      readonly deep: boolean;
      readonly height: number;
      readonly width: number;
      readonly classes: readonly string[];
    }
  | {
      readonly kind: "series";
      readonly file: string;
      readonly series: number;
      readonly features: readonly string[];
      readonly length: number;
      readonly stride: number;
      /** Whether windows become Gramian angular fields. */
      readonly fields: boolean;
      readonly target: string;
      /** `normal`: the class of a window in which no reading is of another, where the rule is so. */
      readonly classes: { readonly count: number; readonly rule: string; readonly normal: string | null } | null;
    }
  | {
      readonly kind: "parts";
      readonly of: "rows" | "examples" | "images" | "windows";
      readonly train: number;
      readonly validation: number;
      readonly split: SplitRule;
    }
  | { readonly kind: "rowNumbers"; readonly columns: readonly string[] }
  /** Columns of dates, as `example`, which are left out. */
  | { readonly kind: "dateTexts"; readonly columns: readonly string[]; readonly example: string }
  /** The same of texts that hardly a row shares with another; `quantities`: they may be numbers in some spelling. */
  | {
      readonly kind: "ownTexts";
      readonly columns: readonly string[];
      readonly example: string;
      readonly quantities: boolean;
    }
  /** Columns of which some of the validation rows have categories that no training row has. */
  | {
      readonly kind: "unseenCategories";
      readonly columns: readonly string[];
      readonly rows: number;
      readonly of: number;
    }
  /** Columns that ascend or descend with the rows, and `more` of them; `droppable` where an option leaves them out. */
  | {
      readonly kind: "ascending";
      readonly columns: readonly string[];
      readonly more: number;
      readonly droppable: boolean;
    }
  /** Columns of numbers that are called ids, or run through a range of whole numbers once; as `ascending`. */
  | {
      readonly kind: "identifying";
      readonly columns: readonly string[];
      readonly more: number;
      readonly droppable: boolean;
    }
  /** Columns each of which tells the target by itself. */
  | {
      readonly kind: "telling";
      readonly columns: readonly string[];
      readonly more: number;
      readonly droppable: boolean;
      readonly target: string;
    }
  /** Features that float32 rounds by much of what they vary, by the largest such share, above 0. */
  | { readonly kind: "coarse"; readonly columns: readonly string[]; readonly more: number; readonly share: number }
  /** Numbers to predict that are few whole ones, as classes are, of which nobody said what they are. */
  | { readonly kind: "wholeTargets"; readonly target: string; readonly values: readonly number[] }
  /** Labels of which each has but few examples, as whole numbers that are no classes have. */
  | { readonly kind: "manyClasses"; readonly target: string; readonly classes: number; readonly examples: number }
  /** All training examples have one number to predict. */
  | { readonly kind: "constantTarget"; readonly target: string; readonly value: number }
  /**
   * Numbers that are not written as 1234.5: the mark before decimals, between thousands, and the unit, empty for none.
   */
  | {
      readonly kind: "spelling";
      readonly columns: readonly string[];
      readonly decimal: "." | ",";
      readonly group: string | null;
      readonly unit: string;
    }
  /** A column of texts that are numbers each in another way: two of them. */
  | { readonly kind: "numbersAsTexts"; readonly column: string; readonly texts: readonly [string, string] }
  | { readonly kind: "roundedNumbers"; readonly columns: readonly string[] }
  /** A column of whole numbers that begin with a 0, as `text` does: categories, or numbers where there are too many. */
  | { readonly kind: "codes"; readonly column: string; readonly text: string; readonly categories: boolean }
  /** Texts that are each one input of many, though they look like quantities; two of them. */
  | {
      readonly kind: "quantitiesAsTexts";
      readonly column: string;
      readonly texts: readonly string[];
      readonly inputs: number;
    }
  /** Classes or categories that people may take for one: apart but for case and spaces. */
  | { readonly kind: "similarNames"; readonly column: string; readonly names: readonly string[] }
  /** Missing values of features that got the training mean, or no category. */
  | {
      readonly kind: "filledCells";
      readonly numbers: { readonly cells: number; readonly columns: number };
      readonly categories: { readonly cells: number; readonly columns: number };
    }
  | { readonly kind: "missingRows"; readonly rows: number }
  | { readonly kind: "missingReadings"; readonly readings: number }
  | { readonly kind: "transparentImages"; readonly images: number }
  /**
   * Files that are not read, by ending, "" without one; what is most first. `folders`: those that are not looked into.
   */
  | {
      readonly kind: "leftOut";
      readonly folder: string;
      readonly files: readonly (readonly [ending: string, files: number])[];
      readonly folders: number;
    }
  /**
   * Parts of a table that are not there, by the numbers of the others; `of`: how many there are by their names, null
   * where these do not say it. `names` are the first of them, then `more`.
   */
  | {
      readonly kind: "missingParts";
      readonly names: readonly string[];
      readonly more: number;
      readonly there: number;
      readonly of: number | null;
    }
  /** Columns whose values are the names of folders, as `year=2024`. */
  | { readonly kind: "folderColumns"; readonly columns: readonly string[] }
  | { readonly kind: "absentClasses"; readonly classes: readonly string[] }
  /**
   * Labels that are no numbers from 0 on are classes by what occurs, in this order. `mark`: one that may stand for no
   * label.
   */
  | {
      readonly kind: "numberedLabels";
      readonly labels: readonly string[];
      readonly classes: number;
      readonly mark: number | null;
    }
  /** Labels that stand for none and count nowhere. */
  | { readonly kind: "unlabelled"; readonly label: number; readonly labels: number; readonly of: number }
  | { readonly kind: "tableOnDisk" }
  | { readonly kind: "arraysOnDisk" }
  /** `pair`: one of training and one of validation, by number or file, as they are named. */
  | {
      readonly kind: "duplicates";
      readonly of: "rows" | "examples" | "images";
      readonly duplicates: number;
      readonly validation: number;
      readonly pair: readonly [number | string, number | string];
    }
  | { readonly kind: "shortSeries"; readonly length: number; readonly names: readonly string[]; readonly more: number }
  | { readonly kind: "timeColumn"; readonly column: string }
  | { readonly kind: "sortedRows"; readonly rows: number; readonly column: string }
  | { readonly kind: "repeatedTimes"; readonly readings: number; readonly column: string }
  /**
   * Steps of time above twice the usual one; in seconds, or in the column's own unit. `cut`: whether series are cut at
   * gaps.
   */
  | {
      readonly kind: "timeGaps";
      readonly column: string;
      readonly steps: number;
      readonly usualStep: number;
      readonly inSeconds: boolean;
      readonly largest: { readonly step: number; readonly after: string; readonly series: string };
      readonly cut: boolean;
    };

/** A note on files and folders that are not read, where there are any. */
export function leftOut(folder: string, files: ReadonlyMap<string, number>, folders = 0): DataNote[] {
  return files.size + folders === 0 ? [] : [{ kind: "leftOut", folder, files: [...files], folders }];
}

/** A split in English, as records of runs hold it. */
export function splitInEnglish(split: SplitRule): string {
  switch (split.kind) {
    case "given":
      return `as the ${split.by} give it`;
    case "random":
      return `random${split.stratified ? ", stratified by class" : ""}, seed ${split.seed}`;
    case "groups":
      return `whole groups of "${split.column}", seed ${split.seed}`;
    case "lastBlock":
      return `the last ones, ${split.gap} left out before them`;
    case "wholeSeries":
      return `whole series${split.column === null ? "" : ` by "${split.column}"`}, seed ${split.seed}${lack(split)}`;
    case "seriesBlock": {
      const place = split.block === null ? "the end" : `block ${split.block} of ${split.blocks}`;
      return `${place} of every series, ${split.gap} readings left out beside it${lack(split)}`;
    }
  }
}

function lack({ lacking }: { readonly lacking: boolean }): string {
  return lacking ? "; not every class is on both sides" : "";
}
