/** Opens a DICOM file in a worker of its own. */
import { transfer, wrap } from "comlink";
import { trustedScriptUrl } from "../../app/trustedTypes.ts";
import { CannotShowError } from "../CannotShow.tsx";
import type { Frame, Opened } from "./image.ts";
import workerUrl from "./worker.ts?worker&url";
import type { Answer, DicomWorker } from "./workerTypes.ts";

const SIZE_MAX_BYTES = 1_000_000_000;

export type OpenDicom = Opened & {
  /** @param index from 0. @throws CannotShowError */
  readonly frame: (index: number) => Promise<Frame>;
};

/** The worker ends with `signal`. @throws CannotShowError */
export async function openDicom(blob: Blob, signal: AbortSignal): Promise<OpenDicom> {
  if (blob.size > SIZE_MAX_BYTES) throw new CannotShowError("tooLarge", "The file is larger than what is shown.");
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const worker = new Worker(trustedScriptUrl(workerUrl), { type: "module", name: "dicom" });
  signal.addEventListener("abort", () => worker.terminate(), { once: true });
  if (signal.aborted) worker.terminate();
  // A worker that can't be loaded says so once, and never answers.
  const gone = new Promise<never>((_resolve, reject) => {
    worker.addEventListener("error", () => reject(new CannotShowError("notLoaded", "The worker has stopped.")));
  });
  gone.catch(() => undefined);
  const remote = wrap<DicomWorker>(worker);
  try {
    const opened = taken(await Promise.race([remote.open(transfer(bytes, [bytes.buffer])), gone]));
    return { ...opened, frame: async (index) => taken(await Promise.race([remote.frame(index), gone])) };
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

function taken<T>(answer: Answer<T>): T {
  if ("trouble" in answer) throw new CannotShowError(answer.trouble, "The image can't be shown.");
  return answer.value;
}
