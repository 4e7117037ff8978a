import { useEffect, useMemo, useState } from 'react';
import type { Json } from '#schema/canonical-json.ts';
import { UNKNOWN_LOT } from '#schema/records/lot.ts';
import { useRecords, useWorkspace } from '../../hooks.ts';
import type { Workspace } from '../../workspace.ts';
import { isId } from './describe-values.ts';

/** Most products of one act whose names are fetched. */
const NAMES_MAX = 60;
const NOTHING: Readonly<Record<string, Json>> = {};

/** Names of members, tills, tablets and, for the ids in `args`, of products and lots; null for ids it does not know. */
export function useNames(args: Readonly<Record<string, Json>> = NOTHING): (id: string) => string | null {
  const members = useRecords('member');
  const tills = useRecords('till');
  const devices = useRecords('device');
  const things = useNamesOfThings(args);
  return useMemo(() => {
    const names = new Map(things);
    for (const list of [members, tills, devices])
      if (list.kind === 'ready') for (const { id, name } of list.value) names.set(id, name);
    // Until the lists are here, nobody is said to be unknown.
    const unknown = members.kind === 'loading' || devices.kind === 'loading' ? '…' : null;
    return (id: string) => names.get(id) ?? unknown;
  }, [members, tills, devices, things]);
}

/** The name of a product or lot, fetched when it is wanted; null until known. */
export function useNameOf(id: string | null): string | null {
  const wanted = useMemo(() => (id === null ? NOTHING : { aboutId: id }), [id]);
  return useNamesOfThings(wanted).get(id ?? '') ?? null;
}

function useNamesOfThings(args: Readonly<Record<string, Json>>): ReadonlyMap<string, string> {
  const workspace = useWorkspace();
  const [found, setFound] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    let isCurrent = true;
    const look = async () => {
      const names = new Map<string, string>();
      for (const id of idsIn(args).slice(0, NAMES_MAX)) {
        const name = await nameOfThing(workspace, id);
        if (name !== null) names.set(id, name);
      }
      if (isCurrent) setFound(names);
    };
    void look();
    return () => {
      isCurrent = false;
    };
  }, [workspace, args]);
  return found;
}

/** A lot's id starts with its product's (I3). */
async function nameOfThing(workspace: Workspace, id: string): Promise<string | null> {
  const [itemId = ''] = id.split('~');
  const item = await workspace.readRecord('item', itemId);
  if (item === null || itemId === id) return item?.name ?? null;
  const lot = await workspace.readRecord('lot', id);
  return lot === null || lot.lotText === UNKNOWN_LOT ? item.name : `${item.name}, ${lot.lotText}`;
}

function idsIn(args: Readonly<Record<string, Json>>): string[] {
  const found = new Set<string>();
  const look = (field: string, value: Json): void => {
    if (typeof value === 'string') {
      if (isId(field, value)) found.add(value);
    } else if (Array.isArray(value)) for (const one of value) look(field, one);
    else if (typeof value === 'object' && value !== null) for (const [name, one] of Object.entries(value)) look(name, one);
  };
  for (const [field, value] of Object.entries(args)) look(field, value);
  return [...found];
}
