import { z } from 'zod';
import { nameSchema, refSchema } from '../../fields.ts';
import { roleSchema } from '../../permissions.ts';
import { currentRoleOf } from '../../records/member.ts';
import { accept, defineDecision, key, put, refuse } from '../define.ts';

/** Adds a person to the pharmacy. Refuses: `member_already_added`. */
export const addMember = defineDecision({
  name: 'member.add',
  version: 1,
  args: z.strictObject({ userId: refSchema, name: nameSchema, role: roleSchema }),
  reads: ({ userId }) => [key('member', userId)],
  decide({ userId, name, role }, records, context) {
    const member = records.get('member', userId);
    if (member && currentRoleOf(member) !== null) return refuse('member_already_added', { userId });
    const roles = [...(member?.roles ?? []), { role, fromAt: context.occurredAt }];
    return accept([put('member', { id: userId, name, roles })], { events: ['member_added'] });
  },
});

/**
 * Gives a member another role from now on, or none. Earlier acts keep the role they were made under (SY5).
 * Refuses, in order: `member_not_found`, `own_role` (nobody changes their own; so a tenant always keeps an owner).
 */
export const setMemberRole = defineDecision({
  name: 'member.setRole',
  version: 1,
  args: z.strictObject({ userId: refSchema, role: roleSchema.nullable() }),
  reads: ({ userId }) => [key('member', userId)],
  decide({ userId, role }, records, context) {
    const member = records.get('member', userId);
    if (!member) return refuse('member_not_found', { userId });
    if (userId === context.actorId) return refuse('own_role');
    const roles = [...member.roles, { role, fromAt: context.occurredAt }];
    return accept([put('member', { ...member, roles })], { events: ['member_role_changed'] });
  },
});
