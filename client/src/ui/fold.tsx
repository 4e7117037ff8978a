import { type ReactNode, useState } from 'react';

/** Something that opens with a tap; nothing in it is made, or read, before. */
export function Fold({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  const [wasOpened, setOpened] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => currentTarget.open && setOpened(true)}>
      <summary className="fold">{label}</summary>
      {wasOpened && children}
    </details>
  );
}
