/** The two codecs are plain JavaScript around WebAssembly; these are the parts of them that are used. */
type CodecFrameInfo = {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned?: boolean;
};

type CodecDecoder = {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): CodecFrameInfo;
  getInterleaveMode?(): number;
  delete(): void;
};

type CodecModule<K extends string> = { readonly [name in K]: new () => CodecDecoder };
type CodecFactory<K extends string> = (options: { locateFile: (name: string) => string }) => Promise<CodecModule<K>>;

declare module "@cornerstonejs/codec-openjpeg/decodewasmjs" {
  const factory: CodecFactory<"J2KDecoder">;
  export default factory;
}

declare module "@cornerstonejs/codec-charls/decodewasmjs" {
  const factory: CodecFactory<"JpegLSDecoder">;
  export default factory;
}
