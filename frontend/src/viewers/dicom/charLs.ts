/** JPEG-LS by CharLS, loaded when the first such image is opened. */

import wasmUrl from "@cornerstonejs/codec-charls/decodewasm?url";
import makeCharLs from "@cornerstonejs/codec-charls/decodewasmjs";

let loading: ReturnType<typeof makeCharLs> | null = null;

export async function charLsDecoder(): Promise<CodecDecoder> {
  loading ??= makeCharLs({ locateFile: () => wasmUrl });
  return new (await loading).JpegLSDecoder();
}
