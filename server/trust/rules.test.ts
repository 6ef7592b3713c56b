import { expect, test } from 'vitest';
import { may, PERMISSIONS, permissionsOf, SCOPES } from './access.ts';
import { ROLES } from './contract.ts';
import { delayAfter, isEasyPassword } from './rules.ts';
import { base32, matchTotp, totpCode } from './totp.ts';

test.each([
  'Password1!',
  'P@ssw0rd2024',
  'contraseña123',
  'Contrasenya2026',
  'senha12345',
  'qwertyuiop',
  '1q2w3e4r5t6y',
  '1234567890',
  '0987654321',
  'abcdefghij',
  'aaaaaaaaaaaa',
  'abcabcabcabc',
  'H0spital2026',
  'Barcelona1899',
  'iloveyou2024',
  'enfermeria.2025',
  'admin123456',
  'Hebra2026!!',
])('%s is easy', (password) => expect(isEasyPassword(password)).toBe(true));

test.each([
  'tres gatos en la azotea',
  'xK9#mQ2$vL7p',
  'Ñandú veloz 83 colinas',
  'correct horse battery staple',
  'ventana-río-mármol',
])('%s is not', (password) =>
  expect(isEasyPassword(password, ['nuria.puig@hospital.example', 'Nuria Puig'])).toBe(false),
);

test('what is known about its owner is easy', () => {
  const known = ['nuria.puig@hospitaldelmar.example', 'Núria Puig', 'Hospital del Mar'];
  for (const password of ['NuriaPuig2026', 'puignuria123', 'hospitaldelmar1', 'Nuria.Puig!!!'])
    expect(isEasyPassword(password, known), password).toBe(true);
});

test('the delay doubles up to a quarter of an hour', () => {
  expect([1, 4, 5, 6, 7, 9, 10, 1000].map((tries) => delayAfter(tries, 5))).toEqual([0, 0, 30, 60, 120, 480, 900, 900]);
});

test('codes are those of RFC 6238, appendix B', () => {
  const secret = Buffer.from('12345678901234567890');
  const at = (seconds: number) => totpCode(secret, Math.floor(seconds / 30));
  // the last six of the eight digits printed there
  expect([59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000].map(at)).toEqual([
    '287082',
    '081804',
    '050471',
    '005924',
    '279037',
    '353130',
  ]);
  expect(base32(secret)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
});

test('a code of two steps ago, of two ahead, or used already matches nothing', () => {
  const secret = Buffer.from('12345678901234567890');
  const now = new Date(3_000_000);
  expect([-2, -1, 0, 1, 2].map((step) => matchTotp(secret, totpCode(secret, 100 + step), now, 0))).toEqual([
    null,
    99,
    100,
    101,
    null,
  ]);
  expect(matchTotp(secret, totpCode(secret, 100), now, 100)).toBeNull();
});

test('every permission has a role, and the table decides alone', () => {
  const base = {
    kind: 'staff',
    organisationId: 'o',
    membershipId: 'm',
    accountId: 'a',
    sessionId: 's',
    name: 'n',
  } as const;
  for (const permission of Object.keys(PERMISSIONS) as (keyof typeof PERMISSIONS)[]) {
    expect(PERMISSIONS[permission].length).toBeGreaterThan(0);
    for (const role of ROLES)
      expect(may({ ...base, roles: [role] }, permission)).toBe(
        (PERMISSIONS[permission] as readonly string[]).includes(role),
      );
  }
  expect(permissionsOf(['privacy'])).toContain('audit.read');
  expect(may({ kind: 'patient', organisationId: 'o', personId: 'p' }, 'record.read')).toBe(false);
  expect(may({ kind: 'assistant', organisationId: 'o' }, 'record.read')).toBe(false);
});

test('a program may what its key says, and never what belongs to a signed-in human', () => {
  const key = (scopes: string[]) => ({ kind: 'integration', organisationId: 'o', apiKeyId: 'k', scopes }) as const;
  expect(may(key(['record.read']), 'record.read')).toBe(true);
  expect(may(key(['record.read']), 'record.write')).toBe(false);
  expect(may(key(['staff.manage', 'self.manage', 'triage.lower']), 'staff.manage')).toBe(false);
  expect(SCOPES).not.toContain('triage.lower');
});
