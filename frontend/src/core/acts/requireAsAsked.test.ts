import { describe, expect, it } from "vitest";
import vectors from "../../../../tests/vectors/signed_acts.json";
import { isCode, MendrecError } from "../errors.ts";
import type { Address } from "../ids.ts";
import { requireTypedDataSigner, typedDataDigest } from "../typedData/signature.ts";
import { checkedAccessRequest } from "./accessRequest.ts";
import { ACT_KINDS } from "./buildAct.ts";
import type { ActRequest } from "./params.ts";
import { type Asked, type PreparedAct, requireAsAsked } from "./requireAsAsked.ts";
import { signedActIdHex } from "./signedAct.ts";

type Vector = (typeof vectors.acts)[number];

const TRUST = {
  chainId: vectors.chainId,
  records: vectors.contracts.Records as Address,
  consent: vectors.contracts.Consent as Address,
  directory: vectors.contracts.Directory as Address,
};
const CATEGORIES = new Map(Object.entries(vectors.categories).map(([number, code]) => [Number(number), code]));
const SIGNER = vectors.signer as Address;

function askedOf(vector: Vector): Asked {
  const request =
    "request" in vector && vector.request !== undefined ? checkedAccessRequest(vector.request, CATEGORIES) : null;
  const { kind, params } = structuredClone(vector) as unknown as ActRequest;
  return { kind, params, signer: SIGNER, categories: CATEGORIES, request } as Asked;
}

function check(prepared: unknown, asked: Asked) {
  return requireAsAsked(prepared as PreparedAct, asked, TRUST, vectors.now);
}

function codeOf(run: () => unknown): string | null {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(MendrecError);
    return (error as MendrecError).code;
  }
  return null;
}

/** Every way to every value within a JSON value: leaves, lists and objects. */
function pathsOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (Array.isArray(value)) {
    return [path, ...value.flatMap((one, at) => pathsOf(one, [...path, at]))];
  }
  if (typeof value === "object" && value !== null) {
    return [path, ...Object.entries(value).flatMap(([name, one]) => pathsOf(one, [...path, name]))];
  }
  return [path];
}

function at(root: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string | number, unknown>)[step], root);
}

