/** Somebody: by the name one gave them or the directory has, else by the ends of their address. */
import { useText } from "../i18n/text.ts";
import { CopyButton } from "./CopyButton.tsx";
import { Icon } from "./Icon.tsx";
import "./PersonName.css";

const HEAD_CHARS = 6;
const TAIL_CHARS = 4;

/** `0x12ab…9fe0`: enough to tell people apart on one page, never enough to trust. */
export function shortAddress(address: string): string {
  return address.length <= HEAD_CHARS + TAIL_CHARS + 1
    ? address
    : `${address.slice(0, HEAD_CHARS)}…${address.slice(-TAIL_CHARS)}`;
}

type Props = {
  readonly address: string;
  readonly name?: string | null;
  /** In small words below: "Clinician at North Hospital". */
  readonly role?: string;
  readonly avatar?: boolean;
  /** Whether the whole address can be copied. */
  readonly copy?: boolean;
  readonly isYou?: boolean;
};

export function PersonName({ address, name, role, avatar = false, copy = false, isYou = false }: Props) {
  const t = useText();
  const named = isYou ? t.common.you : name;
  return (
    <span className="person">
      {avatar && <Avatar address={address} name={named ?? null} />}
      <span className="person-words">
        {named === null || named === undefined || named === "" ? (
          <code title={address}>{shortAddress(address)}</code>
        ) : (
          <span className="person-name" title={address}>
            {named}
          </span>
        )}
        {role !== undefined && <span className="person-role">{role}</span>}
      </span>
      {copy && <CopyButton text={address} label={t.common.copyAddress} />}
    </span>
  );
}

const HUES = 6;

/** A letter, or a person's outline, on one of a few grounds. */
export function Avatar({ address, name }: { readonly address: string; readonly name?: string | null }) {
  const letter = [...(name ?? "").replace(/^(Dr|Prof)\.?\s+/u, "")][0];
  const hue = (Number.parseInt(address.slice(2, 8), 16) || 0) % HUES;
  return (
    <span className="avatar" data-hue={hue} aria-hidden>
      {letter === undefined ? <Icon name="person" /> : letter.toUpperCase()}
    </span>
  );
}
