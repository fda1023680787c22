import { describe, expect, it } from "vitest";
import vectors from "../../../../tests/vectors/eip712.json";
import purposes from "../../../../tests/vectors/purposes.json";
import { parseAddress } from "../ids.ts";
import { contractDomain, iso8601Utc, parseType, type TypedData, typedData } from "./build.ts";
import * as consent from "./consent.ts";
import * as directory from "./directory.ts";
import * as records from "./records.ts";
import { requireTypedDataSigner } from "./signature.ts";

const TYPES = new Map(
  [consent, directory, records]
    .flatMap((module) => Object.values(module))
    .filter((value): value is string => typeof value === "string")
    .map((encoded) => [parseType(encoded).primaryType, encoded]),
);

describe("EIP-712", () => {
  it.each(vectors.map((vector) => [`${vector.contract} ${vector.name}`, vector] as const))(
    "%s: type, domain, digest and signer as in Python and Solidity",
    async (_name, vector) => {
      const { chainId, verifyingContract } = vector.typedData.domain;
      const address = parseAddress(verifyingContract);
      const contract = vector.contract as "Consent" | "Directory" | "Records";
      const domain = contractDomain(contract, { chainId, records: address, consent: address, directory: address });
      const encoded = TYPES.get(vector.typedData.primaryType) ?? "";
      const made = typedData(domain, encoded, vector.typedData.message);
      expect(made).toEqual(vector.typedData);
      const digest = await requireTypedDataSigner(
        vector.typedData as TypedData,
        `0x${vector.signatureHex}`,
        parseAddress(vector.signer),
      );
      expect(digest).toBe(`0x${vector.digestHex}`);
    },
  );

  it("has the contracts' words and numbers", () => {
    expect(consent.PURPOSES).toEqual(purposes.purposes);
    expect(records.MEND_REASONS).toEqual(purposes.mendReasons);
    for (const [text, number] of Object.entries(purposes.rights)) {
      const rights = text.split(", ") as consent.RightName[];
      expect([consent.rightsText(rights.toReversed()), consent.rightsNumber(rights)]).toEqual([text, number]);
    }
  });

  it("shows times as the contracts do", () => {
    expect(iso8601Utc(0)).toBe("1970-01-01T00:00:00Z");
    expect(iso8601Utc(253_402_300_799)).toBe("9999-12-31T23:59:59Z");
    for (const wrong of [-1, 253_402_300_800, 1.5, Number.NaN]) {
      expect(() => iso8601Utc(wrong)).toThrow(expect.objectContaining({ code: "input.time_not_representable" }));
    }
  });
});
