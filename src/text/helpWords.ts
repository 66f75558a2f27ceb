/**
 * What `--help` says in a language other than English, whose words stand beside the options. Commands by their path
 * ("runs list"), arguments by path and name, options by the key of a configuration file.
 */
export interface HelpWords {
  /** Headings, and what the help adds to a description, by their English words. */
  readonly words: Readonly<Record<string, string>>;
  readonly commands: Readonly<Record<string, string>>;
  readonly arguments: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
  /** What follows the examples of a command, by path: paragraphs with an empty line between any two. */
  readonly prose: Readonly<Record<string, string>>;
  /** Where an option of one command means something else, by path. */
  readonly perCommand: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
