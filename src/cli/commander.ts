/** The library that reads command lines, named once: every file that names a package has Node look for it again. */
export {
  Command,
  CommanderError,
  type CommandUnknownOpts,
  Option,
  type OptionValues,
} from "@commander-js/extra-typings";
