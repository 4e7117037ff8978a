import { useEffect, useState } from 'react';
import { z } from 'zod';
import type { OtherAct } from '#schema/api/explain.ts';
import { actIdOf } from '#schema/ids.ts';
import { lastEditOf } from '#schema/records/field-edit.ts';
import type { RecordBody, RecordKind } from '#schema/records/registry.ts';
import type { Background } from '../../explain-act.ts';
import { useSyncStatus, useWorkspace } from '../../hooks.ts';
import type { Explanation } from './explanation.ts';
import { editsOf } from './send-again.ts';

/** The record an act is about as it is now, overlay included; null when there is none here. */
export function usePresent({ subject }: Explanation): RecordBody<RecordKind> | null {
  const workspace = useWorkspace();
  const [present, setPresent] = useState<RecordBody<RecordKind> | null>(null);
  const [kind, id] = [subject?.kind, subject?.id];
  useEffect(() => {
    if (kind === undefined || id === undefined) return undefined;
    return workspace.watchRecord(kind, id, setPresent);
  }, [workspace, kind, id]);
  return present;
}

/** Who changed what the act is about, asked of the server, and again whenever it can be reached again; null while asking. */
export function useBackground({ deviceId, n, subject, since }: Explanation): Background | null {
  const workspace = useWorkspace();
  const status = useSyncStatus();
  const [background, setBackground] = useState<Background | null>(null);
  const connection = status.kind === 'ready' ? status.value.connection : null;
  // Without a record to ask about, only the act itself is asked for.
  const ref = subject === null ? `device/${deviceId}` : `${subject.kind}/${subject.id}`;
  useEffect(() => {
    let isCurrent = true;
    if (connection === null) return undefined;
    const ask = async () => {
      const answer = await workspace.askBackground({ deviceId, n, refs: [ref], since });
      if (isCurrent) setBackground(answer);
    };
    void ask();
    return () => {
      isCurrent = false;
    };
  }, [workspace, connection, deviceId, n, ref, since]);
  return background;
}

/** Who did something: a member and a tablet by their ids, as far as known, and when. */
export interface Changer {
  readonly actorId: string | null;
  readonly deviceId: string | null;
  readonly at: number;
}

/**
 * Who set a field to what stands against mine: what the record itself remembers, what the receipt or task says, or what the server found in its log. Null when none
 * of them knows.
 */
export function changerOf(
  field: string,
  explanation: Explanation,
  present: Readonly<Record<string, unknown>> | null,
  background: Background | null,
): Changer | null {
  const last = present === null ? null : lastEditOf(editsOf(present), field);
  if (last !== null && last.act !== actIdOf(explanation.deviceId, explanation.n))
    return { actorId: last.by, deviceId: deviceOfAct(last.act), at: last.at };
  const said = theirsSchema.safeParse(explanation.details.theirs);
  const theirs = said.success ? said.data[field] : undefined;
  if (theirs !== undefined) return { actorId: theirs.by, deviceId: null, at: theirs.at };
  return background?.kind === 'known' ? changerIn(field, background.others) : null;
}

function changerIn(field: string, others: readonly OtherAct[]): Changer | null {
  const found = others.find(({ fields }) => fields.includes(field));
  return found === undefined ? null : { actorId: found.actorId, deviceId: found.deviceId, at: found.deviceAt ?? found.at };
}

/** The device in `<deviceId>-<n>`. */
function deviceOfAct(act: string): string | null {
  return /^([^-]+)-[0-9]+$/.exec(act)?.[1] ?? null;
}

const theirsSchema = z.record(z.string(), z.looseObject({ by: z.string(), at: z.int() }));
