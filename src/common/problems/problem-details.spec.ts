import { HttpException } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { Problem } from './problem';
import { toProblem } from './problem-details';
import { markDatabaseError } from '../../../runtime/database/database-errors';

const coded = (code: string, message = 'secret text') =>
  Object.assign(new Error(message), { code });

/** An error that PostgreSQL sent. */
const sent = (code: string) => Object.assign(coded(code), { severity: 'ERROR' });

/** An error of a socket to the database. */
function ofConnection(code: string) {
  const error = coded(code);
  markDatabaseError(error);
  return error;
}

describe('an error as a problem', () => {
  it('is what it was when it is ours', () => {
    const problem = new Problem('banned');
    expect(toProblem(problem)).toBe(problem);
  });

  it.each([
    [400, 'malformed_request'],
    [404, 'not_found'],
    [413, 'body_too_large'],
    [414, 'uri_too_long'],
    [415, 'unsupported_media_type'],
    [418, 'malformed_request'],
    [500, 'internal_error'],
    [502, 'internal_error'],
  ])('with status %i of the framework is %s', (status, code) => {
    expect(toProblem(new HttpException('secret text', status)).code).toBe(code);
    expect(toProblem(Object.assign(new Error(), { statusCode: status })).code).toBe(code);
  });

  it.each([
    ['a refused connection', ofConnection('ECONNREFUSED')],
    ['a connection refused by each address', new AggregateError([ofConnection('ECONNREFUSED')])],
    ['a reset connection', ofConnection('ECONNRESET')],
    ['a database that shuts down', sent('57P01')],
    ['a database without free connections', sent('53300')],
    ['a lost connection', sent('08006')],
    ['a silent database', new Error('Query read timeout')],
    ['a pool that waited in vain', new Error('timeout exceeded when trying to connect')],
    ['a query that failed for that', new QueryFailedError('SELECT 1', [], sent('57P03'))],
  ])('is a database that is away: %s', (_title, error) => {
    expect(toProblem(error).code).toBe('database_unavailable');
  });

  it.each([
    ['a query that is wrong', new QueryFailedError('SELECT 1', ['secret text'], sent('42703'))],
    ['a value that is wrong', new QueryFailedError('SELECT 1', ['secret text'], sent('22021'))],
    ['a mistake of ours', new TypeError('secret text')],
    ['a connection to another server', coded('ECONNREFUSED')],
    ['several mistakes', new AggregateError([coded('42703'), new Error('secret text')])],
    ['no error at all', 'secret text'],
    ['nothing', undefined],
  ])('is an internal one otherwise: %s', (_title, error) => {
    expect(toProblem(error).code).toBe('internal_error');
  });

  it('never repeats what the error said', () => {
    for (const error of [
      coded('ECONNREFUSED'),
      coded('X'),
      new HttpException('secret text', 400),
    ]) {
      const { title, detail } = toProblem(error);
      expect(`${title} ${detail}`).not.toContain('secret');
    }
  });
});
