import "fake-indexeddb/auto";
import { expect, it } from "vitest";
import { cidOfRaw } from "../../core/cid.ts";
import { type Manifest, manifestBytes, parseManifest } from "../../core/manifest.ts";
import { sha256Hex } from "../../core/sha256.ts";
import { manifestTypedData } from "../../core/typedData/record.ts";
import { LazyDatabase, openDatabase } from "../database.ts";
import { DatabaseFiles } from "../keptFiles.ts";
import { NodeHttp } from "../nodeHttp.ts";
import { DOCTOR, FakeNode, PATIENT, signerOf } from "../testing/fakeNode.ts";
import { makeVault } from "../vault.ts";
import type { LocatedRecord } from "./located.ts";
import { ObjectsCache } from "./objects.ts";

/** A node with a laboratory record, and an imaging one whose manifest names the other's envelopes. */
async function twoOfOneEnvelopes(): Promise<[NodeHttp, FakeNode]> {
  const node = await FakeNode.create();
  const http = new NodeHttp(node.fetch as typeof fetch, async () => undefined);
  const database = new LazyDatabase(() => openDatabase("objects"));
  const doctor = makeVault({ http, database, files: async () => new DatabaseFiles(database) });
  const content = new Blob(["words"]);
  const rest = { mediaType: "text/plain", fhirType: null, codes: [], fileName: null, content };
  const items = [{ title: "A note", categoryCode: "laboratory", ...rest }];
  const asked = { trust: node.trust, author: DOCTOR.address, patient: PATIENT.address, ownRecipient: null, items };
  node.person = DOCTOR.address;
  const { sign } = signerOf(DOCTOR);
  await doctor.upload(
    "up",
    { ...asked, private: false, key: "k", csrfToken: "csrf" },
    sign,
    node.call,
    () => undefined,
  );
  const digestHex = node.leaves[0]?.[0];
  const real = [...node.blocks.values()].find((data) => sha256Hex(data) === digestHex);
  const { signature: _real, ...body } = parseManifest(real ?? new Uint8Array(0));
  const named = { ...body, category: 2 };
  const signature = await sign(manifestTypedData(named));
  const data = manifestBytes({ ...named, signature } as Manifest);
  node.blocks.set(cidOfRaw(data), data);
  node.addEntry(DOCTOR.address, 2, [sha256Hex(data)], false);
  node.person = PATIENT.address;
  return [http, node];
}

it("takes no envelopes that are another record's, whichever of the two was seen first", async () => {
  const [http, node] = await twoOfOneEnvelopes();
  const { signal } = new AbortController();
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const cache = new ObjectsCache(http);
    for (const at of order) {
      const entry = node.entries[at];
      if (entry === undefined) {
        throw new Error("no entry");
      }
      const ref = { patient: PATIENT.address, sequence: at, leafIndex: null, manifestDigestHex: entry.digestHex };
      const record: LocatedRecord = { ref, entry, pathHex: [], final: true };
      const work = cache.both(record, node.trust, signal);
      if (at === 0) {
        expect((await work).manifest.category).toBe(1);
      } else {
        await expect(work).rejects.toMatchObject({ code: "verification.envelopes_mismatch" });
      }
    }
  }
});
