import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig({
  // In a project that has installed the package none of this but `optimizeDeps` is needed.
  resolve: { alias: { "batchscope/browser": fileURLToPath(new URL("../../src/browser.ts", import.meta.url)) } },
  server: { fs: { allow: [fileURLToPath(new URL("../..", import.meta.url))] } },
  // Bundled, ONNX Runtime could not find its .wasm file.
  optimizeDeps: { exclude: ["onnxruntime-web"] },
});
