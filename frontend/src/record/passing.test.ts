import { expect, it } from "vitest";
import type { ListedRecord } from "../node/types.ts";
import { countPassing } from "./passing.ts";

it("counts what can't be had just now, and not what is refused or damaged", () => {
  const codes = ["unavailable.read_late", "unavailable", "unavailable.node", "refused.not_yours", "verification.node"];
  const refused = codes.map((code) => ({ refusal: { code, message: "", remedy: "" } }));
  expect(countPassing([...refused, { refusal: null }] as unknown as ListedRecord[])).toBe(3);
});
