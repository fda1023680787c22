import { decodeFunctionData } from "viem";
import { expect, it } from "vitest";
import { directoryAbi } from "../generated/contracts.ts";
import { renewCredential } from "./renewCredential.ts";
import { OTHER, scriptedClient, scriptedNode } from "./testing/scriptedNode.ts";

function person(expiresAt: number) {
  const credential = { state: "in_force", expires_at: expiresAt, institution: null, verifier: null };
  const standing = { good: true, code: null, message: null };
  return { address: OTHER, roles: ["clinician"], suspended: false, recipient: null, standing, credential };
}

const CREDENTIAL = {
  clinician: OTHER,
  institution: OTHER,
  licenceCommitmentHex: "ab".repeat(32),
  issuedAt: 100,
  expiresAt: 900,
};

it("signs the credential, sends it by the wallet's own transaction, and waits until the node sees it", async () => {
  const node = scriptedNode();
  const looks = [person(500), person(900)];
  node.answers.set(`GET /v1/people/${OTHER}`, () => looks.shift());
  const { client, provider } = await scriptedClient(node);
  const steps: string[] = [];
  const done = await renewCredential(client, { credential: CREDENTIAL, onStep: (step) => steps.push(step) });
  expect(done.credential.expires_at).toBe(900);
  expect(steps).toEqual(["sign", "send", "sent", "mined"]);
  const sent = provider.asked.find(({ method }) => method === "eth_sendTransaction")?.params[0];
  expect(sent).toMatchObject({ to: client.trust.directory });
  const { functionName, args } = decodeFunctionData({
    abi: directoryAbi,
    data: (sent as { data: `0x${string}` }).data,
  });
  expect(functionName).toBe("renewCredential");
  expect(args?.[0]).toMatchObject({ clinician: OTHER, issuedAt: 100, expiresAt: 900 });
  expect(args?.[1]).toBe(client.account);
});

it("asks for no second signature where one was made before", async () => {
  const node = scriptedNode();
  node.answers.set(`GET /v1/people/${OTHER}`, () => person(900));
  const { client, provider } = await scriptedClient(node);
  await renewCredential(client, { credential: CREDENTIAL, signatureHex: "cd".repeat(65) });
  expect(provider.asked.some(({ method }) => method === "eth_signTypedData_v4")).toBe(false);
});