/** Other values of the same kind, and of others. */
function othersOf(value: unknown): unknown[] {
  if (typeof value === "number") {
    return [value + 1, value - 1, -value - 1, value + 0.5, String(value), null, [value], 2 ** 53];
  }
  if (typeof value === "string") {
    const flipped = value === value.toUpperCase() ? value.toLowerCase() : value.toUpperCase();
    const last = value.endsWith("0") ? "1" : "0";
    return [`${value} `, `${value}\u200b`, value.slice(0, -1) + last, flipped, "", null, [value], {}].filter(
      (other) => other !== value,
    );
  }
  if (Array.isArray(value)) {
    const others: unknown[] = [[...value, value.at(-1) ?? 0], null, {}];
    return value.length === 0 ? others : [...others, value.slice(1), value.slice(0, -1), [], value.toReversed()];
  }
  return [{ ...(value as object), more: 1 }, null, [], Object.fromEntries(Object.entries(value as object).slice(1))];
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

describe("requireAsAsked", () => {
  it("has a vector for every kind", () => {
    expect(vectors.acts.map((vector) => vector.kind).sort()).toEqual([...ACT_KINDS].sort());
  });

  it.each(vectors.acts.map((vector) => [vector.kind, vector] as const))("takes an honest %s", async (_kind, vector) => {
    const checked = check(structuredClone(vector.prepared), askedOf(vector));
    const signature = `0x${vector.signatureHex}` as const;
    expect(typedDataDigest(checked.typedData)).toBe(`0x${vector.digestHex}`);
    expect(checked.typedData).toEqual(vector.prepared.typed_data);
    await requireTypedDataSigner(checked.typedData, signature, SIGNER);
    expect(signedActIdHex(checked, signature)).toBe(vector.actIdHex);
  });

  it.each(vectors.acts.map((vector) => [vector.kind, vector] as const))(
    "refuses a %s of which anything was changed",
    (_kind, vector) => {
      let tried = 0;
      for (const path of pathsOf(vector.prepared).slice(1)) {
        for (const other of othersOf(at(vector.prepared, path))) {
          if (isSame(other, at(vector.prepared, path))) {
            continue;
          }
          const prepared = structuredClone(vector.prepared);
          const parent = at(prepared, path.slice(0, -1)) as Record<string | number, unknown>;
          parent[path.at(-1) ?? ""] = other;
          expect([path, other, codeOf(() => check(prepared, askedOf(vector)))]).toEqual([
            path,
            other,
            "verification.node",
          ]);
          tried += 1;
        }
      }
      expect(tried).toBeGreaterThan(100);
    },
  );

  it.each(vectors.acts.map((vector) => [vector.kind, vector] as const))(
    "refuses an answer to another %s than the one asked for",
    (_kind, vector) => {
      const asked = askedOf(vector);
      for (const path of pathsOf(asked.params).slice(1)) {
        for (const other of othersOf(at(asked.params, path))) {
          const changed = structuredClone({ ...asked, request: asked.request ?? null });
          const parent = at(changed.params, path.slice(0, -1)) as Record<string | number, unknown>;
          parent[path.at(-1) ?? ""] = other;
          const code = codeOf(() => check(vector.prepared, changed as Asked));
          // Another spelling of the same wish is the same wish: 0X, capitals, order of rights.
          if (code === null) {
            expect([path, other, sameWish(at(asked.params, path), other)]).toEqual([path, other, true]);
          } else {
            expect(code === "verification.node" || code.startsWith("input.")).toBe(true);
          }
        }
      }
    },
  );

  it("refuses another signer, another chain, other contracts", () => {
    for (const vector of vectors.acts) {
      const asked = askedOf(vector);
      const other = vectors.contracts.Consent as Address;
      expect(codeOf(() => check(vector.prepared, { ...asked, signer: other }))).not.toBeNull();
      for (const trust of [
        { ...TRUST, chainId: 1 },
        { chainId: TRUST.chainId, records: SIGNER, consent: SIGNER, directory: SIGNER },
      ]) {
        const run = () => requireAsAsked(vector.prepared as unknown as PreparedAct, asked, trust, vectors.now);
        expect(codeOf(run)).toBe("verification.node");
      }
    }
  });

  it("refuses numbers of categories that are other people's", () => {
    const swapped = new Map(
      [...CATEGORIES].map(([number, code]) => [number === 2 ? 7 : number === 7 ? 2 : number, code]),
    );
    const vector = vectors.acts.find((one) => one.kind === "grant");
    if (vector === undefined) {
      throw new Error("no vector");
    }
    expect(codeOf(() => check(vector.prepared, { ...askedOf(vector), categories: swapped }))).toBe("verification.node");
  });

  it("bounds the deadline, and holds the node to one that was asked for", () => {
    for (const vector of vectors.acts) {
      const prepared = vector.prepared as unknown as PreparedAct;
      const run = (now: number) => requireAsAsked(prepared, askedOf(vector), TRUST, now);
      expect(codeOf(() => run(prepared.deadline_at - 30 * 86_400 - 600))).toBeNull();
      expect(codeOf(() => run(prepared.deadline_at - 30 * 86_400 - 601))).toBe("verification.node");
      const deadlineAt = prepared.deadline_at;
      expect(codeOf(() => check(prepared, { ...askedOf(vector), deadlineAt }))).toBeNull();
      expect(codeOf(() => check(prepared, { ...askedOf(vector), deadlineAt: deadlineAt - 1 }))).toBe(
        "verification.node",
      );
    }
  });

  it("answers a request only after it was looked at", () => {
    for (const vector of vectors.acts.filter((one) => "request" in one && one.request !== undefined)) {
      expect(codeOf(() => check(vector.prepared, { ...askedOf(vector), request: null }))).toBe("verification.node");
    }
  });

  it("signs what was made here, and not the node's own object", () => {
    for (const vector of vectors.acts) {
      const prepared = structuredClone(vector.prepared);
      expect(check(prepared, askedOf(vector)).typedData).not.toBe(prepared.typed_data);
    }
  });
});

describe("checkedAccessRequest", () => {
  it("refuses a request of which anything was changed", () => {
    const told = vectors.acts.find((vector) => vector.kind === "approve")?.request;
    if (told === undefined) {
      throw new Error("no vector");
    }
    expect(checkedAccessRequest(told, CATEGORIES).requestIdHex).toBe(told.request_id_hex);
    for (const changed of [
      { ...told, patient: told.requester },
      { ...told, requester: told.patient },
      { ...told, category_codes: told.category_codes.toReversed() },
      { ...told, category_codes: ["laboratory"] },
      { ...told, category_codes: ["nothing"] },
      { ...told, rights: ["READ"] },
      { ...told, rights: ["READ", "EVERYTHING"] },
      { ...told, rights: ["READ", "constructor"] },
      { ...told, from_at: told.from_at + 1 },
      { ...told, until_at: told.until_at + 1 },
      { ...told, until_at: 2 ** 41 },
      { ...told, purpose: "TREAT" },
      { ...told, request_id_hex: "00".repeat(32) },
    ]) {
      try {
        checkedAccessRequest(changed, CATEGORIES);
        expect.unreachable();
      } catch (error) {
        expect(isCode(error, "verification.node")).toBe(true);
      }
    }
  });
});

/** Whether two parameters mean the same: other case of hex, other order or more of the same rights. */
function sameWish(one: unknown, other: unknown): boolean {
  const text = (value: unknown) =>
    Array.isArray(value) ? [...new Set(value)].sort().join() : String(value).toLowerCase();
  return text(one) === text(other);
}
