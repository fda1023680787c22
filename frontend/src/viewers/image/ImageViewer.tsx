/** Shows a picture that a browser knows and has room for, fitted to the page or in its own size. */
import { useState } from "react";
import { Button } from "../../design/Button.tsx";
import { Spinner } from "../../design/Spinner.tsx";
import { useText } from "../../i18n/text.ts";
import { CannotShow } from "../CannotShow.tsx";
import type { ViewerProps } from "../types.ts";
import { useLoaded } from "../useLoaded.ts";
import { useObjectUrl } from "../useObjectUrl.ts";
import { requireDrawable } from "./imageSize.ts";

export function ImageViewer(props: ViewerProps) {
  const t = useText().viewers;
  const checked = useLoaded(props.blob, requireDrawable);
  if (checked === null) return <Spinner wide label={t.opening} />;
  return checked.trouble === null ? <Picture {...props} /> : <CannotShow trouble={checked.trouble} />;
}

function Picture({ blob, mediaType, title }: ViewerProps) {
  const t = useText().viewers;
  const url = useObjectUrl(blob, mediaType);
  const [isWhole, setWhole] = useState(false);
  const [damaged, setDamaged] = useState<Blob | null>(null);
  if (damaged === blob) return <CannotShow trouble="damaged" />;
  return (
    <div className="stack-s">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section className="viewer-image" data-whole={isWhole} aria-label={title} tabIndex={0}>
        {url !== null && <img src={url} alt={title} onError={() => setDamaged(blob)} />}
      </section>
      <div className="row">
        <Button size="s" variant="quiet" icon={isWhole ? "minus" : "plus"} onPress={() => setWhole(!isWhole)}>
          {isWhole ? t.image.fit : t.image.ownSize}
        </Button>
      </div>
    </div>
  );
}
