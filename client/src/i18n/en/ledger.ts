/** Lists of entries of which a tablet keeps the newest months (SY17). */
export const ledger = {
  'ledger.showMore': 'Show more',
  'ledger.showOlder': 'Show entries before {date}',
  'ledger.loading': 'Fetching entries before {date} from the server …',
  'ledger.offline': 'Entries before {date} are kept on the server; connect to the network to see them.',
  'ledger.failed': 'Entries before {date} could not be shown: {reason}.',
  'ledger.count': { one: '{count} entry shown', other: '{count} entries shown' },
  'ledger.all': { one: '{count} entry, there are no older ones', other: '{count} entries, there are no older ones' },
  'ledger.none': 'No entries yet.',
  'ledger.noneSince': 'No entries since {date}.',
  'ledger.notKept': 'This tablet is not one that keeps these entries. Look at them on an office tablet.',
} as const;
