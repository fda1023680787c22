/** JPEG 2000 by OpenJPEG, loaded when the first such image is opened. */

import wasmUrl from "@cornerstonejs/codec-openjpeg/decodewasm?url";
import makeOpenJpeg from "@cornerstonejs/codec-openjpeg/decodewasmjs";

let loading: ReturnType<typeof makeOpenJpeg> | null = null;

export async function openJpegDecoder(): Promise<CodecDecoder> {
  loading ??= makeOpenJpeg({ locateFile: () => wasmUrl });
  return new (await loading).J2KDecoder();
}
