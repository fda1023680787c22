/** The same files as `tests/intake/test_intake_page.py` gives to Python; it starts this test and says where they are. */
import { describe, expect, it } from "vitest";
import tables from "../../generated/categories.json";
import { sha256Hex } from "../sha256.ts";
import { planIntake } from "./planIntake.ts";

type Case = {
  readonly file: string;
  readonly name: string;
  readonly categoryCode: string | null;
  readonly items?: readonly unknown[];
  readonly faults?: readonly string[];
};

/** What is used of Node here; its types are no part of the page. */
type NodeFiles = { readFileSync(path: string): Uint8Array<ArrayBuffer> };
const { readFileSync } = (await import("node:fs" as string)) as NodeFiles;
const { env } = (globalThis as unknown as { process: { env: Record<string, string | undefined> } }).process;

const folder = env.MENDREC_INTAKE_CASES;
const cases: readonly Case[] =
  folder === undefined ? [] : JSON.parse(new TextDecoder().decode(readFileSync(`${folder}/cases.json`)));

describe.skipIf(folder === undefined)("both make the same", () => {
  it.each(cases.map((one, at) => [`${at} ${one.name}`, one] as const))("of %s", async (_name, expected) => {
    const file = new File([readFileSync(`${folder}/${expected.file}`)], expected.name);
    const plan = await planIntake([file], tables.seededCategories, { categoryCode: expected.categoryCode });
    const items = [...plan.items, ...plan.asked.map((asked) => asked.item)];
    const found = await Promise.all(
      items.map(async ({ categoryCode, title, mediaType, fhirType, codes, fileName, content }) => ({
        categoryCode,
        title,
        mediaType,
        fhirType,
        codes,
        fileName,
        sha256Hex: sha256Hex(new Uint8Array(await content.arrayBuffer())),
      })),
    );
    expect(found).toEqual(expected.items ?? []);
    expect(plan.refused.flatMap((one) => one.faults.map((fault) => fault.code))).toEqual(expected.faults ?? []);
  });
});

it("is started by Python's test", () => {
  expect(cases.length > 0).toBe(folder !== undefined);
});
