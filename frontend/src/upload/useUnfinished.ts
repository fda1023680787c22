/** Uploads that a reload broke off, and whether another tab of this browser is at them. */
import { useQuery } from "@tanstack/react-query";
import { queryKeys } from "../app/queryKeys.ts";
import { unfinishedUploads } from "../node/unfinishedUploads.ts";
import { useClient } from "../session/context.ts";
import type { UnfinishedUpload } from "../vault/types.ts";
import { useUploader } from "./useUploader.ts";

export type Unfinished = UnfinishedUpload & { readonly isInOtherTab: boolean };

const LOOK_AGAIN_MS = 5_000;

export function useUnfinished(): readonly Unfinished[] {
  const client = useClient();
  const { state } = useUploader();
  const found = useQuery({
    queryKey: queryKeys.uploads(client.account),
    queryFn: async (): Promise<readonly Unfinished[]> => {
      const held = await heldKeys();
      return (await unfinishedUploads(client)).map((one) => ({ ...one, isInOtherTab: held.has(one.key) }));
    },
    refetchInterval: (query) => (query.state.data?.some((one) => one.isInOtherTab) ? LOOK_AGAIN_MS : false),
  });
  const ownKey = state.phase === "idle" ? null : state.key;
  return (found.data ?? []).filter((one) => one.key !== ownKey);
}

const LOCK_PREFIX = "mendrec-upload ";

/** Keys of uploads that some tab works on. */
async function heldKeys(): Promise<ReadonlySet<string>> {
  const held = (await navigator.locks?.query().catch(() => null))?.held ?? [];
  return new Set(
    held
      .map(({ name }) => name ?? "")
      .filter((name) => name.startsWith(LOCK_PREFIX))
      .map((name) => name.slice(LOCK_PREFIX.length)),
  );
}
