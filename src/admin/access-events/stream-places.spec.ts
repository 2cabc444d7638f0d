import { once } from 'node:events';
import type { FastifyRequest } from 'fastify';
import { EventReader, toStream } from './event-reader';
import { MOST_STREAMS, StreamPlaces } from './stream-places';

const { ofCaller, ofReplica } = MOST_STREAMS;
const refusal = { code: 'too_many_requests', headers: { 'retry-after': '5' } };

it('refuses the streams of one caller above the bound, and no stream of another caller', () => {
  const places = new StreamPlaces();
  const given = Array.from({ length: ofCaller }, () => places.take('one'));
  expect(() => places.take('one')).toThrow(expect.objectContaining(refusal));
  places.take('other');
  given[0]!();
  given[0]!();
  places.take('one');
  expect(() => places.take('one')).toThrow(expect.objectContaining(refusal));
});

it('refuses the streams of all callers above the bound', () => {
  const places = new StreamPlaces();
  const given = Array.from({ length: ofReplica }, (_, index) => places.take(`caller ${index}`));
  expect(() => places.take('one more')).toThrow(expect.objectContaining(refusal));
  for (const giveBack of given) giveBack();
  for (let index = 0; index < ofReplica; index += 1) places.take(`caller ${index}`);
  expect(() => places.take('one more')).toThrow(expect.objectContaining(refusal));
});

it('a stream whose client leaves closes at once, also while no event comes', async () => {
  const reader = new EventReader({} as FastifyRequest);
  const stream = toStream(reader.chunks(), reader);
  reader.push(Buffer.from('data: 1'));
  await once(stream, 'data');
  const closed = once(stream, 'close');
  stream.destroy();
  await closed;
  expect(reader.hasEnded).toBe(true);
});
