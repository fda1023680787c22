import { expect, it } from "vitest";
import { newIdentity, recipientOf, sealTo } from "../../core/age.ts";
import { toUtf8 } from "../../core/bytes.ts";
import type { Envelopes } from "../../core/envelopes.ts";
import { openOwnEnvelope } from "./ownEnvelope.ts";

async function sealedFor(recipient: string, words: string): Promise<Envelopes> {
  return { patientEnvelope: await sealTo(recipient, toUtf8(words)), custodians: [] } as unknown as Envelopes;
}

it("tells a key that does not open it from one that does, and finds no keys inside", async () => {
  const [mine, before, other] = await Promise.all([newIdentity(), newIdentity(), newIdentity()]);
  const open = async (recipient: string) =>
    openOwnEnvelope([mine, before], await sealedFor(recipient, "no keys at all"));
  await expect(open(await recipientOf(other))).rejects.toMatchObject({ code: "verification.cannot_open.own" });
  for (const one of [mine, before]) {
    const opened = open(await recipientOf(one));
    await expect(opened).rejects.toMatchObject({ code: "verification.cannot_open.content" });
  }
});
