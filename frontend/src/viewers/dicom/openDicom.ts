/** Opens a DICOM file in a worker of its own. */
import { transfer, wrap } from "comlink";
import { trustedScriptUrl } from "../../app/trustedTypes.ts";
import { CannotShowError } from "../CannotShow.tsx";
import type { Frame, Opened } from "./image.ts";
import { whileAlive } from "./whileAlive.ts";
import workerUrl from "./worker.ts?worker&url";
import type { Answer, DicomWorker } from "./workerTypes.ts";

const SIZE_MAX_BYTES = 1_000_000_000;

export type OpenDicom = Opened & {
  /** @param index from 0. @throws CannotShowError */
  readonly frame: (index: number) => Promise<Frame>;
};

/** The worker ends with `signal`, and nobody waits for it then. @throws CannotShowError */
export async function openDicom(blob: Blob, signal: AbortSignal): Promise<OpenDicom> {
  if (blob.size > SIZE_MAX_BYTES) throw new CannotShowError("tooLarge", "The file is larger than what is shown.");
  const bytes = new Uint8Array(await blob.arrayBuffer());
  if (signal.aborted) throw stopped();
  const worker = new Worker(trustedScriptUrl(workerUrl), { type: "module", name: "dicom" });
  const alive = whileAlive();
  const end = () => {
    worker.terminate();
    signal.removeEventListener("abort", end);
    alive.stop(stopped());
  };
  signal.addEventListener("abort", end);
  // A worker that can't be loaded says so once, and never answers.
  worker.addEventListener("error", end);
  const remote = wrap<DicomWorker>(worker);
  try {
    const opened = taken(await alive.answer<Answer<Opened>>(remote.open(transfer(bytes, [bytes.buffer]))));
    return { ...opened, frame: async (index) => taken(await alive.answer<Answer<Frame>>(remote.frame(index))) };
  } catch (error) {
    end();
    throw error;
  }
}

function stopped(): CannotShowError {
  return new CannotShowError("notLoaded", "The worker has stopped.");
}

function taken<T>(answer: Answer<T>): T {
  if ("trouble" in answer) throw new CannotShowError(answer.trouble, "The image can't be shown.");
  return answer.value;
}
