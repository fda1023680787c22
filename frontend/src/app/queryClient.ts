/** What was asked of the node, kept in memory for a while. Only what may work next time is tried again. */
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { isCode } from "../core/errors.ts";

const FRESH_MS = 15_000;
const TRIES_MAX = 3;
const PAUSE_MS = 500;
const PAUSE_MAX_MS = 8_000;

export function isWorthRetrying(failures: number, error: unknown): boolean {
  return failures < TRIES_MAX && isCode(error, "unavailable");
}

/** `onError` hears every error, for the session's sake. */
export function openQueryClient(onError: (error: unknown) => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        retry: isWorthRetrying,
        retryDelay: (failures) => Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** failures),
      },
      // What changes something is repeated by a person only.
      mutations: { retry: false },
    },
  });
}
