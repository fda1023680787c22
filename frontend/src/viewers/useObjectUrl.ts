/** An address of a blob, as long as it is shown; revoked afterwards. */
import { useEffect, useState } from "react";

/** @param mediaType what the browser takes it for, whatever the blob says of itself; must be one that runs nothing. */
export function useObjectUrl(blob: Blob, mediaType: string): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([blob], { type: mediaType }));
    setUrl(made);
    return () => {
      setUrl(null);
      URL.revokeObjectURL(made);
    };
  }, [blob, mediaType]);
  return url;
}
