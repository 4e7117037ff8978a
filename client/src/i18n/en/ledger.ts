/** Lists of entries of which a tablet keeps the newest months (SY17). */
export const ledger = {
  'ledger.showMore': 'Show more',
  'ledger.showOlder': 'Show older',
  'ledger.count': { one: '{count} entry shown.', other: '{count} entries shown.' },
  'ledger.older': 'Older entries, if there are any, are kept on the server.',
  'ledger.loading': 'Fetching older entries from the server …',
  'ledger.offline': 'Older entries are kept on the server; connect to the network to see them.',
  'ledger.failed': 'Older entries could not be shown: {reason}.',
  'ledger.all': 'There are no older entries.',
  'ledger.none': 'No entries yet.',
  'ledger.noneSince': 'No entries since {date}.',
  'ledger.notKept': 'This tablet is not one that keeps these entries. Look at them on an office tablet.',
} as const;
