/** Reads DICOM images away from the page, so that it never stands still. */
import { expose, transfer } from "comlink";
import { troubleOf } from "../CannotShow.tsx";
import { decodeFrame } from "./decodeFrame.ts";
import type { Frame, ImageInfo, Opened } from "./image.ts";
import { type DicomFile, imageInfo, openFile } from "./openFile.ts";
import { tagsOf } from "./tags.ts";
import type { Answer, DicomWorker } from "./workerTypes.ts";

let file: DicomFile | null = null;
let info: ImageInfo | null = null;

const worker: DicomWorker = {
  open: (bytes) =>
    answered(async (): Promise<Opened> => {
      file = await openFile(bytes);
      info = imageInfo(file);
      return { image: info, tags: tagsOf(file.set) };
    }),
  frame: async (index) => {
    const answer = await answered(async () => {
      if (file === null || info === null) throw new TypeError("No image is open.");
      return await decodeFrame(file, info, index);
    });
    return "value" in answer ? transfer(answer, [bufferOf(answer.value)]) : answer;
  },
};

/** Errors of our own lose their kind on the way to the page: the trouble goes in their place. */
async function answered<T>(make: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await make() };
  } catch (error) {
    return { trouble: troubleOf(error) };
  }
}

function bufferOf(frame: Frame): ArrayBufferLike {
  return frame.kind === "grey" ? frame.samples.buffer : frame.rgba.buffer;
}

expose(worker);
