/** What is known of a DICOM image before its pixels are read. */
export type Window = { readonly centre: number; readonly width: number; readonly label: string | null };

export type ImageInfo = {
  readonly columns: number;
  readonly rows: number;
  readonly frames: number;
  readonly samplesPerPixel: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly isSigned: boolean;
  readonly photometric: string;
  /** Colours one after another instead of pixel by pixel. */
  readonly isPlanar: boolean;
  readonly slope: number;
  readonly intercept: number;
  readonly windows: readonly Window[];
  readonly modality: string;
  readonly transferSyntax: string;
  readonly isLittleEndian: boolean;
  /** How wide a pixel is against its height: 1 for square ones. */
  readonly pixelAspect: number;
  /** Milliseconds between frames of a film; null where the file does not say. */
  readonly frameTimeMs: number | null;
};

/** Stored values, before slope and intercept; 64-bit where 32 bits have no sign. */
export type Samples = Int32Array | Float64Array;

export type Frame =
  | { readonly kind: "grey"; readonly samples: Samples; readonly columns: number; readonly rows: number }
  | {
      readonly kind: "colour";
      readonly rgba: Uint8ClampedArray<ArrayBuffer>;
      readonly columns: number;
      readonly rows: number;
    };

export type Tag = {
  /** "(0028,0010)" */
  readonly tag: string;
  readonly name: string;
  readonly vr: string;
  readonly value: string;
  /** How many sequences it lies in. */
  readonly depth: number;
};

export type Opened = {
  /** Null where the file holds no picture: a structured report, a plan. */
  readonly image: ImageInfo | null;
  readonly tags: readonly Tag[];
};
