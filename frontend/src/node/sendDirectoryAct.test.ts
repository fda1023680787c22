import { encodeErrorResult, toFunctionSelector } from "viem";
import { expect, it } from "vitest";
import { directoryAbi } from "../generated/contracts.ts";
import { sendDirectoryAct } from "./sendDirectoryAct.ts";
import { OTHER, scriptedClient, scriptedNode } from "./testing/scriptedNode.ts";

function person(suspended: boolean, expiresAt: number | null) {
  const state = suspended ? "suspended" : expiresAt === 0 ? "expired" : "in_force";
  const credential = { state, expires_at: expiresAt, institution: null, verifier: null };
  const standing = { good: !suspended, code: null, message: null };
  return { address: OTHER, roles: ["clinician"], suspended, recipient: null, standing, credential };
}

it.each([
  ["suspend", person(false, 9), person(true, 9)],
  ["reinstate", person(true, 9), person(false, 9)],
  ["revokeCredential", person(false, 9), person(false, 0)],
] as const)("%s goes by the wallet's own transaction, and waits until the node sees it", async (act, before, after) => {
  const node = scriptedNode();
  const looks = [before, after];
  node.answers.set(`GET /v1/people/${OTHER}`, () => looks.shift());
  const { client, provider } = await scriptedClient(node);
  const steps: string[] = [];
  expect(await sendDirectoryAct(client, { act, who: OTHER, onStep: (step) => steps.push(step) })).toEqual(after);
  expect(steps).toEqual(["sign", "sent", "mined"]);
  const sent = provider.asked.find(({ method }) => method === "eth_sendTransaction")?.params[0];
  expect(sent).toMatchObject({ to: client.trust.directory });
  const { data } = sent as { data: string };
  expect(data.slice(0, 10)).toBe(toFunctionSelector(`${act}(address)`));
  expect(data.endsWith(OTHER.slice(2).toLowerCase())).toBe(true);
});

it("says that the contract refuses", async () => {
  const { client, provider } = await scriptedClient(scriptedNode());
  provider.switches.reverts = true;
  const sent = sendDirectoryAct(client, { act: "suspend", who: OTHER });
  await expect(sent).rejects.toMatchObject({ code: "refused.contract" });
});

it.each([false, true])("says why the contract refuses, where the wallet tells it (wrapped: %s)", async (wraps) => {
  const { client, provider } = await scriptedClient(scriptedNode());
  const data = encodeErrorResult({ abi: directoryAbi, errorName: "NotAllowed", args: [client.account] });
  Object.assign(provider.switches, { reverts: true, wraps, revertData: data });
  await expect(sendDirectoryAct(client, { act: "suspend", who: OTHER })).rejects.toMatchObject({
    code: "refused.Directory.NotAllowed",
    message: `${client.account} may not do this in the directory.`,
    details: { contract: "Directory", name: "NotAllowed" },
  });
});
