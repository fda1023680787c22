import "fake-indexeddb/auto";
import { afterEach, expect, it, vi } from "vitest";
import { LazyDatabase, openDatabase } from "../database.ts";
import { DatabaseFiles } from "../keptFiles.ts";
import { NodeHttp } from "../nodeHttp.ts";
import { PATIENT } from "../testing/fakeNode.ts";
import { makeVault } from "../vault.ts";
import { type KeptUpload, KeptUploads, keyDigestHex, UPLOAD_LOCK } from "./keptUpload.ts";

afterEach(() => vi.unstubAllGlobals());

it("removes what belongs to no upload, when somebody comes in, and leaves what another tab is at", async () => {
  vi.stubGlobal("navigator", {
    locks: { query: async () => ({ held: [{ name: `${UPLOAD_LOCK}held` }, { name: "x" }] }) },
  });
  const database = new LazyDatabase(() => openDatabase("strays"));
  const files = new DatabaseFiles(database);
  const uploads = new KeptUploads(database, async () => files);
  await uploads.put({ key: "kept", author: PATIENT.address } as KeptUpload);
  for (const key of ["kept", "held", "gone"]) {
    const sink = await files.create(keyDigestHex(key), "0.age");
    await sink.write(new Uint8Array(1));
    await sink.finish();
  }
  const vault = makeVault({ http: new NodeHttp(), database, files: async () => files });
  expect(await vault.resume(PATIENT.address, "age1nobody")).toBe(false);
  await vi.waitFor(async () =>
    expect((await files.folders()).sort()).toEqual([keyDigestHex("kept"), keyDigestHex("held")].sort()),
  );
});
