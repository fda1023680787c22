/** Paths that mending left to sign, without those that the public record has moved by now. */
import { useQuery } from "@tanstack/react-query";
import { queryKeys } from "../app/queryKeys.ts";
import { listMendings, type Mending } from "../node/listMendings.ts";
import type { Job } from "../node/readJob.ts";
import type { Address } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import type { Move } from "./careState.ts";
import { movesLeft, stillWaiting } from "./pathsToSign.ts";

const MENDINGS_MAX_COUNT = 200;
const NONE: readonly Move[] = [];

export function usePathsToSign(jobs: readonly Job[]) {
  const client = useClient();
  const moves = movesLeft(jobs);
  const patients = [...new Set(moves.map((move) => move.patient))].sort() as Address[];
  const ids = moves.map((move) => `${move.patient}/${move.sequence}/${move.since}`);
  const query = useQuery({
    queryKey: [...queryKeys.mendings(client.account), "to-sign", ...ids],
    queryFn: async ({ signal }) => {
      const mendings = new Map<string, readonly Mending[]>();
      for (const patient of patients) {
        const page = await listMendings(client, { patient, limit: MENDINGS_MAX_COUNT, signal });
        mendings.set(patient, page.items);
      }
      return stillWaiting(moves, mendings);
    },
    enabled: moves.length > 0,
  });
  return { ...query, data: moves.length === 0 ? NONE : query.data };
}
