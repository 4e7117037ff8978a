import { assert } from '../assert.ts';

/**
 * The GS1 application identifiers and the form of their values: data, from the GS1 Barcode Syntax Dictionary (gs1/gs1-syntax-dictionary,
 * Apache-2.0). Of its checks only those that protect a counter are kept: lengths, character sets, check digits and dates.
 *
 * A form is a list of parts: `N6` six digits, `X..20` up to twenty characters, `[…]` may be absent; `N` digits, `X` CSET 82, `Y` CSET 39,
 * `Z` base64url. `csum` ends with a check digit, `yymmdd` is a date, `yymmd0` one whose day may be 00.
 */

/** How one part of a value must look. `isFixed`: exactly `length` characters, else 1 to `length`. */
export interface Gs1Part {
  readonly charset: 'N' | 'X' | 'Y' | 'Z';
  readonly length: number;
  readonly isFixed: boolean;
  readonly isOptional: boolean;
  readonly check: 'csum' | 'yymmdd' | 'yymmd0' | null;
}

const FORMS: readonly (readonly [form: string, ais: string])[] = [
  ['N18,csum', '00 8017 8018'],
  ['N14,csum', '01 02 03'],
  ['X..20', '10 21 22 243 254 420 4318 7020 7021 7022 710 711 712 713 714 715 716 717 7240 8002 8012'],
  ['N6,yymmd0', '11 12 13 15 16 17'],
  ['N2', '20 7241'],
  ['X..28', '235'],
  ['X..30', '240 241 250 251 400 401 403 4308 4319 7002 7023 8004 90'],
  ['N..6', '242'],
  ['N13,csum [X..17]', '253'],
  ['N13,csum [N..12]', '255'],
  ['N..8', '30 37'],
  [
    'N6',
    '3100-3105 3110-3115 3120-3125 3130-3135 3140-3145 3150-3155 3160-3165 3200-3205 3210-3215 3220-3225 3230-3235 3240-3245 3250-3255 3260-3265 3270-3275 3280-3285 3290-3295 3300-3305 3310-3315 3320-3325 3330-3335 3340-3345 3350-3355 3360-3365 3370-3375 3400-3405 3410-3415 3420-3425 3430-3435 3440-3445 3450-3455 3460-3465 3470-3475 3480-3485 3490-3495 3500-3505 3510-3515 3520-3525 3530-3535 3540-3545 3550-3555 3560-3565 3570-3575 3600-3605 3610-3615 3620-3625 3630-3635 3640-3645 3650-3655 3660-3665 3670-3675 3680-3685 3690-3695 3950-3955 8005',
  ],
  ['N..15', '3900-3909 3920-3929'],
  ['N3 N..15', '3910-3919 3930-3939'],
  ['N4', '3940-3943 8111'],
  ['N17,csum', '402'],
  ['N13,csum', '410 411 412 413 414 415 416 417'],
  ['N3 X..9', '421'],
  ['N3', '422 424 426'],
  ['N3 [N3] [N3] [N3] [N3]', '423 425'],
  ['X..3', '427 7008'],
  ['X..35', '4300 4301 4310 4311 4320'],
  ['X..70', '4302 4303 4304 4305 4306 4312 4313 4314 4315 4316 7257 8110 8112 8200'],
  ['X2', '4307 4317'],
  ['N10 N10', '4309'],
  ['N1', '4321 4322 4323 7252'],
  ['N6,yymmd0 N4', '4324 4325'],
  ['N6,yymmdd', '4326 7006'],
  ['N6 [X1]', '4330 4331 4332 4333'],
  ['N13', '7001'],
  ['N6,yymmdd N4', '7003'],
  ['N..4', '7004'],
  ['X..12', '7005'],
  ['N6,yymmdd [N6],yymmdd', '7007'],
  ['X..10', '7009 7255'],
  ['X..2', '7010'],
  ['N6,yymmdd [N4]', '7011'],
  ['N3 X..27', '7030 7031 7032 7033 7034 7035 7036 7037 7038 7039'],
  ['N1 X1 X1 X1', '7040'],
  ['X..4', '7041'],
  ['X2 X..28', '7230 7231 7232 7233 7234 7235 7236 7237 7238 7239'],
  ['X..25', '7242 8013 8014 8020'],
  ['N8', '7250'],
  ['N8 N4', '7251'],
  ['X..40', '7253 7254 7259'],
  ['X..90', '7256 91-99'],
  ['X3', '7258'],
  ['N4 N5 N3 N1 N1', '8001'],
  ['N1 N13,csum [X..16]', '8003'],
  ['N14,csum N4', '8006 8026'],
  ['X..34', '8007'],
  ['N6,yymmdd N2 [N2] [N2]', '8008'],
  ['X..50', '8009'],
  ['Y..30', '8010'],
  ['N..12', '8011'],
  ['N..10', '8019'],
  ['Z..90', '8030'],
  ['N15', '8040 8041'],
  ['N32', '8042'],
  ['N18 [N..2]', '8043'],
];

const PART = /^(\[?)([NXYZ])(\.\.)?(\d+)\]?(?:,(csum|yymmdd|yymmd0))?$/;

function parsePart(text: string): Gs1Part {
  const match = PART.exec(text);
  assert(match !== null, `malformed part of an application identifier: ${text}`);
  const [, bracket, charset, range, length, check] = match;
  return {
    charset: charset === 'X' || charset === 'Y' || charset === 'Z' ? charset : 'N',
    length: Number(length),
    isFixed: range === undefined,
    isOptional: bracket !== '',
    check: check === 'csum' || check === 'yymmdd' || check === 'yymmd0' ? check : null,
  };
}

function expandRange(ais: string): string[] {
  const [first = '', last = first] = ais.split('-');
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) =>
    String(Number(first) + index).padStart(first.length, '0'),
  );
}

/** The parts of every application identifier's value, by identifier. No identifier is the beginning of another. */
export const GS1_PARTS_BY_AI: ReadonlyMap<string, readonly Gs1Part[]> = new Map(
  FORMS.flatMap(([form, ais]) => {
    const parts = form.split(' ').map(parsePart);
    return ais.split(' ').flatMap((range) => expandRange(range).map((ai) => [ai, parts] as const));
  }),
);

const PREDEFINED_PREFIXES = /^(?:0[0-4]|1[1-9]|20|3[1-6]|41)/;

/** Whether an identifier's value has a length known beforehand, so that no separator need follow it. Source: G1. */
export function hasPredefinedLength(ai: string): boolean {
  return PREDEFINED_PREFIXES.test(ai);
}
