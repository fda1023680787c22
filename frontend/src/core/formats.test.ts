import { describe, expect, it } from "vitest";
import vectors from "../../../tests/vectors/sealed.json";
import { toUtf8 } from "./bytes.ts";
import { canonicalBytes, type JsonObject } from "./canonical.ts";
import { parseDescriptor, requireDescriptor } from "./descriptor.ts";
import { parseEnvelopes } from "./envelopes.ts";
import { MendrecError } from "./errors.ts";
import { parseAddress, parseDigestHex } from "./ids.ts";
import { parseManifest } from "./manifest.ts";
import { parseShare } from "./share.ts";

const DESCRIPTOR = { title: "t", mediaType: "text/plain", fhirType: null, codes: [], fileName: null };

function codeOf(run: () => unknown): string | null {
  try {
    run();
  } catch (error) {
    return error instanceof MendrecError ? error.code : `no MendrecError: ${String(error)}`;
  }
  return null;
}

function parsersOf(vector: (typeof vectors.cases)[number]): (readonly [string, (data: Uint8Array) => unknown])[] {
  return [
    [vector.manifestJson, parseManifest],
    [vector.envelopesJson, parseEnvelopes],
    [vector.descriptorJson, parseDescriptor],
    ...vector.sharesJson.map((json) => [json, parseShare] as const),
  ];
}

describe("strict parsers", () => {
  it.each(vectors.cases)("refuse whatever is missing, more or of another type: $name", (vector) => {
    const optional = new Set(["codes", "fhirType", "fileName"]);
    for (const [json, parse] of parsersOf(vector)) {
      const value: JsonObject = JSON.parse(json);
      expect(codeOf(() => parse(toUtf8(json)))).toBeNull();
      expect(codeOf(() => parse(toUtf8(` ${json}`)))).toBe("input.not_canonical_json");
      expect(codeOf(() => parse(canonicalBytes({ ...value, more: 1 })))).toBe("input.malformed_json");
      expect(codeOf(() => parse(canonicalBytes({ ...value, kind: "other" })))).toBe("input.malformed_json");
      for (const name of Object.keys(value)) {
        const { [name]: _gone, ...rest } = value;
        expect([name, codeOf(() => parse(canonicalBytes(rest)))]).toEqual([
          name,
          optional.has(name) ? null : "input.malformed_json",
        ]);
        for (const other of [null, -1, true, "", "\n", [[]], {}, 2 ** 52]) {
          const changed = canonicalBytes({ ...value, [name]: other });
          const isSame = JSON.stringify(other) === JSON.stringify(value[name]);
          const isNumber = other === 2 ** 52 && (name === "chainId" || name === "createdAt");
          if (!isSame && !isNumber) {
            expect([name, other, codeOf(() => parse(changed))?.startsWith("input.")]).toEqual([name, other, true]);
          }
        }
      }
    }
  });

  it("refuse addresses without their checksum, digests with capitals, a signature with them", () => {
    const [vector] = vectors.cases;
    const value = JSON.parse(vector?.manifestJson ?? "");
    for (const [name, other] of [
      ["patient", value.patient.toLowerCase()],
      ["signature", value.signature.toUpperCase().replace("0X", "0x")],
      ["signature", value.signature.slice(0, -2)],
      ["envelopes", value.envelopes.toUpperCase()],
      ["descriptor", `${value.descriptor}\n`],
      ["recipients", { descriptor: value.recipients.payload, payload: value.recipients.payload }],
    ]) {
      expect(codeOf(() => parseManifest(canonicalBytes({ ...value, [name]: other })))).toBe("input.malformed_json");
    }
  });

  it("check the size before anything else", () => {
    expect(codeOf(() => parseManifest(new Uint8Array(256 * 1024 + 1)))).toBe("input.too_large");
    expect(codeOf(() => parseEnvelopes(new Uint8Array(256 * 1024 + 1)))).toBe("input.too_large");
    expect(codeOf(() => parseShare(new Uint8Array(4097)))).toBe("input.too_large");
  });
});

describe("descriptor", () => {
  it.each([
    { title: "" },
    { title: "x".repeat(513) },
    { title: "turned \u202e around" },
    { title: "two\nlines" },
    { title: "two\u2028lines" },
    { fileName: "a/b" },
    { fileName: "a\\b" },
    { fileName: ".." },
    { fileName: "." },
    { fileName: "nul\u0000" },
    { mediaType: "Text/Plain" },
    { mediaType: "text/plain; charset=utf-8" },
    { mediaType: "text" },
    { fhirType: "observation" },
    { codes: [{ system: "", code: "1" }] },
    { codes: [{ system: "s", code: "c", display: "\u200f" }] },
    { codes: Array.from({ length: 65 }, () => ({ system: "s", code: "c" })) },
  ])("refuses %o", (change) => {
    expect(codeOf(() => requireDescriptor({ ...DESCRIPTOR, ...change }))).toBe("input.descriptor");
  });

  it("counts characters, not halves of them", () => {
    expect(codeOf(() => requireDescriptor({ ...DESCRIPTOR, title: "😀".repeat(512) }))).toBeNull();
  });
});

describe("ids", () => {
  const checksummed = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

  it("takes one spelling for each address and digest", () => {
    expect(parseAddress(checksummed.toLowerCase())).toBe(checksummed);
    expect(parseAddress(checksummed)).toBe(checksummed);
    expect(parseDigestHex(`0x${"AB".repeat(32)}`)).toBe("ab".repeat(32));
  });

  it.each(["", "0x", checksummed.slice(2), `${checksummed}0`, checksummed.replace("aA", "Aa"), `${checksummed}\n`])(
    "refuses %j",
    (text) => {
      expect(codeOf(() => parseAddress(text))).toBe("input.malformed_address");
    },
  );
});
