import { describe, expect, it } from "vitest";
import type { IntakeItem } from "../core/intake/item.ts";
import {
  itemsLeft,
  meantFiles,
  type Row,
  readyRows,
  rowState,
  rowsOf,
  sealItemOf,
  totalBytes,
  unplacedRows,
} from "./rows.ts";
import { markSame } from "./sameContent.ts";

function item(title: string, categoryCode: string, words = title): IntakeItem {
  const content = new Blob([words]);
  return { title, categoryCode, mediaType: "text/plain", fhirType: null, codes: [], fileName: title, content };
}

function plan(told: readonly IntakeItem[], asked: readonly IntakeItem[] = []) {
  return { items: told, asked: asked.map((one) => ({ fileName: one.title, item: one })), refused: [] };
}

const BOTH = ["laboratory", "imaging"];

describe("rowsOf", () => {
  it("asks where to put what its content leaves open", () => {
    const [told, asked] = rowsOf(plan([item("a", "laboratory")], [item("b", "history")]), 7, BOTH);
    expect(told).toMatchObject({ id: 7, isCategoryOpen: false, categoryCode: "laboratory" });
    expect(asked).toMatchObject({ id: 8, isCategoryOpen: true, categoryCode: null });
  });

  it("asks nothing where there is one place only", () => {
    expect(rowsOf(plan([], [item("b", "history")]), 0, ["imaging"])[0]?.categoryCode).toBe("imaging");
  });
});

describe("rowState", () => {
  const [told, asked] = rowsOf(plan([item("a", "billing")], [item("b", "history")]), 0, BOTH) as [Row, Row];
  it("says what can't be added, and why", () => {
    expect(rowState(told, new Set(BOTH))).toBe("not_allowed");
    expect(rowState(asked, new Set(BOTH))).toBe("needs_category");
    expect(rowState({ ...asked, categoryCode: "imaging" }, new Set(BOTH))).toBe("ready");
    expect(rowState({ ...told, isWanted: false }, new Set(BOTH))).toBe("left_out");
  });
});

describe("readyRows", () => {
  it("takes no more than fit into one upload, in their order", () => {
    const rows = rowsOf(plan([item("a", "imaging"), item("b", "billing"), item("c", "laboratory")]), 0, BOTH);
    const ready = readyRows(rows, new Set(BOTH), 1);
    expect(ready.map((row) => sealItemOf(row).title)).toEqual(["a"]);
    expect(readyRows(rows, new Set(BOTH), 9)).toHaveLength(2);
    expect(totalBytes(ready)).toBe(1);
  });

  it("seals under the category that was said", () => {
    const [row] = rowsOf(plan([], [item("b", "history")]), 0, ["imaging"]) as [Row];
    expect(sealItemOf(row).categoryCode).toBe("imaging");
  });
});

describe("what would be left out", () => {
  const rows = rowsOf(plan([item("a", "imaging"), item("b", "billing")], [item("note.txt", "history")]), 0, BOTH);
  const unticked = rows.map((row) => ({ ...row, isWanted: false }));

  it("is named before: what is ticked and has no place", () => {
    expect(unplacedRows(rows).map((row) => row.item.title)).toEqual(["note.txt"]);
    expect(unplacedRows(unticked)).toEqual([]);
    expect(unplacedRows(rows.map((row) => ({ ...row, categoryCode: "imaging" })))).toEqual([]);
  });

  it("is named after: what was ticked and not sent", () => {
    expect(itemsLeft(rows, new Set([0])).map(({ title }) => title)).toEqual(["b", "note.txt"]);
    expect(itemsLeft(unticked, new Set([0]))).toEqual([]);
  });
});

describe("meantFiles", () => {
  it("leaves out what a folder hides", () => {
    const files = ["scan.dcm", "..%2fpasswd.txt", ".DS_Store", "Thumbs.db", "desktop.ini"].map(
      (name) => new File(["x"], name),
    );
    const { meant, hidden } = meantFiles(files);
    expect(meant.map(({ name }) => name)).toEqual(["scan.dcm", "..%2fpasswd.txt"]);
    expect(hidden).toBe(3);
  });
});

describe("markSame", () => {
  it("leaves out later ones with the content of an earlier one, whatever their names", async () => {
    const before = rowsOf(plan([item("a", "imaging", "one")]), 0, BOTH);
    const added = rowsOf(
      plan([item("b", "imaging", "two"), item("c", "imaging", "one"), item("d", "imaging", "two")]),
      1,
      BOTH,
    );
    const marked = await markSame(before, added);
    expect(marked.map(({ sameAs, isWanted }) => [sameAs?.title ?? null, isWanted])).toEqual([
      [null, true],
      [null, true],
      ["a", false],
      ["b", false],
    ]);
  });
});
