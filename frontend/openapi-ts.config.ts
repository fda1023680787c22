/** The schemas of the node's answers, from its OpenAPI description. `make generate` writes that description first. */
import { defineConfig } from "@hey-api/openapi-ts";

export default defineConfig({
  input: "./src/generated/openapi.json",
  output: { path: "./src/generated/api", postProcess: [] },
  plugins: ["@hey-api/typescript", { name: "zod", compatibilityVersion: "mini" }],
});
