import { expect, test } from 'vitest';
import { isOfVendor } from './media.ts';

const GRAPH = 'https://graph.facebook.com';

test.each([
  'https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1',
  'https://scontent.xx.fbcdn.net/v/1',
  'https://mmg.whatsapp.net/d/1',
  'https://graph.facebook.com/v23.0/1',
])('a file is fetched from the vendor: %s', (url) => {
  expect(isOfVendor(new URL(url), GRAPH)).toBe(true);
});

test.each([
  'http://169.254.169.254/latest/meta-data/',
  'http://localhost:5432/',
  'http://127.0.0.1:8080/api/people',
  'http://[::1]/',
  'http://0x7f000001/',
  'http://lookaside.fbsbx.com/',
  'https://fbsbx.com.evil.example/',
  'https://evilfbsbx.com/',
  'https://graph.facebook.com@169.254.169.254/',
  'https://evil.example/?.fbsbx.com',
  'https://evil.example/#.fbsbx.com',
  'file:///etc/passwd',
  'ftp://lookaside.fbsbx.com/',
])('and from nowhere else: %s', (url) => {
  expect(isOfVendor(new URL(url), GRAPH)).toBe(false);
});

test('a stand-in of the vendor hands out its own files, and those of no neighbour', () => {
  expect(isOfVendor(new URL('http://localhost:8080/demo/graph/files/1'), 'http://localhost:8080/demo/graph')).toBe(
    true,
  );
  expect(isOfVendor(new URL('http://localhost:8081/'), 'http://localhost:8080/demo/graph')).toBe(false);
});
