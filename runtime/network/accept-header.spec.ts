import { prefersHtml } from './accept-header';

describe('a client gets a page', () => {
  it.each([
    'text/html',
    'TEXT/HTML; charset=utf-8',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'text/html, application/json',
    'text/html, */*',
    'application/json;q=0.5, text/html',
    'text/*, */*;q=0.1',
  ])('for %j', (accept) => {
    expect(prefersHtml(accept)).toBe(true);
  });
});

describe('a client gets JSON', () => {
  it.each([
    undefined,
    '',
    '*/*',
    'application/json',
    'application/json, text/html',
    'application/*, text/*;q=0.9',
    'text/html;q=0, */*',
    'text/html;q=0.5, application/json',
    'text/html;q=nonsense',
    'text/html;q=0',
    'image/png',
    ',;,',
  ])('for %j', (accept) => {
    expect(prefersHtml(accept)).toBe(false);
  });
});
