import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { useClient } from "../session/context.ts";
import { type Uploader, type UploadState, uploaderOf } from "./uploader.ts";

/** The upload under way, and the hand on it. What it changed is asked for anew when it ends. */
export function useUploader(): { readonly uploader: Uploader; readonly state: UploadState } {
  const client = useClient();
  const queries = useQueryClient();
  const uploader = uploaderOf(client);
  const state = useSyncExternalStore(uploader.subscribe, uploader.state);
  const { phase } = state;
  const patient = state.phase === "idle" ? null : state.patient;
  useEffect(() => {
    void queries.invalidateQueries({ queryKey: queryKeys.uploads(client.account) });
    if (phase === "done" && patient !== null) {
      void queries.invalidateQueries({ queryKey: queryKeys.records(patient, client.account) });
      void queries.invalidateQueries({ queryKey: queryKeys.events(patient) });
      void queries.invalidateQueries({ queryKey: queryKeys.copies(patient) });
    }
  }, [phase, patient, client, queries]);
  return { uploader, state };
}
