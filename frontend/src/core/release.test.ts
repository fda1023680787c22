import { describe, expect, it } from "vitest";
import vectors from "../../../tests/vectors/sealed.json";
import acts from "../../../tests/vectors/signed_acts.json";
import { fromBase64, toUtf8 } from "./bytes.ts";
import { parseEnvelopes } from "./envelopes.ts";
import { MendrecError } from "./errors.ts";
import { type Address, parseAddress } from "./ids.ts";
import { parseManifest } from "./manifest.ts";
import { combineShares, openResealed } from "./opening.ts";
import { goodShares, newReleaseRequest, type ReleaseRequest, releaseRequestJson, releaseTypedData } from "./release.ts";
import { parseReleaseAnswer, type ReleaseAnswer } from "./releaseAnswer.ts";
import { bindingOf } from "./share.ts";
import { requireTypedDataSigner } from "./typedData/signature.ts";

const ON = { chainId: acts.chainId, records: acts.contracts.Records as Address };

function requestOf(json: typeof acts.release.request): ReleaseRequest {
  return {
    act: "OPEN",
    patient: parseAddress(json.patient),
    reader: parseAddress(json.reader),
    records: json.records.map((one) => ({
      sequence: one.sequence,
      manifestDigestHex: one.manifestDigest,
      leafIndex: one.leafIndex,
      pathHex: one.path,
    })),
    purpose: "ETREAT",
    nonceHex: json.nonce,
    deadlineAt: json.deadline,
  };
}

describe("release request", () => {
  it("is written and signed as in Python", async () => {
    const request = requestOf(acts.release.request);
    expect(releaseRequestJson(request)).toEqual(acts.release.request);
    expect(releaseTypedData(request, ON)).toEqual(acts.release.typedData);
    const digest = await requireTypedDataSigner(
      releaseTypedData(request, ON),
      `0x${acts.release.signatureHex}`,
      request.reader,
    );
    expect(digest).toBe(`0x${acts.release.digestHex}`);
  });

  it("has a nonce of its own and a near deadline", () => {
    const { nonceHex: _nonce, deadlineAt: _deadline, ...asked } = requestOf(acts.release.request);
    const [one, other] = [newReleaseRequest(asked, 1000), newReleaseRequest(asked, 1000)];
    expect(one.nonceHex).toMatch(/^[0-9a-f]{64}$/);
    expect(one.nonceHex).not.toBe(other.nonceHex);
    expect(one.deadlineAt).toBe(1150);
    const record = asked.records[0];
    if (record === undefined) {
      throw new Error("no record");
    }
    expect(() => newReleaseRequest({ ...asked, records: Array(257).fill(record) }, 0)).toThrow(
      expect.objectContaining({ code: "input.too_large" }),
    );
    expect(() => newReleaseRequest({ ...asked, records: [] }, 0)).toThrow(MendrecError);
  });
});

describe("answers", () => {
  const good = {
    custodian: acts.signer,
    headNumber: 4,
    outcomes: [
      {
        sequence: 1,
        manifestDigest: "ab".repeat(32),
        code: "released",
        message: "",
        remedy: "",
        shares: { descriptor: "YWI=" },
      },
    ],
  };

  it("are read", () => {
    expect(parseReleaseAnswer(good).outcomes[0]?.sealedShares.descriptor).toEqual(toUtf8("ab"));
  });

  it.each([
    null,
    [],
    {},
    { ...good, custodian: "0x12" },
    { ...good, headNumber: "4" },
    { ...good, headNumber: -1 },
    { ...good, outcomes: {} },
    { ...good, outcomes: [{ ...good.outcomes[0], manifestDigest: "ab" }] },
    { ...good, outcomes: [{ ...good.outcomes[0], shares: { descriptor: "YWI" } }] },
    { ...good, outcomes: [{ ...good.outcomes[0], shares: null }] },
    { ...good, outcomes: [{ ...good.outcomes[0], code: "<b>" }] },
    { ...good, outcomes: [{ ...good.outcomes[0], sequence: 0.5 }] },
  ])("of another shape are refused: %j", (body) => {
    expect(() => parseReleaseAnswer(body)).toThrow(expect.objectContaining({ code: "verification.release_answer" }));
  });
});

