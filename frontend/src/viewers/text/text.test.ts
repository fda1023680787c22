import { describe, expect, test } from "vitest";
import { saveName } from "../saveName.ts";
import { viewerKind } from "../viewerKind.ts";
import { decodeText } from "./decodeText.ts";
import { pieces, withNamed } from "./hidden.ts";
import { readCsv } from "./readCsv.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);
const utf8 = (text: string) => new TextEncoder().encode(text);

describe("decodeText", () => {
  test("UTF-8 where it is valid, Korean where that is, else Western European", () => {
    expect(decodeText(utf8("혈압"), false)).toEqual({ text: "혈압", encoding: "utf-8" });
    expect(decodeText(bytes(0xc7, 0xf7, 0xbe, 0xd0), false)).toEqual({ text: "혈압", encoding: "euc-kr" });
    expect(decodeText(bytes(0x63, 0x61, 0x66, 0xe9), false)).toEqual({ text: "café", encoding: "windows-1252" });
    expect(decodeText(bytes(0xff, 0xfe, 0x41, 0), false)).toEqual({ text: "A", encoding: "utf-16le" });
  });

  test("a character that the limit cuts is no reason to guess another encoding", () => {
    const cut = utf8("a혈").slice(0, -1);
    expect(decodeText(cut, true)).toEqual({ text: "a", encoding: "utf-8" });
    expect(decodeText(cut, false).encoding).not.toBe("utf-8");
  });
});

describe("pieces", () => {
  test("what turns text around or can't be seen is named", () => {
    expect(pieces("a\u202egpj.exe\t\n")).toEqual([
      { text: "a", hidden: false },
      { text: "U+202E", hidden: true },
      { text: "gpj.exe\t\n", hidden: false },
    ]);
    expect(pieces("\u0000\u200b").every((one) => one.hidden)).toBe(true);
  });
});

describe("text of hidden characters alone", () => {
  test("makes no more elements than a page can hold, and each is named all the same", () => {
    const shown = pieces("a\u202e".repeat(100_000));
    expect(shown.length).toBeLessThan(5_000);
    expect(
      shown
        .map((one) => one.text)
        .join("")
        .match(/U\+202E/g),
    ).toHaveLength(100_000);
    expect(shown.every((one) => !one.text.includes("\u202e"))).toBe(true);
  });

  test("is named in a label too", () => {
    expect(withNamed("5\u202e gm")).toBe("5⟨U+202E⟩ gm");
  });
});

describe("readCsv", () => {
  test("quotes, line ends, other delimiters, empty lines", () => {
    expect(readCsv('a;b\r\n"x;""y""\n";2\n\n3;\n', 10, 10)).toEqual({
      header: ["a", "b"],
      rows: [
        ['x;"y"\n', "2"],
        ["3", ""],
      ],
      total: 2,
      columns: 2,
    });
  });

  test("keeps as many rows as asked and counts all; an open quote ends with the text", () => {
    expect(readCsv(`h\n${"r\n".repeat(1_000)}`, 5, 5)).toMatchObject({ total: 1_000, rows: { length: 5 } });
    expect(readCsv('a,"b', 5, 5).header).toEqual(["a", "b"]);
    expect(readCsv("", 5, 5)).toEqual({ header: [], rows: [], total: 0, columns: 0 });
  });

  test("a row of a hundred thousand cells is cut and counted", () => {
    const { header, rows, columns } = readCsv(`a,b,c\n${",".repeat(99_999)}\n`, 5, 2);
    expect([header, rows, columns]).toEqual([["a", "b"], [["", ""]], 100_000]);
  });
});

describe("saveName", () => {
  test("a name leads nowhere, hides nothing, and ends as its media type does", () => {
    expect(saveName("../../etc/passwd", "T", "text/plain")).toBe("passwd.txt");
    expect(saveName("C:\\x\\report.pdf", "T", "application/pdf")).toBe("report.pdf");
    expect(saveName("letter.pdf.exe", "T", "application/pdf")).toBe("letter.pdf.exe.pdf");
    expect(saveName("a\u202efdp.exe", "T", "application/pdf")).toBe("a fdp.exe.pdf");
    expect(saveName("CON.json", "T", "application/fhir+json")).toBe("_CON.json");
    expect(saveName("..", "HbA1c / 2026", "application/fhir+json")).toBe("HbA1c - 2026.json");
    expect(saveName(null, "...", "application/x-unknown")).toBe("record");
    expect([...saveName("가".repeat(500), "T", "image/png")].length).toBeLessThan(130);
    expect(saveName("scan.jpeg", "T", "constructor")).toBe("scan.jpeg");
  });

  test("of a type that is not known it keeps no program's ending", () => {
    for (const ending of ["exe", "html", "lnk", "js", "svg", "desktop", "xhtml", "docm"]) {
      expect(saveName(`result.pdf.${ending}`, "T", "application/octet-stream")).toBe(`result.pdf.${ending}.bin`);
    }
    expect(saveName("page.html", "T", "text/html")).toBe("page.html.txt");
    expect(saveName("page.xhtml", "T", "application/xhtml+xml")).toBe("page.xhtml.txt");
    expect(saveName("run.js", "T", "text/javascript")).toBe("run.js.txt");
    expect(saveName("scan.NII", "T", "application/octet-stream")).toBe("scan.NII");
    expect(saveName("scan", "T", "application/octet-stream")).toBe("scan");
  });
});

describe("viewerKind", () => {
  test("markup of strangers is text, whatever it could do", () => {
    for (const type of ["image/svg+xml", "text/html", "application/xhtml+xml", "text/markdown"]) {
      expect(viewerKind(type)).toBe("text");
    }
    expect(viewerKind("application/fhir+json")).toBe("fhir");
    expect(viewerKind("application/octet-stream")).toBe("download");
  });
});
