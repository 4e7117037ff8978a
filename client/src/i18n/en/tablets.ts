/** Tablets as the server knows them (SY25). */
export const tablets = {
  'tablets.title': 'Tablets',
  'tablets.tablet': 'Tablet',
  'tablets.received': 'Received up to',
  'tablets.heard': 'Last heard of',
  'tablets.nothing': 'nothing yet',
  'tablets.never': 'never',
  'tablets.own': 'this one',
  'tablets.needsNetwork': 'The list of tablets needs the network.',
  'tablets.declareLost': 'Declare lost',
  'tablets.lostTitle': 'Is {device} gone for good?',
  'tablets.lostBody':
    'It was received up to T{number}-{n}; tickets with a higher number may be missing. If it comes back, what it still holds waits for a manager, and it has to sign in again.',
  'tablets.lostNote': 'What happened',
  'tablets.mayMiss': '{device} is gone. It was received up to T{number}-{n}; what it had not sent may be missing.',
  'tablets.missesNothing': '{device} is gone. Everything it had made was received, up to T{number}-{n}.',
  'tablets.misses': '{device} is gone. It was received up to T{number}-{n}; T{number}-{first} to T{number}-{last} are missing.',
  'tablets.silentTitle': 'Some tablets have not been heard of today',
  'tablets.silentBody': 'What they sold is in none of these figures. Switch them on where there is a network before you close.',
  'tablets.silent': '{device}: received up to T{number}-{n}, last heard of {heard}',
} as const;
