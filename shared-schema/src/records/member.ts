import { z } from 'zod';
import { nameSchema, refSchema } from '../fields.ts';
import { type Role, roleSchema } from '../permissions.ts';
import { instantSchema } from '../time.ts';
import { defineRecord } from './define-record.ts';

/** A person in this tenant. The id is the user's id; e-mail and password stay in the server's global tables. */
export const memberSchema = z.strictObject({
  id: refSchema,
  name: nameSchema,
  /** Role history in time order; `null` means not a member from then on. Acts are judged by the role at their time (SY5). */
  roles: z
    .array(z.strictObject({ role: roleSchema.nullable(), fromAt: instantSchema }))
    .min(1)
    .max(200),
});
export type Member = z.infer<typeof memberSchema>;

export const memberRecord = defineRecord({
  kind: 'member',
  schema: memberSchema,
  project: (member) => ({ status: currentRoleOf(member) ?? 'removed', sort: member.name.toLowerCase() }),
});

/** The member's role at an instant; null before the first entry or after removal. */
export function roleAt(member: Member, atMs: number): Role | null {
  let role: Role | null = null;
  for (const entry of member.roles) if (entry.fromAt <= atMs) role = entry.role;
  return role;
}

/** The role of the last entry. */
export function currentRoleOf({ roles }: Pick<Member, 'roles'>): Role | null {
  return roles.at(-1)?.role ?? null;
}
