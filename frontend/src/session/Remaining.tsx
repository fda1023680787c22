/** Says what of whoever left is still here, and tries again to take it away. */
import { useState } from "react";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { useText } from "../i18n/text.ts";
import { useSessionParts } from "./context.ts";
import type { Remains } from "./departure.ts";

const THINGS = ["session", "key"] as const;

export function Remaining({ remains }: { readonly remains: Remains }) {
  const t = useText();
  const { controller } = useSessionParts();
  const [pending, setPending] = useState(false);
  const again = async () => {
    setPending(true);
    await controller.completeLeaving();
    setPending(false);
  };
  const action = (
    <Button isPending={pending} onPress={() => void again()}>
      {t.common.retry}
    </Button>
  );
  return THINGS.filter((thing) => remains[thing]).map((thing) => (
    <Callout key={thing} tone="bad" title={t.session.remains[thing].title} action={action} isAlert>
      {t.session.remains[thing].text}
    </Callout>
  ));
}