describe("shares of a record", () => {
  const vector = vectors.cases.find((one) => one.threshold === 2);
  if (vector === undefined) {
    throw new Error("no vector of two");
  }
  const manifest = parseManifest(toUtf8(vector.manifestJson));
  const envelopes = parseEnvelopes(toUtf8(vector.envelopesJson));
  const binding = bindingOf(manifest);
  const record = {
    patient: manifest.patient,
    sequence: 1,
    leafIndex: null,
    manifestDigestHex: vector.manifestDigestHex,
  };
  const openShare = (sealed: Uint8Array) => openResealed(vectors.reader.identity, sealed);

  /** What each custodian released to the reader, as an answer of its own. */
  async function answers(): Promise<Map<Address, ReleaseAnswer>> {
    const found = new Map<Address, ReleaseAnswer>();
    for (const text of vector?.releasedToReader ?? []) {
      const share = await openShare(fromBase64(text));
      const before = found.get(share.custodian)?.outcomes[0]?.sealedShares ?? {};
      found.set(share.custodian, {
        custodian: share.custodian,
        headNumber: 1,
        outcomes: [
          {
            sequence: 1,
            manifestDigestHex: record.manifestDigestHex,
            code: "released",
            message: "",
            remedy: "",
            sealedShares: { ...before, [share.key]: fromBase64(text) },
          },
        ],
      });
    }
    return found;
  }

  function ask(from: ReadonlyMap<Address, ReleaseAnswer>, told: MendrecError[] = []) {
    const report = (wrong: MendrecError) => {
      told.push(wrong);
    };
    return goodShares({ key: "payload", record, binding, envelopes, answers: from, openShare, report });
  }

  it("are enough, and make the key", async () => {
    const shares = await ask(await answers());
    expect(shares).toHaveLength(2);
    expect(await combineShares(shares, envelopes, "payload", binding)).toBe(vector.identities.payload);
  });

  it("of another custodian than the one that was asked blame the one that was asked", async () => {
    const all = [...(await answers())];
    const [first, second, third] = all;
    if (first === undefined || second === undefined || third === undefined) {
      throw new Error("not three");
    }
    const told: MendrecError[] = [];
    const swapped = new Map<Address, ReleaseAnswer>([[first[0], second[1]], second, third]);
    expect((await ask(swapped, told)).map((share) => share.custodian)).toEqual([second[0], third[0]]);
    expect(told.map((wrong) => [wrong.code, wrong.details.custodian])).toEqual([
      ["verification.wrong_share", first[0]],
    ]);
    await expect(ask(new Map([[first[0], second[1]], second]))).rejects.toThrow(
      expect.objectContaining({ code: "verification.wrong_share" }),
    );
  });

  it("that are too few say why, in the custodian's words", async () => {
    const [first, second] = [...(await answers())];
    if (first === undefined || second === undefined) {
      throw new Error("not two");
    }
    const refusing = { code: "refused.release.not_permitted", message: "No.", remedy: "Ask.", sealedShares: {} };
    const outcomes = second[1].outcomes.map((outcome) => ({ ...outcome, ...refusing }));
    await expect(ask(new Map([first, [second[0], { ...second[1], outcomes }]]))).rejects.toThrow(
      expect.objectContaining({ code: "refused.release.not_permitted", remedy: "Ask." }),
    );
    await expect(ask(new Map([first]))).rejects.toThrow(
      expect.objectContaining({ code: "verification.cannot_combine" }),
    );
  });

  it("of a private record are not asked for", async () => {
    const priv = { ...envelopes, threshold: 0, custodians: [] };
    await expect(
      goodShares({ key: "payload", record, binding, envelopes: priv, answers: new Map(), openShare }),
    ).rejects.toThrow(expect.objectContaining({ code: "refused.private" }));
  });
});
