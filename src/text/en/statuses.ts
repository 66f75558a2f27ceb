/** How runs stand. */
export const statusesEnglish = {
  running: "running",
  finished: "finished",
  interrupted: "interrupted",
  diverged: "diverged",
  failed: "failed",
  lost: "lost",
};
