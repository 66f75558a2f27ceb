import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { createServer, type ViteDevServer } from "vite";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
// A browser under test asks nobody for updates, and as root it has no sandbox.
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface OpenPage {
  readonly page: Page;
  close(): Promise<void>;
}

/** Serves this folder's page from the sources and opens it in headless Chromium. */
export async function openPage(): Promise<OpenPage> {
  const open = await openPath("test/web/index.html");
  await open.page.waitForFunction(() => "runCases" in globalThis, undefined, { timeout: 120_000 });
  return open;
}

/** The same for any page of the project. */
export async function openPath(path: string): Promise<OpenPage> {
  const executablePath = process.env.CHROMIUM ?? places.find((path) => existsSync(path));
  if (executablePath === undefined)
    throw new Error(
      `openPage: expected Chromium in ${places.join(", ")}, got none; apt-get install chromium, or set CHROMIUM`,
    );
  const server = await serve();
  const browser = await chromium.launch({ executablePath, args: flags });
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(`page: ${error.message}`));
    await page.goto(`${server.resolvedUrls!.local[0]}${path}`);
    return { page, close: () => close(browser, server) };
  } catch (error) {
    await close(browser, server);
    throw error;
  }
}

async function serve(): Promise<ViteDevServer> {
  const server = await createServer({
    root: fileURLToPath(new URL("../..", import.meta.url)),
    configFile: false,
    // What a project's own bundler does with the installed package.
    resolve: { alias: { "batchscope/browser": fileURLToPath(new URL("../../src/browser.ts", import.meta.url)) } },
    logLevel: "error",
    // Bundled, the module could not find its .wasm file.
    optimizeDeps: { exclude: ["onnxruntime-web"] },
    server: { port: 0, host: "127.0.0.1", hmr: false, watch: null },
  });
  return server.listen();
}

async function close(browser: Browser, server: ViteDevServer): Promise<void> {
  await browser.close();
  await server.close();
}
