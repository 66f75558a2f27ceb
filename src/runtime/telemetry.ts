/**
 * Keeps what is measured on this machine: to be called before ONNX Runtime makes its environment, which asks only once.
 * Since 1.29 its official builds for Linux and macOS report sessions and models to Microsoft unless the variable is set
 * (its docs/Privacy.md). They keep events in a database that all processes of a user write to, and a process that ends
 * waits for what is under way: without end where the network does not answer. Who wants to report sets the variable
 * to 0. Builds for Windows do not read it: there events go to the system's own tracing.
 */
export function reportNothing(): void {
  process.env.ORT_DISABLE_TELEMETRY ||= "1";
}
