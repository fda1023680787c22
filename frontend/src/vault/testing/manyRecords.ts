/** A patient's chain of many records for tests: one is sealed, the others differ from it in their manifests only. */
import { cidOfRaw } from "../../core/cid.ts";
import { type ManifestBody, manifestBytes, parseManifest } from "../../core/manifest.ts";
import { sha256Hex } from "../../core/sha256.ts";
import { manifestTypedData } from "../../core/typedData/record.ts";
import { DOCTOR, type FakeNode } from "./fakeNode.ts";

const BATCH = 150;

/** Puts `count` records of the doctor's after the one that is there; in batches and singles by turns. */
export async function addRecords(node: FakeNode, count: number): Promise<void> {
  const [model] = [...node.blocks.values()].filter((data) => isManifest(data)).map((data) => parseManifest(data));
  if (model === undefined) {
    throw new Error("no record to go by");
  }
  const { signature: _own, ...body } = model;
  const digests: string[] = [];
  for (let at = 0; at < count; at++) {
    const data = await signed({ ...body, createdAt: body.createdAt + 1 + at });
    node.blocks.set(cidOfRaw(data), data);
    digests.push(sha256Hex(data));
  }
  while (digests.length > 0) {
    node.addEntry(DOCTOR.address, model.category, digests.splice(0, BATCH), true);
    for (const one of digests.splice(0, 10)) {
      node.addEntry(DOCTOR.address, model.category, [one], false);
    }
  }
}

async function signed(body: ManifestBody): Promise<Uint8Array> {
  const { EIP712Domain: _derived, ...types } = manifestTypedData(body).types as Record<
    string,
    { name: string; type: string }[]
  >;
  const typedData = { ...manifestTypedData(body), types } as Parameters<typeof DOCTOR.signTypedData>[0];
  return manifestBytes({ ...body, signature: await DOCTOR.signTypedData(typedData) });
}

function isManifest(data: Uint8Array): boolean {
  return new TextDecoder("latin1").decode(data.slice(0, 400)).includes('"author"');
}
